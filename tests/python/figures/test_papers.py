"""Figures of papers and of averages show the numbers that the results hold."""

import component_texts
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import real_vocabulary

from ravine.figures import averages, style
from ravine.figures.papers import FIGURES, bottou, deepobs, reddi, wilson
from ravine.results.load import Results

AVERAGES = "polyak(start=0), ema(decay=0.9, bias_correction=true), polyak(start=0.5)"


@pytest.fixture(autouse=True)
def journal():
    style.apply()
    yield
    plt.close("all")


def results(*trials):
    """Results of (columns of the trial, curves of the trial)."""
    rows, curves = [], []
    for number, (row, columns) in enumerate(trials):
        rows.append({"in_plan": 1, "outcome": "completed", "optimizer": "sgd", "averaging": "none",
                     "schedule": "constant(value=1)", "learning_rate": 0.1, "batch_size": 128,
                     "shuffle": "fixed", "seed": 0, **row})
        curves.append(pd.DataFrame(columns).assign(trial=number))
    frame = pd.DataFrame(rows)
    frame.index.name = "trial"
    return Results("made-up.h5", frame, pd.concat(curves, ignore_index=True), {}, {}, {},
                   vocabulary=real_vocabulary.of_a_baseline(), components=component_texts.of(frame))


def line(axes, label):
    return next(one for one in axes.lines if one.get_label().startswith(label))


def test_deepobs_shows_the_distance_from_what_was_published():
    published = pd.read_csv(deepobs.PUBLISHED, sep="\t", comment="#")
    sgd = published[published["optimizer"] == "sgd"]
    steps = deepobs.EPOCH_STEPS * sgd["epoch"].to_numpy()
    # Two seeds whose mean is 0.25 above; an observation within an epoch is left out.
    trials = [({"problem": "quadratic_deep", "seed": seed},
               {"step": np.append(steps, 3), "test_loss": np.append(sgd["test_loss"] + off, 1e6)})
              for seed, off in enumerate((0, 0.5))]
    figure = deepobs.draw(results(*trials))
    upper, lower = figure.axes
    assert upper.get_title(loc="left") == "sgd"
    assert line(upper, "ours, 2 seeds").get_ydata() == pytest.approx(sgd["test_loss"] + 0.25)
    assert lower.lines[0].get_ydata() == pytest.approx(np.full(99, 0.25))


def test_deepobs_leaves_fresh_orders_out():
    trial = {"problem": "quadratic_deep", "shuffle": "per_epoch"}
    assert deepobs.draw(results((trial, {"step": [0], "test_loss": [1.0]}))) is None


def test_reddi_shows_the_point():
    columns = {"step": [1, 10000], "train_loss": [np.nan, 0.3]}
    figure = reddi.draw(results(
        ({"problem": "reddi(stochastic=false)", "optimizer": "adam(beta1=0.9)"},
         {**columns, "objective": [10.0, 20.0]}),
        ({"problem": "reddi(stochastic=true)", "optimizer": "amsgrad(beta1=0.9)"},
         {**columns, "objective": [20.2, 0.0]})))
    regrets, points = figure.axes[:2], figure.axes[2:]
    assert line(points[0], "Adam").get_ydata() == pytest.approx([0, 1])
    assert line(points[1], "AMSGrad").get_ydata() == pytest.approx([0, -1])
    assert line(regrets[0], "Adam").get_ydata() == pytest.approx([0.3])


def test_wilson_shows_mean_accuracies():
    problem = "wilson(positives=6, negatives=3)"
    figure = wilson.draw(results(*(
        ({"problem": problem, "batch_size": size, "seed": seed},
         {"step": [1], "test_accuracy": [accuracy]})
        for size, seed, accuracy in ((0, 0, 1.0), (3, 0, 0.5), (3, 1, 1.0)))))
    points = figure.axes[0].containers[0].lines[0]
    assert points.get_ydata() == pytest.approx([75, 100])
    assert [text.get_text() for text in figure.axes[0].get_xticklabels()] == ["3", "all"]


