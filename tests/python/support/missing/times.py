"""Targets, the times to them, and profiles of these times."""

import numpy as np
import pytest
from ravine.report import content, tables
from ravine.study import statistics as st
from ravine.study.per_problem import study

from .cells import INF, LACKS, NAN, case, entry


# The target that nobody published -----------------------------------------------------------------
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


# Times to the target ------------------------------------------------------------------------------
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


# Profiles and speed-up ----------------------------------------------------------------------------
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
