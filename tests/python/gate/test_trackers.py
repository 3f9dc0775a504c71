"""What the gate prints for services that track benchmarks over time."""

import json

import numpy as np
import pytest
from ravine import load
from ravine.errors import Misuse
from ravine.gate.__main__ import main
from suites import PROJECT

BASELINE = str(PROJECT / "results" / "baselines" / "batch-size.h5")


def printed(capsys, kind, path=BASELINE):
    assert main([path, "--baseline", path, "--format", kind]) == 0
    return json.loads(capsys.readouterr().out)


def last_values(metric):
    """The sorted last values of every configuration, from the file itself."""
    results = load(BASELINE)
    spec = results.trials["spec"].str.replace(r"(?m)^seed = .*\n", "", regex=True)
    last = results.curves.groupby("trial")[metric].last()
    found = (sorted(last.loc[rows.index]) for _, rows in results.trials.groupby(spec))
    return sorted(seeds for seeds in found if np.isfinite(seeds).all())


def test_bencher_gets_the_median_and_the_ends(capsys):
    found = printed(capsys, "bencher")
    values = [entry["final_test_accuracy"] for entry in found.values() if "final_test_accuracy" in entry]
    expected = sorted(last_values("test_accuracy"))
    assert sorted(one["lower_value"] for one in values) == [seeds[0] for seeds in expected]
    assert sorted(one["value"] for one in values) == pytest.approx(sorted(map(np.median, expected)))
    assert sorted(one["upper_value"] for one in values) == sorted(seeds[-1] for seeds in expected)


def test_smaller_is_better_for_the_action(capsys):
    found = printed(capsys, "github-action-benchmark")
    assert sorted(one["value"] for one in found if one["unit"] == "test_accuracy") == pytest.approx(
        sorted(1 - np.median(seeds) for seeds in last_values("test_accuracy")))
    assert all(one["name"].endswith(("final 1 - test_accuracy", "final objective")) for one in found)
    assert len({one["name"] for one in found}) == len(found)


def test_a_diverged_trial_is_a_number(capsys):
    paths = [path for path in sorted((PROJECT / "results" / "baselines").glob("*.h5"))
             if "diverged" in set(load(path).trials["outcome"])]
    smallest = min(paths, key=lambda path: path.stat().st_size)
    assert all(np.isfinite(one["value"]) for one in printed(capsys, "github-action-benchmark", str(smallest)))


def test_an_unknown_format_is_misuse():
    with pytest.raises(Misuse, match="did you mean 'bencher'"):
        main([BASELINE, "--baseline", BASELINE, "--format", "benchr"])
