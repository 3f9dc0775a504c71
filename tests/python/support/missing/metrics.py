"""Final metrics of trials, their medians and quartiles, and the bands of figures."""

import numpy as np
from ravine.figures import bands
from ravine.study import selection

from .cells import INF, LACKS, NAN, case, entry


# The final metric of a trial ----------------------------------------------------------------------
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


# Median and quartiles -----------------------------------------------------------------------------
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


# Bands of figures ---------------------------------------------------------------------------------
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
