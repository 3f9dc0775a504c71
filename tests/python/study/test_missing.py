"""What every aggregate does with values that are missing, infinite, zero or all alike.

The table in lib/python/ravine/study/statistics/README.md says it, and every cell of it is asserted here: a
case names its row and column, and README.md must say the same words.
"""

import pathlib

import numpy as np
import pytest
import synthetic
from ravine import load
from ravine.claims import claim, effects
from ravine.figures import bands
from ravine.gate import compare
from ravine.report import content, tables
from ravine.study import selection
from ravine.study import statistics as st
from ravine.study.differences import against
from ravine.study.per_problem import budget_values, scores, study
from ravine.study.per_problem import selection_bias as bias_of
from ravine.study.summary import summarize

README = pathlib.Path(st.__file__).with_name("README.md")
INF, NAN = np.inf, np.nan
STEPS = np.array([0, 1, 2, 4])
CASES = {}


def case(row, column, words):
    def register(check):
        assert (row, column) not in CASES
        CASES[row, column] = (words, check)
        return check
    return register


@pytest.fixture(name="results")
def results_of(tmp_path):
    """A function of {optimizer: [final value of each seed]}, NaN and infinity as they are given.

    A value of "diverged" ends in divergence. Curves fall from 2 (an accuracy rises from 0.1), or
    stay at their final value throughout with flat=True.
    """
    def make(finals, metric="test_loss", seeds=None, flat=False, change=None, name="x.h5"):
        rows, curves = [], []
        for optimizer, values in finals.items():
            for seed, value in enumerate(values):
                diverged = value == "diverged"
                value = INF if diverged else float(value)
                start = value if flat else 0.1 if metric.endswith("accuracy") else 2.0
                path = np.array([start, start, start, value])
                columns = {"step": STEPS, "epoch": STEPS / 4, "train_seconds": STEPS * 1.0,
                           "objective": path, "train_loss": path, metric: path,
                           metric.replace("test", "validation"): path}
                row = {"id": f"{len(rows):016x}", "problem": "p", "optimizer": optimizer,
                       "learning_rate": 0.1, "message": "", "in_plan": 1,
                       "seed": seeds[optimizer][seed] if seeds else seed,
                       "outcome": "diverged" if diverged else "completed"}
                if change:
                    change(row, columns)
                rows.append(row)
                curves.append(columns)
        synthetic.write_rows(tmp_path / name, rows, curves)
        return load(tmp_path / name)
    return make


def entry(results, label="sgd"):
    problem = study(results)[0]
    return problem, problem.entry(label)


LACKS = "missing for one trial or seed"
COLUMNS = ("NaN", "infinite, diverged", "zero or negative", LACKS, "one seed", "all diverged",
           "all equal")


# The final metric of a trial ------------------------------------------------------------------
FINAL = "final metric of a trial"


@case(FINAL, "NaN", "worst value, also after a measured one")
def _(results):
    def last_missing(row, columns):
        columns["test_loss"] = np.array([2, 1, 0.5, NAN if row["seed"] == 0 else 0.5])
    assert list(entry(results({"sgd": [1, 1]}, change=last_missing))[1].finals) == [INF, 0.5]


@case(FINAL, "infinite, diverged", "worst value: +inf of a loss, -inf of an accuracy")
def _(results):
    assert list(entry(results({"sgd": ["diverged", -INF, 1]}))[1].finals) == [INF, INF, 1]
    accuracies = results({"sgd": ["diverged", INF, 1]}, "test_accuracy")
    assert list(entry(accuracies)[1].finals) == [-INF, -INF, 1]


@case(FINAL, "zero or negative", "as it is")
def _(results):
    assert list(entry(results({"sgd": [0, -3]}))[1].finals) == [0, -3]


@case(FINAL, LACKS, "worst value; another trial's column still decides")
def _(results):
    def lacks(row, columns):
        if row["seed"] == 1:
            columns["test_loss"] = np.full(4, NAN)
    assert list(entry(results({"sgd": [1, 1]}, change=lacks))[1].finals) == [1, INF]


# Median and quartiles -------------------------------------------------------------------------
QUARTILES = "median, quartiles, chosen rate"


@case(QUARTILES, "NaN", "NaN")
def _(results):
    assert np.isnan(selection.quartiles(np.array([1, NAN, 2.0]))).all()


