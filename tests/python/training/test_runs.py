"""Grids with Python optimizers: the file, the plan and the bits of the suites, whatever the number of processes."""

import pathlib
import signal
import subprocess
import sys
import time

import pytest
import suites
from engines import SMALL, need

import ravine
from ravine.training.command import load_class

need("float")

RULES = pathlib.Path(__file__).with_name("own_rules.py")
FLAGS = ("--scale", "quick", "--problem", SMALL, "--epochs", "1", "--seeds", "2")
OWN = ("--optimizer", f"{RULES}:HeavyBall")


def start(*words):
    return subprocess.Popen([sys.executable, "-m", "ravine", "run", *map(str, words)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True,
                            env=suites.environment() | {"PYTHONPATH": str(ravine.places.PACKAGE.parent)})


def run(*words):
    child = start(*words)
    out, err = child.communicate(timeout=300)
    return child.returncode, out, err


def content(path):
    """The digest and the ids: what two files of the same trials share."""
    results = ravine.load(path)
    return results.attributes["digest"], list(results.trials["id"])


def test_only_what_is_new_runs_beside_a_shipped_suite(tmp_path):
    output = tmp_path / "o.h5"
    done = suites.run("ravine-optimizers", *FLAGS, "--output", output)
    assert done.returncode == 0, done.stderr
    before = ravine.load(output).trials.set_index("id")["train_seconds"]
    code, _, err = run("optimizers", *FLAGS, *OWN, "--reuse", output)
    assert code == 0, err
    assert f"{len(before)} of them finished before" in err
    trials = ravine.load(output).trials.set_index("id")
    assert set(trials["optimizer"].str.split("(").str[0]) >= {"sgd", "adam", "lion", "heavy_ball"}
    assert 0 < len(trials) - len(before) < len(before) / 2
    assert trials["in_plan"].all()
    assert trials.loc[before.index, "train_seconds"].equals(before)
    mine = trials[trials["optimizer"].str.startswith("heavy_ball")]
    assert set(mine["seed"]) == {0, 1} and mine["learning_rate"].nunique() > 1


def test_processes_write_the_file_of_one(tmp_path):
    for workers in (1, 2):
        code, out, err = run("optimizers", *FLAGS, "--optimizer", "adam", *OWN, "--workers", workers, "--output",
                             tmp_path / f"{workers}.h5")
        assert code == 0, err
        assert out == f"{tmp_path / f'{workers}.h5'}\n"
    assert content(tmp_path / "1.h5") == content(tmp_path / "2.h5")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.h5", "2.h5"]


def test_a_run_from_python_has_the_trials_of_ravine_train(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(RULES.parent))
    cls = load_class(f"{RULES}:HeavyBall")
    results = ravine.run({"problem": SMALL, "optimizer": ["sgd", cls], "learning_rate": [0.1, 0.01], "epochs": 1,
                          "seed": 1}, output=tmp_path / "x.h5", progress=False)
    assert len(results.trials) == 4
    mine = ravine.train(SMALL, cls, learning_rate=0.01, epochs=1)
    row = results.trials.set_index("id").loc[mine.id]
    assert row["optimizer"].startswith("heavy_ball(beta=0.9")


def test_tuning_searches_the_declared_scales(tmp_path):
    code, _, err = run("own", "--problem", SMALL, "--steps", "4", "--seeds", "1", *OWN, "--tune", "random", "--budget",
                       "3", "--output", tmp_path / "t.h5")
    assert code == 0, err
    searched = ravine.load(tmp_path / "t.h5").trials
    assert searched["optimizer_beta"].nunique() > 1
    assert searched["learning_rate"].between(1e-3, 1).all()


def test_a_failed_trial_is_a_record(tmp_path):
    code, _, err = run("own", "--problem", SMALL, "--steps", "4", "--seeds", "1", "--optimizer", f"{RULES}:Fails",
                       "--optimizer", "sgd", "--learning-rate", "0.1", "--output", tmp_path / "f.h5")
    assert code == 1, err
    trials = ravine.load(tmp_path / "f.h5").trials.set_index("outcome")
    assert trials.loc["failed", "message"] == "fails raised ValueError: out of ideas"
    assert "completed" in trials.index


def test_a_stopped_run_continues(tmp_path):
    words = ("own", "--problem", SMALL, "--steps", "40", "--seeds", "2", "--learning-rate", "0.1", "--optimizer",
             f"{RULES}:Slow")
    child = start(*words, "--output", tmp_path / "s.h5", "--workers", "2")
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("*.spool")) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 75, err
    for output in ("s.h5", "whole.h5"):
        code, _, err = run(*words, "--output", tmp_path / output, "--workers", "2")
        assert code == 0, err
    assert content(tmp_path / "s.h5") == content(tmp_path / "whole.h5")


