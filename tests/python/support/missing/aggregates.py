"""What sums up several problems: scores, ranks, bootstrap intervals."""

import numpy as np
import pytest
from ravine.study import statistics as st
from ravine.study.per_problem import scores, study
from ravine.study.summary import summarize

from .cells import INF, NAN, case


# Scores, IQM, improvement -------------------------------------------------------------------------
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


# Ranks --------------------------------------------------------------------------------------------
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


# Bootstrap ----------------------------------------------------------------------------------------
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