@case(QUARTILES, "infinite, diverged", "ordered like numbers, never averaged with them")
def _(results):
    assert list(selection.quartiles(np.array([1, 2, INF, INF]))) == [1.75, INF, INF]
    assert list(selection.quartiles(np.array([-INF, 0.5, 0.7]))) == [-INF, 0.5, 0.6]


@case(QUARTILES, "zero or negative", "as they are")
def _(results):
    assert selection.quartiles(np.array([-3, 0, 5.0]))[1] == 0


@case(QUARTILES, LACKS, "the trial counts as worst")
def _(results):
    def lacks(row, columns):
        if row["seed"] == 1:
            columns["validation_loss"] = np.full(4, NAN)
    made = results({"sgd": [1, 1]}, change=lacks)
    row = selection.rate_table(made, entry(made)[1], "validation_loss").iloc[0]
    assert (row["seeds"], row["lost"], row["diverged"], row["high"]) == (2, 1, 0, INF)


@case(QUARTILES, "one seed", "that value")
def _(results):
    assert list(selection.quartiles(np.array([7.0]))) == [7, 7, 7]


@case(QUARTILES, "all diverged", "infinite; the smallest rate is chosen")
def _(results):
    def rates(row, columns):
        row["learning_rate"] = 0.1 * (1 + row["seed"])
        row["seed"] = 0
    made = results({"sgd": ["diverged"] * 2}, change=rates)
    assert entry(made)[1].rate == 0.1 and list(entry(made)[1].finals) == [INF]


@case(QUARTILES, "all equal", "that value")
def _(results):
    assert list(selection.quartiles(np.full(5, 2.0))) == [2, 2, 2]


# Bands of figures -----------------------------------------------------------------------------
BAND = "bands of figures"


@case(BAND, "NaN", "worst value where others have one; left out where none has")
def _(results):
    def change(row, columns):
        columns["test_loss"] = np.array([NAN, 1, NAN if row["seed"] == 0 else 1, 1])
    made = results({"sgd": [1, 1]}, change=change)
    band = bands.band(made, made.trials, "test_loss", "step")
    assert list(band["x"]) == [1, 2, 4] and list(band["high"]) == [1, INF, 1]


@case(BAND, "infinite, diverged", "worst value from there on")
def _(results):
    made = results({"sgd": [1, "diverged", "diverged"]})
    assert list(bands.band(made, made.trials, "test_loss", "step")["median"]) == [2, 2, 2, INF]


@case(BAND, LACKS, "worst value throughout")
def _(results):
    def lacks(row, columns):
        if row["seed"] == 1:
            columns["test_loss"] = np.full(4, NAN)
    made = results({"sgd": [1, 1]}, change=lacks)
    assert list(bands.band(made, made.trials, "test_loss", "step")["high"]) == [INF] * 4


@case(BAND, "one seed", "low = median = high")
def _(results):
    made = results({"sgd": [1]})
    line = bands.band(made, made.trials, "test_loss", "step")
    assert list(line["low"]) == list(line["high"]) == [2, 2, 2, 1]


@case(BAND, "all diverged", "infinite: the line ends")
def _(results):
    made = results({"sgd": ["diverged"] * 2})
    assert bands.band(made, made.trials, "test_loss", "step")["low"].iloc[-1] == INF


# The target that nobody published ---------------------------------------------------------------
TARGET = "derived target"


@case(TARGET, "infinite, diverged", "median over those that trained")
def _(results):
    made = results({"sgd": [1, 1], "adam": [2, 2], "lion": ["diverged"] * 2,
                    "adagrad": ["diverged"] * 2})
    assert study(made)[0].target in (1, 2)


@case(TARGET, "all diverged", "none: said in words, all times are misses")
def _(results):
    made = results({"sgd": ["diverged"] * 2, "adam": ["diverged"] * 2})
    problem, sgd = entry(made)
    assert np.isnan(problem.target) and list(sgd.steps) == [INF, INF]
    assert content.target_text(problem, {})[1] == "no target"
    assert [row[2][0] for row in tables.time_to_target([problem])["rows"]] == ["0 of 2"] * 2


@case(TARGET, "zero or negative", "as it is")
def _(results):
    problem, sgd = entry(results({"sgd": [-1, -1]}))
    assert problem.target == -1 and list(sgd.steps) == [4, 4]


