"""The memory of a suite does not grow with its trials, and is foreseen before it is taken."""

import re
import resource
import subprocess

import h5py
import pytest
import suites

from ravine.speed.peers import processes


def peak_megabytes(output, trials):
    return processes.run([suites.BUILD / "ravine-optimizers", "--problem",
                          "mlp(data=glyphs, hidden=32, train=1024)", "--optimizer", "adam",
                          "--learning-rate", "0.001", "--steps", "10", "--seeds", trials, "--workers",
                          "1", "--output", output]).peak_bytes * 1e-6


def test_memory_does_not_grow_with_trials(tmp_path):
    """A block that the allocator loses in every trial once made 20 MB of a hundred of them."""
    few, many = (peak_megabytes(tmp_path / f"{trials}.h5", trials) for trials in (4, 100))
    assert many < few + 6


HUGE = ("--problem", "mlp(data=glyphs, hidden=30000x4)", "--optimizer", "adam", "--seeds", 1, "--steps", 1,
        "--learning-rate", 0.1)


def refused(done):
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("arguments", [["--dry-run"], []])
def test_a_plan_that_does_not_fit_is_refused_before_anything_is_made(tmp_path, arguments):
    def little():
        resource.setrlimit(resource.RLIMIT_AS, (2 * 10**9, 2 * 10**9))

    words = [*HUGE, *arguments, "--output", tmp_path / "never.h5"]
    done = subprocess.run([suites.BUILD / "ravine-optimizers", *map(str, words)], capture_output=True,
                          text=True, env=suites.environment(), preexec_fn=little, timeout=60, check=False)
    # 784 x 30000 + 3 x 30000^2 + 30000 x 10 weights, 28 vectors: states (of the average in double), copies, a checkpoint.
    assert re.search(r"needs about 3\d\d GB .* left by ulimit -v: use a smaller problem", refused(done))
    assert list(tmp_path.iterdir()) == []


def test_what_may_be_taken_can_be_given(tmp_path):
    few = ["--scale", "quick", "--workers", 100, "--output", tmp_path / "never.h5"]
    said = refused(suites.run("ravine-optimizers", *few, "--mem", "100M"))
    workers = re.search(r"granted by --mem: use --workers (\d+),", said).group(1)
    assert 2 < int(workers) < 100
    few[few.index(100)] = workers
    assert suites.run("ravine-optimizers", *few, "--mem", "100M", "--dry-run").returncode == 0
    assert "800M or 64G" in refused(suites.run("ravine-optimizers", *few, "--mem", "much"))
    assert suites.run("ravine-optimizers", *HUGE, "--dry-run", "--mem", "1T").returncode == 0


@pytest.mark.parametrize("suite", ["ravine-batch-norm", "ravine-optimizers", "ravine-second-order"])
def test_estimates_are_what_trials_take(tmp_path, suite):
    said = suites.run(suite, "--scale", "quick", "--dry-run", "--workers", 1).stdout
    estimate = float(re.search(r"about ([0-9.]+) MB per worker", said).group(1))
    suites.quick(suite, tmp_path / "x.h5")
    with h5py.File(tmp_path / "x.h5") as file:
        taken = file["trials/workspace_bytes"][:].max() * 1e-6
    assert abs(estimate / taken - 1) < 0.1, (estimate, taken)