def test_bottou_shows_each_side_at_its_best_rate():
    problem = "logreg(data=ill_conditioned, train=20000)"
    def trial(schedule, rate, cost):
        return ({"problem": problem, "schedule": schedule, "learning_rate": rate},
                {"step": [1, 2], "epoch": [1.0, 2.0], "objective": [1.0, cost],
                 "test_accuracy": [0.5, 0.75], "averaged_polyak_objective": [np.nan, cost / 2],
                 "averaged_polyak_test_accuracy": [np.nan, 0.8]})
    figure = bottou.draw(results(trial("inverse(k0=1)", 0.1, 0.6), trial("inverse(k0=1)", 1, 0.7),
                                 trial("inverse_power(k0=1, power=0.75)", 1, 0.5)))
    cost, error = figure.axes
    assert line(cost, "SGD, rate 0.1").get_ydata() == pytest.approx([1, 0.6])
    assert line(cost, "averaged SGD: the average").get_ydata() == pytest.approx([0.25])
    assert line(error, "averaged SGD: the average").get_ydata() == pytest.approx([20])


def test_bottou_leaves_out_what_has_no_accuracy():
    """As the quadratics of ravine-schedules, which vary the same schedules."""
    def trial(schedule, averaged):
        return ({"problem": "quadratic(dimension=10)", "schedule": schedule},
                {"step": [1, 2], "epoch": [1.0, 2.0], "objective": [1.0, 0.5],
                 "test_accuracy": [np.nan] * 2, "averaged_polyak_objective": averaged,
                 "averaged_polyak_test_accuracy": [np.nan] * 2})
    both = results(trial("inverse(k0=1)", [1.0, 0.5]), trial("inverse_power(k0=1)", [1.0, 0.5]))
    assert bottou.draw(both) is None
    both.curves.drop(columns=["test_accuracy", "averaged_polyak_test_accuracy"], inplace=True)
    assert bottou.draw(both) is None


@pytest.mark.parametrize("draw", [draw for draw, _ in FIGURES.values()], ids=FIGURES)
def test_other_results_have_no_such_figure(draw):
    trial = {"problem": "mlp(data=glyphs)"}
    assert draw(results((trial, {"step": [0], "objective": [1.0]}))) is None


def test_averages_of_a_kind_are_numbered_as_the_suites_do():
    known = component_texts.of(pd.DataFrame({"averaging": [AVERAGES]}))
    named = averages.named_averages(known, AVERAGES)
    assert list(named.values()) == ["polyak", "ema", "polyak2"]
    assert [averages.say(known, text) for text in named] == [
        "mean of all", "exponential, 0.9", "mean from 50 % on"]
    assert averages.named_averages(known, "none") == {}


def test_every_average_has_its_line():
    columns = {"step": [0, 1, 2], "epoch": [0.0, 0.5, 1.0], "objective": [3.0, 2.0, 1.0],
               "averaged_polyak_objective": [np.nan, 1.5, 1.2],
               "averaged_ema_objective": [np.nan, 1.9, 1.1],
               "averaged_polyak2_objective": [np.nan, np.nan, 0.9]}
    own = results(({"problem": "logreg(data=glyphs)", "averaging": AVERAGES}, columns))
    figure = averages.draw(own, "logreg(data=glyphs)", "epoch")
    drawn = [list(one.get_ydata()) for one in figure.axes[0].lines]
    assert drawn == [[3, 2, 1], [1.9, 1.1], [1.5, 1.2], [0.9]]


def test_one_average_alone_has_no_figure():
    own = results(({"problem": "logreg", "averaging": "ema(decay=0.9)"},
                   {"step": [0], "epoch": [0.0], "objective": [1.0],
                    "averaged_ema_objective": [1.0]}))
    assert averages.draw(own, "logreg", "epoch") is None
