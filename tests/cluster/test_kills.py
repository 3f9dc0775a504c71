"""A suite that is killed at random moments ends as if undisturbed, and nothing is computed twice.

What tells one computation of a trial from another is its `train_seconds`: measured to the
nanosecond, outside the digest, and never the same twice. A trial that a killed run has left must
reach the packed file with the time that was seen first.
"""

import random
import re
import subprocess
import time

import pytest
import suites

from ravine import load
from ravine.results.program import load_so_far

SUITE = "ravine-optimizers"
TRIALS = ("--problem", "mlp(data=glyphs, hidden=32, train=512)", "--optimizer",
          "sgd,momentum,adam,rmsprop", "--learning-rate", "0.1,0.01", "--epochs", 4, "--seeds", 5)
WORKERS = 2


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """(digest, seconds) of a run that nobody kills."""
    output = tmp_path_factory.mktemp("undisturbed") / "x.h5"
    begin = time.monotonic()
    done = suites.run(SUITE, *TRIALS, "--output", output, "--workers", WORKERS)
    assert done.returncode == 0, done.stderr
    return suites.digest(output), time.monotonic() - begin


def stored(output):
    """{id: train_seconds} of all trials that are durable now."""
    if not output.exists() and not suites.finished_trials(output):
        return {}
    trials = load_so_far(output).trials
    return dict(zip(trials["id"], trials["train_seconds"]))


def live(output, seconds):
    """Runs the suite for so long, then kills it. What it said if it ended before, else None."""
    process = suites.start(SUITE, *TRIALS, "--output", output, "--workers", WORKERS)
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return None
    assert process.returncode == 0, said
    return said


def finish(output, moments):
    """Runs to the end, killed at these moments (seconds after each start). Returns how many of them
    came and {id: train_seconds as first seen}."""
    seen = {}
    for kills in range(len(moments) + 1):
        said = live(output, moments[kills] if kills < len(moments) else 600)
        if said is not None:
            before = re.search(r"(\d+) of them finished before", said)
            assert (int(before[1]) if before else 0) == len(seen)
            return kills, seen
        now = stored(output)
        assert {id_: now.get(id_) for id_ in seen} == seen
        seen = now
    raise AssertionError("it never ended")


@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.long)])
def test_killed_runs_end_with_the_same_bits_and_compute_nothing_twice(undisturbed, tmp_path, kills):
    digest, seconds = undisturbed
    moments = random.Random(kills)
    left, rounds, kept = kills, 0, 0
    while left:
        output = tmp_path / f"{rounds}.h5"
        came, seen = finish(output, [moments.uniform(0, seconds / 2) for _ in range(left)])
        assert suites.digest(output) == digest
        trials = load(output).trials
        final = dict(zip(trials["id"], trials["train_seconds"]))
        assert {id_: final[id_] for id_ in seen} == seen
        assert not suites.spool(output).exists()
        left, rounds, kept = left - came, rounds + 1, kept + len(seen)
    print(f"{kills} kills in {rounds} runs of {len(trials)} trials: {kept} trials were stored before "
          "a kill, each computed once")
    assert kept
