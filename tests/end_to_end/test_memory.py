"""The memory of a suite does not grow with its trials, and is foreseen before it is taken."""

import os
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


def under_limit(kilobytes, program, *arguments):
    """Runs a program with little address space; the loader's own failure is nobody's fault."""
    def little():
        resource.setrlimit(resource.RLIMIT_AS, (kilobytes * 1024, kilobytes * 1024))

    done = subprocess.run([suites.BUILD / program, *map(str, arguments)], capture_output=True, text=True,
                          env=suites.environment(), preexec_fn=little, timeout=60, check=False)
    return None if "while loading shared libraries" in done.stderr else done


def test_no_limit_of_memory_crashes_a_merge_or_damages_a_file(tmp_path):
    """HDF5 does not survive a malloc that fails, and says 'inflate() failed' where memory is short."""
    inputs = [tmp_path / "1.h5", tmp_path / "2.h5"]
    for seed, output in enumerate(inputs, 1):
        assert suites.run("ravine-optimizers", "--problem", "quadratic", "--optimizer", "sgd,adam",
                          "--learning-rate", 0.01, "--steps", 20, "--seeds", f"{seed}:{seed + 1}", "--output",
                          output).returncode == 0
    ends = [under_limit(kilobytes, "ravine-results", "merge", tmp_path / "m.h5", *inputs)
            for kilobytes in range(28000, 76000, 500)]
    ends = [(done.returncode, done.stderr) for done in ends if done]
    assert {code for code, _ in ends} == {0, 75}, ends
    assert all(re.search(r"memory ran out|refuses a thread", said) for code, said in ends if code == 75), ends


def test_no_limit_of_memory_sets_a_good_trial_aside(tmp_path):
    command = ["ravine-optimizers", "--problem", "quadratic", "--optimizer", "sgd,adam", "--learning-rate",
               "0.01,0.001", "--steps", 20, "--seeds", 3, "--workers", 2, "--output", tmp_path / "x.h5"]
    codes = set()
    for kilobytes in range(32000, 330000, 6000):
        if done := under_limit(kilobytes, *command):
            codes.add(done.returncode)
            assert "damaged" not in done.stderr and not list(tmp_path.rglob("*damaged*")), done.stderr
    assert codes == {0, 2, 75} and suites.run(*command).returncode == 0  # 2: the plan does not fit


def test_data_that_do_not_fit_are_refused_before_they_are_read(tmp_path):
    data = tmp_path / "x.csv"
    data.write_bytes(b"")
    os.truncate(data, 10**9)  # without blocks on the disk
    done = under_limit(500_000, "ravine-optimizers", "--problem", f"logreg(data={data})", "--optimizer", "sgd",
                       "--learning-rate", 0.1, "--steps", 1, "--seeds", 1, "--list")
    assert re.search(r"takes about 2 GB of memory while it is read, but 4\d\d MB are left by ulimit -v", refused(done))


def test_what_may_be_taken_can_be_given(tmp_path):
    few = ["--scale", "quick", "--workers", 100, "--output", tmp_path / "never.h5"]
    said = refused(suites.run("ravine-optimizers", *few, "--mem", "100M"))
    workers = re.search(r"granted by --mem: use --workers (\d+),", said).group(1)
    assert 2 < int(workers) < 100
    few[few.index(100)] = workers
    assert suites.run("ravine-optimizers", *few, "--mem", "100M", "--dry-run").returncode == 0
    assert "800M or 64G" in refused(suites.run("ravine-optimizers", *few, "--mem", "much"))
    assert suites.run("ravine-optimizers", *HUGE, "--dry-run", "--mem", "1T").returncode == 0


@pytest.mark.parametrize("suite", suites.SUITES)
def test_estimates_are_what_trials_take(suite, quick_results):
    said = suites.run(suite, "--scale", "quick", "--dry-run", "--workers", 1).stdout
    estimate = float(re.search(r"about ([0-9.]+) MB per worker", said).group(1))
    with h5py.File(quick_results(suite)) as file:
        taken = file["trials/workspace_bytes"][:].max() * 1e-6
    assert abs(estimate / taken - 1) < 0.1, (estimate, taken)


@pytest.mark.parametrize("suite", suites.SUITES)
def test_estimates_bound_what_whole_runs_take(suite, quick_results):
    """Not less than nine tenths of the peak, and not more than three times it."""
    said = suites.run(suite, "--scale", "quick", "--dry-run").stdout
    estimate = float(re.search(r", ([0-9.]+) MB in all", said).group(1))
    peak = quick_results.peak_megabytes(suite)
    assert 0.9 * peak < estimate < 3 * peak, (estimate, peak)


def test_the_scores_of_attention_count(tmp_path):
    """A thread keeps squares of context x context: two for gradients, 72 MB here. One thread is counted."""
    text = tmp_path / "text.txt"
    text.write_text("no bounds\n" * 2000)
    command = ["ravine-optimizers", "--problem", f"char_lm(data={text}, context=3000, "
               "model=transformer(layers=1, width=8, heads=2))", "--optimizer", "sgd", "--learning-rate", "0.01",
               "--steps", "1", "--seeds", "1", "--batch-size", "1", "--observe", "even(count=1)", "--workers", "1",
               "--threads", "1"]
    said = suites.run(*command, "--dry-run", "--output", tmp_path / "x.h5").stdout
    estimate = float(re.search(r", ([0-9.]+) MB in all", said).group(1))
    peak = processes.run([suites.BUILD / command[0], *command[1:], "--output", tmp_path / "x.h5"]).peak_bytes * 1e-6
    assert 0.9 * peak < estimate < 2 * peak, (estimate, peak)
