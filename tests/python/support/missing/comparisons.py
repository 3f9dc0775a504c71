"""What is compared: pairs, claims, a run with its baseline."""

import numpy as np
import pytest
from ravine.claims import claim, effects
from ravine.gate import compare
from ravine.study import statistics as st
from ravine.study.differences import against
from ravine.study.per_problem import study

from .cells import INF, LACKS, NAN, case


# Paired differences -------------------------------------------------------------------------------
PAIRED = "paired difference, Wilcoxon, Holm"


@case(PAIRED, "NaN", "NaN, shown as a dash")
def _(results):
    assert np.isnan(st.paired_difference([1, NAN], [1, 1]).mean)


@case(PAIRED, "infinite, diverged", "none, shown as a dash, not counted by Holm")
def _(results):
    rows = against(study(results({"sgd": [1, 1], "adam": [2, "diverged"]})))[1]
    assert rows[0].difference is None and np.isnan(rows[0].adjusted_p)
    assert np.isnan(st.paired_difference([INF, 1], [INF, 1]).wilcoxon_p)


@case(PAIRED, LACKS, "none: seeds must be the same")
def _(results):
    made = results({"sgd": [1, 1], "adam": [2, 2]}, seeds={"sgd": [0, 1], "adam": [0, 2]})
    assert against(study(made))[1][0].difference is None


@case(PAIRED, "one seed", "none")
def _(results):
    assert against(study(results({"sgd": [1], "adam": [2]})))[1][0].difference is None


@case(PAIRED, "all equal", "p = 1")
def _(results):
    assert st.paired_difference([1, 2], [1, 2]).wilcoxon_p == 1
    # Zeros are left out and ties share ranks, exactly: all six signs agree in 2 of 2^6 cases.
    assert st.wilcoxon_p([0, 1, 1, 1, 2, 2, 2, 0]) == 2 / 2**6


# Claims -------------------------------------------------------------------------------------------
CLAIM = "effects of claims"
DIFFERENCE = {"id": "X1a", "sentence": "", "source": "", "statistic": "difference", "threshold": 0.0,
              "column": "test_loss", "a": {"optimizer": "sgd"}, "b": {"optimizer": "adam"}}


def effect(results, finals, change=None, **fields):
    made = results(finals, change=change)
    return effects.effects(made, claim.Claim(**{**DIFFERENCE, **fields}), made.plan)


@case(CLAIM, "NaN", "the pair is lost; more than a tenth lost decides nothing")
def _(results):
    def last_missing(row, columns):
        if row["seed"] == 0:
            columns["test_loss"] = np.array([2, 1, 1, NAN])
    found = effect(results, {"sgd": [3, 3], "adam": [1, 1]}, last_missing)
    assert list(found.by_seed) == [2] and found.lost == 0.5


@case(CLAIM, "infinite, diverged", "the untrained model; a missed target counts as the budget or ten")
def _(results):
    found = effect(results, {"sgd": ["diverged"], "adam": [1]})
    assert list(found.by_seed) == [1]
    missed = {"sgd": ["diverged"], "adam": [1]}
    ratio = {"statistic": "ratio", "column": "step", "target": "test_loss<=1", "threshold": 1.0}
    assert np.exp(effect(results, missed, **ratio).by_seed[0]) == pytest.approx(1)
    ratio["a"], ratio["b"] = DIFFERENCE["b"], DIFFERENCE["a"]
    assert np.exp(effect(results, missed, **ratio).by_seed[0]) == pytest.approx(0.1)


@case(CLAIM, "zero or negative", "no logarithm: lost from ratios")
def _(results):
    found = effect(results, {"sgd": [0, 2, -1], "adam": [1, 1, 1]}, statistic="ratio", threshold=1.0)
    assert list(found.by_seed.index) == [1] and found.lost == pytest.approx(2 / 3)


@case(CLAIM, LACKS, "no pair, no effect")
def _(results):
    assert len(effect(results, {"sgd": [1, 2], "adam": [1]}).by_seed) == 1


@case(CLAIM, "one seed", "decides nothing: p = 1")
def _(results):
    assert st.p_above([5], 0) == st.p_above([], 0) == 1


@case(CLAIM, "all equal", "the sign test, p = 2^-n")
def _(results):
    assert st.p_above([2, 2, 2], 1) == 1 / 8 and st.p_above([1, 1, 1], 1) == 1


# The gate -----------------------------------------------------------------------------------------
GATE = "convergence gate"
TWELVE = {"sgd": list(0.5 + 0.01 * np.arange(12))}


def verdict(results, change=None, old_change=None, finals=None, old=None):
    new = results(finals or TWELVE, "test_accuracy", change=change, name="new.h5")
    baseline = results(old or TWELVE, "test_accuracy", change=old_change, name="old.h5")
    return compare(new, baseline).lines[0]


def without(which, part=slice(None), factor=1.0):
    def change(row, columns):
        columns["test_accuracy"] = factor * columns["test_accuracy"]
        if row["seed"] in which:
            columns["test_accuracy"][part] = NAN
    return change


@case(GATE, "NaN", "changed where the baseline has a value")
def _(results):
    line = verdict(results, without(range(12), slice(3, 4)))
    assert line.verdict == "changed"
    assert line.detail == "seed 0: test_accuracy was 0.5 at step 4, is not measured there"


@case(GATE, LACKS, "changed; a seed that the baseline lacks shows no difference")
def _(results):
    line = verdict(results, without([7]))
    assert line.verdict == "changed" and line.detail.endswith("is not measured at all")

    def dropped(row, columns):
        del columns["test_accuracy"]
    assert verdict(results, dropped).verdict == "changed"
    # What one trial of the baseline lacks, the others still tell.
    line = verdict(results, without([], factor=0.1), without([7]))
    assert line.verdict == "regressed" and line.finding.coordinate == "final test_accuracy"
    assert verdict(results, None, without([7])).verdict == "equivalent"


@case(GATE, "infinite, diverged", "10^4 times the first loss, accuracy 0, the target missed")
def _(results):
    line = verdict(results, finals={"sgd": ["diverged"] * 12})
    assert line.verdict == "regressed" and line.detail.startswith("12 of 12 seeds diverge")


@case(GATE, "zero or negative", "no logarithm: differences in units of the first loss")
def _(results):
    def shift(by):
        def change(row, columns):
            columns["train_loss"] = columns["train_loss"] - by
        return change
    line = verdict(results, shift(5.5), shift(5))
    assert line.verdict == "regressed" or line.finding.effect < 0
    assert not line.finding.ratio and np.isfinite(line.finding.effect)


@case(GATE, "one seed", "inconclusive; --exact decides")
def _(results):
    line = verdict(results, finals={"sgd": [0.2]}, old={"sgd": [0.5]})
    assert line.verdict == "inconclusive"


@case(GATE, "all diverged", "identical, or judged by what came before")
def _(results):
    lost = {"sgd": ["diverged"] * 12}
    assert verdict(results, finals=lost, old=lost).verdict == "identical"


@case(GATE, "all equal", "identical")
def _(results):
    assert verdict(results).verdict == "identical"
