"""`--record optimizer`: what an optimizer records beside its curve, in the file and in its readers."""

import h5py
import numpy as np
import suites

from ravine import load


def run(path, *arguments):
    return suites.run("ravine-optimizers", "--problem", "wilson", "--optimizer", "hessian_free,lbfgs,sgd",
                      "--learning-rate", 1, "--batch-size", "full", "--steps", 4, "--seeds", 1,
                      "--output", path, *arguments)


def test_columns_of_the_optimizer_come_back_from_the_file(tmp_path):
    done = run(tmp_path / "x.h5", "--record", "optimizer")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "x.h5") as file:
        assert file["curves/optimizer_search_trials"].attrs["units"] == "evaluations"
    results = load(tmp_path / "x.h5")
    curves = results.curves.assign(
        optimizer=[results.trials["optimizer"][trial].split("(")[0] for trial in results.curves["trial"]])
    free = curves[curves["optimizer"] == "hessian_free"]
    np.testing.assert_allclose(free["optimizer_lambda"], 45 * (2 / 3) ** free["step"], rtol=1e-12)
    plain = curves[curves["optimizer"] == "sgd"]
    assert plain["optimizer_lambda"].isna().all()
    np.testing.assert_allclose(plain["optimizer_rate_w"][1:], 1, rtol=1e-3)


def test_a_trial_that_does_not_ask_has_none(tmp_path):
    done = run(tmp_path / "x.h5")
    assert done.returncode == 0, done.stderr
    with h5py.File(tmp_path / "x.h5") as file:
        assert not [name for name in file["curves"] if name.startswith("optimizer_")]


def test_a_pair_that_cannot_work_is_misuse(tmp_path):
    done = suites.run("ravine-optimizers", "--problem", "rosenbrock", "--optimizer", "hessian_free",
                      "--output", tmp_path / "x.h5")
    assert done.returncode == 2
    assert "hessian_free" in done.stderr and "rosenbrock" in done.stderr
    assert "Gauss-Newton products" in done.stderr and "wilson" in done.stderr and "lbfgs" in done.stderr
    assert not list(tmp_path.iterdir())
