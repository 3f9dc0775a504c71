"""The selection rule, medians with divergence, and labels, on cases worked out by hand."""

import numpy as np
import pytest
import synthetic

from ravine import load
from ravine.figures import bands
from ravine.study import selection
from ravine.study.series import problems, series_of


def results_of(tmp_path, finals, metric="validation_accuracy", outcome=lambda rate, seed: "completed"):
    """A file with one optimizer; finals[rate] lists the final metric of each seed."""
    rows, curves = [], []
    for rate, values in finals.items():
        for seed, value in enumerate(values):
            rows.append({"id": f"{len(rows):016x}", "problem": "quadratic", "optimizer": "sgd",
                         "learning_rate": rate, "seed": seed, "outcome": outcome(rate, seed),
                         "in_plan": 1})
            curves.append({"step": np.arange(3), "epoch": np.arange(3.0),
                           "train_seconds": np.arange(3) * (1.0 + seed),
                           "objective": np.array([1.0, 0.9, 0.8]),
                           metric: np.array([0.1, 0.2, value])})
    synthetic.write_rows(tmp_path / "x.h5", rows, curves)
    return load(tmp_path / "x.h5")


def best(results):
    problem = next(iter(problems(results)))
    series, = series_of(results, problem)
    return selection.best_rate(results, series, selection.criterion(results, problem))


def test_the_best_median_wins_not_the_best_seed(tmp_path):
    assert best(results_of(tmp_path, {0.1: [0.5, 0.6, 0.99], 0.2: [0.7, 0.7, 0.7]})) == 0.2


def test_losses_are_minimized(tmp_path):
    finals = {0.1: [0.5, 0.6], 0.2: [0.7, 0.7]}
    assert best(results_of(tmp_path, finals, metric="validation_loss")) == 0.1


def test_the_objective_decides_where_there_is_no_validation(tmp_path):
    results = results_of(tmp_path, {0.1: [1.0]}, metric="test_loss")
    assert selection.criterion(results, "quadratic") == "objective"


def test_accuracy_decides_before_loss(tmp_path):
    synthetic.write(tmp_path / "x.h5", optimizers=["sgd"])
    results = load(tmp_path / "x.h5")
    assert selection.criterion(results, next(iter(problems(results)))) == "validation_accuracy"


def test_equal_medians_choose_the_smaller_rate(tmp_path):
    assert best(results_of(tmp_path, {0.2: [0.7], 0.1: [0.7]})) == 0.1


def test_a_rate_that_diverges_for_one_seed_loses(tmp_path):
    results = results_of(tmp_path, {0.1: [0.5] * 3, 0.2: [0.9] * 3},
                         outcome=lambda rate, seed: "diverged" if (rate, seed) == (0.2, 1)
                         else "completed")
    assert best(results) == 0.1
    series, = series_of(results, "quadratic")
    table = selection.rate_table(results, series, "validation_accuracy")
    assert list(table["diverged"]) == [0, 1]
    assert table["low"].iloc[1] == -np.inf and table["median"].iloc[1] == 0.9


def test_failed_trials_are_left_out(tmp_path):
    results = results_of(tmp_path, {0.1: [0.5], 0.2: [0.9]},
                         outcome=lambda rate, seed: "failed" if rate == 0.2 else "completed")
    assert best(results) == 0.1


def test_quartiles_of_a_hand_made_sample():
    np.testing.assert_allclose(selection.quartiles(np.array([1.0, 2, 3, 4, 5])), [2, 3, 4])
    np.testing.assert_array_equal(selection.quartiles(np.array([1.0, 2, np.inf])), [1.5, 2, np.inf])


def test_band_is_median_and_quartiles_per_step(tmp_path):
    results = results_of(tmp_path, {0.1: [0.4, 0.5, 0.9]})
    line = bands.band(results, results.trials, "validation_accuracy")
    assert list(line["x"]) == [0, 1, 2]
    np.testing.assert_allclose(line.iloc[-1], [2, 0.45, 0.5, 0.7])


def test_band_counts_a_diverged_trial_as_worst_after_its_end(tmp_path):
    def change(row, columns):
        if row["seed"] == 0:
            row["outcome"] = "diverged"
            for name in columns:
                columns[name] = columns[name][:3]

    synthetic.write(tmp_path / "x.h5", optimizers=["adam"], change=change)
    results = load(tmp_path / "x.h5")
    trials = results.trials[results.trials["learning_rate"] == 1e-3]
    line = bands.band(results, trials, "train_loss")
    assert np.isfinite(line["high"].iloc[:3]).all() and np.isinf(line["high"].iloc[3:]).all()
    assert np.isfinite(line["median"]).all()


def test_band_on_a_time_axis_interpolates(tmp_path):
    results = results_of(tmp_path, {0.1: [0.4, 0.4, 0.4]})  # 0.2 is reached after 1, 2, 3 s
    line = bands.band(results, results.trials, "validation_accuracy", x="seconds")
    assert line["x"].iloc[-1] == 4.0  # the median final time
    at_two = line.iloc[(line["x"] - 2).abs().argmin()]
    assert at_two["median"] == pytest.approx(0.2, abs=0.002)


def test_band_on_the_axis_of_costs_adds_all_evaluations(tmp_path):
    def change(row, columns):
        columns["loss_evaluations"] = 6 * columns["step"]
        columns["curvature_products"] = 3 * columns["step"]

    synthetic.write(tmp_path / "x.h5", optimizers=["adam"], change=change)
    results = load(tmp_path / "x.h5")
    trials = results.trials[results.trials["learning_rate"] == 1e-3]
    line = bands.band(results, trials, "train_loss", x="gradient_equivalents")
    steps = bands.band(results, trials, "train_loss", x="step")
    # A gradient, six forward passes of a third and three products of five thirds per step.
    np.testing.assert_allclose(line["x"], 8 * steps["x"])


def test_series_of_one_optimizer_are_told_apart_by_the_factor_that_varies(tmp_path):
    def change(row, columns):
        row["schedule"] = "cosine" if row["seed"] else "constant"

    synthetic.write(tmp_path / "x.h5", optimizers=["sgd"], change=change)
    results = load(tmp_path / "x.h5")
    names = [one.label for one in series_of(results, next(iter(problems(results))))]
    assert names == ["sgd, constant", "sgd, cosine"]
