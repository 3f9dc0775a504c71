"""What reads result files, on the quick run of every suite: hand-made files are too regular."""

import json

import numpy as np
import pytest
import quick_runs

from ravine import load
from ravine.claims import judge

pytestmark = pytest.mark.parametrize("suite", quick_runs.NAMES)


def test_xarray_holds_every_trial_and_observation(suite, quick_results):
    pytest.importorskip("xarray", reason="python3-xarray is not installed: scripts/setup --test")
    results = load(quick_results(suite))
    dataset = results.to_xarray()
    assert dataset.sizes["trial"] == len(results.trials)
    own = results.curves[results.curves["trial"] == len(results.trials) - 1]
    for name in ("step", "objective"):
        row = dataset[name].isel(trial=-1).to_numpy()
        np.testing.assert_array_equal(row[:len(own)], own[name])
        assert np.isnan(row[len(own):]).all()
    first = results.trials.iloc[0]
    chosen = dataset.where(dataset.optimizer == first["optimizer"], drop=True)
    assert chosen.sizes["trial"] == (results.trials["optimizer"] == first["optimizer"]).sum()
    assert dataset["learning_rate_of_trial"].to_numpy()[0] == first["learning_rate"]
    assert set(results.trials) <= {name.removesuffix("_of_trial") for name in dataset.coords}


def test_xarray_opens_the_file_itself(suite, quick_results):
    xarray = pytest.importorskip("xarray", reason="python3-xarray is not installed: scripts/setup --test")
    pytest.importorskip("h5netcdf", reason="python3-h5netcdf is not installed: scripts/setup --test")
    path, results = quick_results(suite), load(quick_results(suite))
    with xarray.open_dataset(path, group="trials", engine="h5netcdf") as trials, \
            xarray.open_dataset(path, group="curves", engine="h5netcdf") as curves:
        assert list(trials["id"].to_numpy()) == list(results.trials["id"])
        assert curves["step"].size == len(results.curves)


def test_the_report_is_one_page(suite, quick_results):
    pytest.importorskip("jinja2", reason="python3-jinja2 is not installed: scripts/setup --test")
    from ravine.report import render

    results = load(quick_results(suite))
    page = render([results])
    model = page.partition('id="model">')[2].partition("</script>")[0]
    assert len(json.loads(model)[0]["trials"]["seed"]) == len(results.trials)


def test_claims_are_judged(suite, quick_results):
    judged = judge([load(quick_results(suite))])
    assert judged and all(one.suite == suite and one.evidence for one in judged)
    assert [one.id for one in judged if one.exact and one.verdict != "supported"] == []
