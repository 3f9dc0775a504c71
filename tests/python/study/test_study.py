"""The numbers behind the report: targets, times, budgets, selection bias; and the xarray view."""

import numpy as np
import pytest
import synthetic
from ravine import load
from ravine.study import per_problem as study
from ravine.study import summary

PROBLEMS = ("mlp(data=glyphs, hidden=256x2)", "logreg(data=glyphs)")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "x.h5"
    synthetic.write(path, problems=PROBLEMS, optimizers=("sgd", "momentum", "adam"), seeds=5)
    return load(path)


def test_half_of_the_optimizers_reach_the_derived_target(results):
    for problem in study.study(results):
        times = study.times([problem], ["sgd", "momentum", "adam"])[0]
        assert np.isfinite(times).sum() == 2
        entry = problem.entry("adam")
        assert entry.rate == 1e-3 and list(entry.seeds) == [0, 1, 2, 3, 4]
        for trial, time in zip(entry.chosen.index, entry.steps):
            curve = results.curves[results.curves["trial"] == trial]
            before = curve[curve["step"] < time][problem.target_metric]
            assert (before < problem.target).all()


def test_a_given_target_is_used(tmp_path):
    synthetic.write(tmp_path / "x.h5", optimizers=("sgd", "adam"),
                    change=lambda row, _: row.update(target="train_loss<=0.5"))
    problem = study.study(load(tmp_path / "x.h5"))[0]
    assert (problem.target_metric, problem.target, problem.target_given) == ("train_loss", 0.5, True)
    assert np.isfinite(problem.entry("adam").steps).all()
    assert (problem.entry("adam").spent == problem.entry("adam").steps).all()


def test_diverged_trials_are_worth_the_untrained_model(results):
    problem = study.study(results)[0]
    entry = problem.entry("adam")
    values = study.budget_values(results, problem, entry)
    diverged = (entry.trials["outcome"] == "diverged").to_numpy()
    assert diverged.any() and np.isfinite(values).all()
    assert values[diverged].max() < values[~diverged].min()


def test_selection_bias_compares_the_best_trial_with_its_siblings(results):
    problem = study.study(results)[0]
    entry = problem.entry("sgd")
    found = study.selection_bias(results, problem, entry)
    curves = results.curves[results.curves["trial"].isin(entry.trials.index)]
    last = curves.groupby("trial").last().loc[entry.trials.index]
    best = last["validation_accuracy"].idxmax()
    same = entry.trials.index[entry.trials["learning_rate"]
                              == entry.trials.loc[best, "learning_rate"]]
    fresh = last.loc[same.drop(best), "test_accuracy"].mean()
    assert found.value == pytest.approx(last.loc[best, "test_accuracy"] - fresh)


def test_summary_over_problems(results):
    found = summary.summarize(study.study(results))
    assert found.labels == ["sgd", "momentum", "adam"] and found.integrated.paired
    assert found.integrated.value.argmax() == 2 and found.ranks.argmin() == 2
    np.testing.assert_allclose(found.improvement.value + found.improvement.value.T, 1)
    assert found.reference == "momentum" or found.reference == "adam"
    again = summary.summarize(study.study(results))
    np.testing.assert_array_equal(found.iqm.low, again.iqm.low)


def test_summary_needs_two_optimizers(tmp_path):
    synthetic.write(tmp_path / "x.h5", optimizers=("sgd",))
    assert summary.summarize(study.study(load(tmp_path / "x.h5"))) is None


def test_losses_are_scored_by_the_best_median(tmp_path):
    def no_accuracy(row, columns):
        for name in [name for name in columns if "accuracy" in name]:
            del columns[name]
    synthetic.write(tmp_path / "x.h5", optimizers=("sgd", "adam"), change=no_accuracy)
    problem = study.study(load(tmp_path / "x.h5"))[0]
    assert problem.metric == "test_loss" and not problem.at_least
    found = summary.summarize([problem])
    assert 0 < found.iqm.value[0] < found.iqm.value[1] <= 1.1


def test_to_xarray_holds_the_same_values(results):
    pytest.importorskip("xarray")
    dataset = results.to_xarray()
    trial = results.trials.index[7]
    expected = results.curves[results.curves["trial"] == trial]["train_loss"].to_numpy()
    found = dataset["train_loss"].sel(trial=trial).to_numpy()
    np.testing.assert_array_equal(found[: len(expected)], expected)
    assert np.isnan(found[len(expected):]).all()
    assert dataset["optimizer"].sel(trial=trial) == results.trials.loc[trial, "optimizer"]
    assert dataset["train_loss"].attrs["units"] == "nats"


def test_the_largest_table_without_gaps_is_compared(tmp_path):
    ran = {"a": ("sgd", "adam", "momentum"), "b": ("sgd", "adam", "momentum"), "c": ("sgd", "adam"),
           "d": ("momentum",)}

    def change(row, _):
        row["in_plan"] = int(any(row["optimizer"].startswith(name) for name in ran[row["problem"]]))

    def compared(*problems):
        synthetic.write(tmp_path / "x.h5", optimizers=("sgd", "momentum", "adam"), problems=problems,
                        change=change)
        return [one.text for one in study.comparable(study.study(load(tmp_path / "x.h5")))]

    assert compared("a", "b", "c", "d") == ["a", "b", "c"], "2 x 3 with more problems than 3 x 2"
    assert compared("a", "b", "d") == ["a", "b"]
    assert compared("a", "c") == ["a", "c"], "two problems before three optimizers on one"
    assert compared("a", "d") == ["a"]
    assert compared("d") == []
