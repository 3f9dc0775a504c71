"""What is told of a run while it works, and packed of it, without disturbing it."""

import json

import pytest
import suites
from ravine.errors import Misuse
from ravine.results import program

SUITE = "ravine-optimizers"
TRIALS = ("--problem", "mlp(data=glyphs, hidden=32, train=512)", "--optimizer", "sgd,momentum",
          "--learning-rate", "0.1,0.01", "--epochs", 4, "--seeds", 4)
COUNT = 16


@pytest.fixture
def told(monkeypatch):
    """The status of an output, as the package reads it."""
    monkeypatch.setenv("RAVINE_BUILD_DIR", str(suites.BUILD))
    return lambda path: program.status(path)[0]


def test_a_run_is_told_and_packed_while_it_works(told, tmp_path):
    output = tmp_path / "x.h5"
    assert told(output)["state"] == "waiting"
    with pytest.raises(Misuse, match="is finished yet"):
        program.load_so_far(output)
    process = suites.start(SUITE, *TRIALS, "--output", output, "--workers", 1)
    suites.wait_for_trials(process, output, 2)
    now, packed = told(output), program.load_so_far(output)
    assert now["suite"] == "optimizers" and now["planned"] == COUNT
    assert now["state"] == "running" and now["holder"]["pid"] == str(process.pid)
    assert 2 <= now["finished"] <= len(packed.trials) <= COUNT
    assert packed.path == str(output) and packed.attributes["suite"] == "optimizers"
    assert process.wait(timeout=120) == 0
    done = told(output)
    assert (done["state"], done["finished"], done["planned"]) == ("done", COUNT, COUNT)
    assert done["holder"] is None and done["damaged"] == [] and not suites.spool(output).exists()

    undisturbed = tmp_path / "y.h5"
    assert suites.run(SUITE, *TRIALS, "--output", undisturbed).returncode == 0
    assert suites.digest(output) == suites.digest(undisturbed)
    # What was packed on the way is what the run ended with.
    ended = dict(zip(*(done_ for done_ in program.load_so_far(output).trials[["id", "train_seconds"]].to_numpy().T)))
    assert {id_: ended[id_] for id_ in packed.trials["id"]} == dict(
        zip(packed.trials["id"], packed.trials["train_seconds"]))


def test_shards_are_told_one_by_one_and_what_they_miss(told, tmp_path):
    output = tmp_path / "x.h5"
    assert suites.run(SUITE, *TRIALS, "--output", output, "--shard", "0/2").returncode == 0
    now = told(output)
    shard, = now["shards"]
    assert shard["state"] == "done" and now["state"] == "stopped"
    assert now["planned"] == COUNT == now["finished"] + len(now["missing"])
    assert all(one["id"] and "mlp(" in one["text"] for one in now["missing"])
    assert len(program.load_so_far(output).trials) == shard["finished"] == now["finished"]


def test_words_of_the_command(tmp_path):
    said = suites.run("ravine-results", "status", tmp_path / "x.h5").stdout
    assert said == f"{tmp_path / 'x.h5'}: waiting, 0 trials finished\n"
    odd = tmp_path / 'a "b"\\c.h5'
    assert json.loads(suites.run("ravine-results", "status", "--json", odd).stdout)["outputs"][0]["output"] == str(odd)
    assert suites.run("ravine-results", "status").returncode == 2
    assert suites.run("ravine-results", "pack", tmp_path / "y.h5", tmp_path / "x.h5").returncode == 75
    assert suites.run("ravine-results", "pack", tmp_path / "x.h5", tmp_path / "x.h5").returncode == 2