# Times to the target ----------------------------------------------------------------------------
TIME = "time to target, its median, ERT"


@case(TIME, "NaN", "never meets a target")
def _(results):
    assert st.first_reached([0, 1], [NAN, 1], 5) == 1
    assert st.first_reached([0, 1], [1, 1], NAN) == INF


@case(TIME, "infinite, diverged", "a miss, whatever was met before; ERT counts its steps")
def _(results):
    assert st.first_reached([0], [-INF], 5) == INF and st.first_reached([0], [1], INF) == INF

    def met_before(row, columns):
        columns["validation_loss"] = np.array([2, 0.1, 2, 2 if row["outcome"] == "diverged" else 0.1])
    made = results({"sgd": [0.1, 0.1, "diverged"]}, change=met_before)
    sgd = entry(made)[1]
    assert list(sgd.steps) == [1, 1, INF] and list(sgd.spent) == [1, 1, 4]
    assert st.expected_running_time(sgd.spent, np.isfinite(sgd.steps)) == 3


@case(TIME, "zero or negative", "0 steps where the target holds at the start")
def _(results):
    assert list(entry(results({"sgd": [1, 1]}, flat=True))[1].steps) == [0, 0]


@case(TIME, LACKS, "a miss")
def _(results):
    def lacks(row, columns):
        if row["seed"] == 1:
            columns["validation_loss"] = np.full(4, NAN)
    made = results({"sgd": [1, 1, 1]}, change=lacks)
    assert list(entry(made)[1].steps) == [4, INF, 4]


@case(TIME, "one seed", "that time")
def _(results):
    assert st.median_time([4]) == 4 and st.expected_running_time([4], [True]) == 4


@case(TIME, "all diverged", "infinite")
def _(results):
    assert st.median_time([INF, INF]) == INF and st.median_time([1, INF]) == INF
    assert st.expected_running_time([3, 3], [False, False]) == INF


@case(TIME, "all equal", "that time")
def _(results):
    assert st.median_time([3, 3]) == 3 and st.expected_running_time([3, 3], [True, True]) == 3


# Profiles and speed-up ---------------------------------------------------------------------------
PROFILE = "performance profile, B, speed-up"


@case(PROFILE, "NaN", "a miss in profile and B")
def _(results):
    assert list(st.performance_ratios([[2, NAN]])[0]) == [1, INF]


@case(PROFILE, "infinite, diverged", "a miss; speed-up 0 or infinite, NaN where both occur")
def _(results):
    assert list(st.integrated_profile([[10, INF]])) == [1, 0]
    assert st.speed_up([INF], [2]) == 0 and st.speed_up([2], [INF]) == INF
    assert np.isnan(st.speed_up([INF, 2], [2, INF]))


@case(PROFILE, "zero or negative", "0 steps count as half a step")
def _(results):
    assert list(st.performance_ratios([[0, 1, 0]])[0]) == [1, 2, 1]
    assert list(st.integrated_profile([[0, 0], [0, 2]])) == [1, 0.5]
    assert st.speed_up([0, 4], [1, 4]) == pytest.approx(2**0.5)
    assert st.speed_up([0], [0]) == 1


@case(PROFILE, "all diverged", "B = 0, speed-up NaN")
def _(results):
    assert list(st.integrated_profile([[INF, INF]])) == [0, 0]
    assert np.isnan(st.speed_up([INF], [INF]))


@case(PROFILE, "all equal", "ratios 1, B = 1")
def _(results):
    assert list(st.integrated_profile([[3, 3]])) == [1, 1] and st.speed_up([3], [3]) == 1


# Scores, IQM, improvement ------------------------------------------------------------------------
SCORES = "scores, IQM, probability of improvement"


@case(SCORES, "NaN", "NaN")
def _(results):
    assert np.isnan(st.iqm([1, 2, 3, 4, NAN])) and np.isnan(st.probability_of_improvement([NAN], [1]))
    np.testing.assert_array_equal(st.improvement_matrix([[1, 1], [2, 2], [3, NAN]])[:2, :2],
                                  [[0.5, 0], [1, 0.5]])


