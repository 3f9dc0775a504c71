"""What choosing among settings gives: best of k, selection bias, basins."""

import numpy as np
import pytest
from ravine.study import statistics as st
from ravine.study.per_problem import budget_values
from ravine.study.per_problem import selection_bias as bias_of

from .cells import INF, NAN, case, entry


# Best of k ----------------------------------------------------------------------------------------
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


# Tuning -------------------------------------------------------------------------------------------
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