def own(tmp_path, text):
    path = tmp_path / "mine.py"
    path.write_text(text)
    return ("own", "--problem", SMALL, "--steps", "3", "--seeds", "2", "--learning-rate", "0.1", "--optimizer",
            f"{path}:Mine")


MINE = """
import os, signal
SCALE = {scale}

def scaled(gradient):
    return SCALE * gradient

class Mine:
    def step(self, theta, gradient, state, info):
        {first}
        theta -= info.learning_rate * scaled(gradient)
"""


def test_what_stands_beside_a_class_is_part_of_it(tmp_path):
    for scale, finished in (("1.0", False), ("1.0", True), ("0.1", False)):
        code, _, err = run(*own(tmp_path, MINE.format(scale=scale, first="pass")), "--output", tmp_path / "x.h5")
        assert code == 0 and ("finished before" in err) == finished, err


def test_a_shard_that_is_killed_is_said(tmp_path):
    words = own(tmp_path, MINE.format(scale=1, first="os.kill(os.getpid(), signal.SIGKILL)"))
    code, _, err = run(*words, "--workers", "2", "--output", tmp_path / "x.h5")
    assert code == 128 + signal.SIGKILL and "was ended by signal 9" in err


def test_shards_stop_with_what_started_them(tmp_path):
    words = own(tmp_path, MINE.format(scale=1, first="import time; time.sleep(0.2)"))
    child = start(*words, "--steps", "60", "--workers", "2", "--output", tmp_path / "x.h5")
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("*.spool"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    child.kill()
    child.communicate(timeout=60)
    while list(tmp_path.glob("*.lock")) and time.monotonic() < deadline:
        time.sleep(0.2)
    code, _, err = run(*words, "--workers", "2", "--output", tmp_path / "x.h5")
    assert code == 0, err


def test_the_output_of_a_configuration_is_that_of_all_processes(tmp_path):
    (tmp_path / "run.ini").write_text(f"output = {tmp_path / 'new' / 'here.h5'}\n")
    code, out, err = run(*own(tmp_path, MINE.format(scale=1, first="pass")), "--workers", "2", "--config",
                         tmp_path / "run.ini")
    assert code == 0 and out == f"{tmp_path / 'new' / 'here.h5'}\n", err
    assert len(ravine.load(tmp_path / "new" / "here.h5").trials) == 2


def test_help_lists_the_flags():
    code, out, _ = run("--help")
    assert code == 0 and "--reuse FILE" in out


def test_a_file_that_ends_the_program_is_misuse(tmp_path):
    code, _, err = run(*own(tmp_path, "import sys; sys.exit(0)"))
    assert code == 2 and "cannot be loaded: it raised SystemExit" in err


def test_misuse_of_several_processes_is_said_once(tmp_path):
    code, _, err = run(*own(tmp_path, MINE.format(scale=1, first="pass")), "--epochs", "abc", "--workers", "3")
    assert code == 2 and len(err.strip().splitlines()) == 1, err


@pytest.mark.parametrize("words, sentence", [
    (["optimizers", "--optimizer", "gone.py:A"], "'gone.py' is not a file"),
    (["optimizers", "--optimizer", f"{RULES}:Gone"], "has no class 'Gone': it has HeavyBall, Fails, Slow"),
    (["optimizers", *OWN, "--workers", "many"], "--workers is 'many'"),
    (["optimizers", *OWN, "--reuse", "gone.h5"], "--reuse names 'gone.h5'"),
    (["own", "--optimizer", f"{RULES}:HeavyBall(beta=2)"], "heavy_ball(beta) is 2"),
    (["nowhere", *OWN], "there is no suite 'nowhere'"),
    (["--optimizer", "adam"], "write run and a suite"),
])
def test_misuse_ends_with_a_sentence_and_code_2(tmp_path, words, sentence):
    code, _, err = run(*words)
    assert code == 2
    assert sentence in err
    assert "Traceback" not in err and len(err.strip().splitlines()) == 1


def test_misuse_from_python_is_an_exception(tmp_path):
    with pytest.raises(ravine.Misuse, match="unknown optimizer 'adom'"):
        ravine.run({"optimizer": "adom"}, output=tmp_path / "x.h5", progress=False)

    class Local:
        def step(self, theta, gradient, state, info):
            pass

    with pytest.raises(ravine.Misuse, match="cannot read the class .*Local"):
        ravine.run({"optimizer": Local}, output=tmp_path / "x.h5", progress=False)