@case(SCORES, "infinite, diverged", "score 0")
def _(results):
    found = summarize(study(results({"sgd": [1, 1, "diverged"], "adam": [2, "diverged", "diverged"]})))
    assert found.iqm.value[0] == pytest.approx(2 / 3) and found.iqm.value[1] == pytest.approx(0.5 / 3)
    assert found.improvement.value[0, 1] == pytest.approx((6 + 2 * 0.5 + 0.0) / 9)


@case(SCORES, "zero or negative", "losses: the share of runs that are worse, named in the report")
def _(results):
    found = summarize(study(results({"sgd": [-1000, 1], "adam": ["diverged"] * 2})))
    assert found.ranked == ["p"]
    assert list(found.iqm.value) == [pytest.approx((1 + 2 / 3) / 2), 0]


@case(SCORES, "one seed", "that score, interval of width 0")
def _(results):
    found = summarize(study(results({"sgd": [1], "adam": [2]})))
    assert list(found.iqm.value) == list(found.iqm.low) == list(found.iqm.high) == [1, 0.5]


@case(SCORES, "all diverged", "0; improvement 0.5")
def _(results):
    found = summarize(study(results({"sgd": ["diverged"] * 2, "adam": ["diverged"] * 2})))
    assert list(found.iqm.value) == [0, 0] and (found.improvement.value == 0.5).all()
    half = summarize(study(results({"sgd": ["diverged", 2], "adam": ["diverged", 4]}, name="y.h5")))
    assert list(half.iqm.value) == [0.5, 0.25]


@case(SCORES, "all equal", "1 (0.5 where ranked); improvement 0.5")
def _(results):
    found = summarize(study(results({"sgd": [2, 2], "adam": [2, 2]})))
    assert list(found.iqm.value) == [1, 1] and (found.improvement.value == 0.5).all()
    ranked = summarize(study(results({"sgd": [0, 0], "adam": [0, 0]}, name="y.h5")))
    assert list(ranked.iqm.value) == [0.5, 0.5]


# Ranks -------------------------------------------------------------------------------------------
RANKS = "mean ranks, Friedman, critical difference"


@case(RANKS, "NaN", "NaN")
def _(results):
    assert np.isnan(st.mean_ranks([[1, NAN], [1, 2]])).all()
    assert np.isnan(st.friedman([[1, NAN], [1, 2]]).chi2)


@case(RANKS, "infinite, diverged", "last; a seed that diverged makes the mean infinite")
def _(results):
    made = study(results({"sgd": [1, "diverged"], "adam": [5, 5], "lion": ["diverged"] * 2}))
    assert list(scores(made, ["sgd", "adam", "lion"])[0]) == [-INF, -5, -INF]
    assert list(st.mean_ranks(scores(made, ["sgd", "adam", "lion"]))) == [2.5, 1, 2.5]


@case(RANKS, "zero or negative", "as they are: order needs no zero")
def _(results):
    assert list(st.mean_ranks([[-1000, 0, 1]], at_least=False)) == [1, 2, 3]


@case(RANKS, "all diverged", "equal ranks, p = 1")
def _(results):
    ranks = st.mean_ranks(np.full((3, 4), -INF))
    assert list(ranks) == [2.5] * 4
    test = st.friedman(np.full((3, 4), -INF))
    assert (test.chi2, test.f_p) == (0, 1)


@case(RANKS, "all equal", "equal ranks, p = 1")
def _(results):
    assert list(st.mean_ranks(np.ones((2, 3)))) == [2, 2, 2]
    assert st.friedman(np.ones((2, 3))).chi2_p == 1


# Bootstrap ---------------------------------------------------------------------------------------
BOOTSTRAP = "bootstrap intervals"


def interval(values):
    one = st.joint_bootstrap([[np.array(values, dtype=float)]], lambda runs: np.mean(runs[0][0]))
    return float(one.low), float(one.high)


@case(BOOTSTRAP, "NaN", "NaN")
def _(results):
    assert np.isnan(interval([1, 2, NAN])).all()


@case(BOOTSTRAP, "infinite, diverged", "order statistics of the draws, infinite ends included")
def _(results):
    low, high = interval([1, 2, INF])
    assert np.isfinite(low) and high == INF


@case(BOOTSTRAP, "one seed", "width 0")
def _(results):
    assert interval([3]) == (3, 3)


@case(BOOTSTRAP, "all equal", "width 0")
def _(results):
    assert interval([3, 3, 3]) == (3, 3)


# Best of k ---------------------------------------------------------------------------------------
BEST = "expected best of k"


@case(BEST, "NaN", "NaN")
def _(results):
    assert np.isnan(st.expected_best_of_k([1, NAN], 1))


@case(BEST, "infinite, diverged", "the untrained model; NaN where that was not measured")
def _(results):
    made = results({"sgd": [1, "diverged"]})
    assert list(budget_values(made, *entry(made))) == [1, 2]

    def unmeasured(row, columns):
        columns["validation_loss"] = columns["validation_loss"].copy()
        columns["validation_loss"][0] = NAN
    made = results({"sgd": [1, "diverged"]}, change=unmeasured, name="y.h5")
    values = budget_values(made, *entry(made))
    assert values[0] == 1 and np.isnan(values[1])


@case(BEST, "one seed", "that value for every k")
def _(results):
    assert st.expected_best_of_k([7], 1) == st.expected_best_of_k([7], 9) == 7


@case(BEST, "all equal", "that value")
def _(results):
    assert st.expected_best_of_k([2, 2], 3, at_least=False) == 2


@case(BEST, "all diverged", "the untrained model")
def _(results):
    made = results({"sgd": ["diverged"] * 2})
    assert list(budget_values(made, *entry(made))) == [2, 2]


# Tuning ------------------------------------------------------------------------------------------
TUNING = "selection bias, regret"


@case(TUNING, "infinite, diverged", "left out of the fresh seeds; regret of a diverged default infinite")
def _(results):
    problem, sgd = entry(made := results({"sgd": [1, 2, 4, "diverged"]}))
    assert bias_of(made, problem, sgd).value == 2
    assert st.regret([1, 2], INF) == INF


@case(TUNING, "one seed", "no bias: fewer than two fresh seeds")
def _(results):
    made = results({"sgd": [1, 2]})
    assert bias_of(made, *entry(made)) is None


@case(TUNING, "all diverged", "none, NaN")
def _(results):
    made = results({"sgd": ["diverged"] * 3})
    assert bias_of(made, *entry(made)) is None and np.isnan(st.regret([INF, INF], INF))


@case(TUNING, "all equal", "0")
def _(results):
    made = results({"sgd": [1, 1, 1]})
    assert bias_of(made, *entry(made)).value == 0 and st.regret([1, 1], 1) == 0


BASIN = "basin width, span"


@case(BASIN, "infinite, diverged", "the basin ends before it")
def _(results):
    assert st.basin_width([0.1, 1, 10], [1, 1, INF]) == pytest.approx(1)
    assert st.basin_span([0.1, 1, 10], [1, INF, 1]) == pytest.approx(2)


@case(BASIN, "zero or negative", "rate 0 is left out, drawn left of the axis")
def _(results):
    assert st.basin_width([0, 0.1, 1], [1, 1, 1]) == pytest.approx(1)
    assert np.isnan(st.basin_width([0], [1])) and np.isnan(st.basin_span([0], [1]))


@case(BASIN, "NaN", "as diverged")
def _(results):
    assert st.basin_width([0.1, 1, 10], [1, 1, NAN]) == pytest.approx(1)


@case(BASIN, "all diverged", "0")
def _(results):
    assert st.basin_width([0.1, 1], [INF, INF]) == st.basin_span([0.1, 1], [INF, INF]) == 0


@case(BASIN, "all equal", "all decades tried")
def _(results):
    assert st.basin_width([0.1, 1, 10], [2, 2, 2]) == pytest.approx(2)


# Paired differences ------------------------------------------------------------------------------
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


# Claims ------------------------------------------------------------------------------------------
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


# The gate ----------------------------------------------------------------------------------------
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


# The table ---------------------------------------------------------------------------------------
def written():
    """{(row, column): words} of the table in README.md; cells with a dash do not occur."""
    lines = [line for line in README.read_text(encoding="utf-8").splitlines()
             if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = cells[0][1:]
    return head, {(row[0], column): words for row in cells[2:]
                  for column, words in zip(head, row[1:]) if words != "–"}


def test_the_table_holds_exactly_what_is_tested():
    head, cells = written()
    assert tuple(head) == COLUMNS
    assert cells == {key: words for key, (words, _) in CASES.items()}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row,column", CASES, ids=lambda text: text.replace(" ", "-"))
def test_cell(row, column, results):
    CASES[row, column][1](results)
