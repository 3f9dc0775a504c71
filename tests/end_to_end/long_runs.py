"""Runs that last until they are stopped, and one that takes no time."""

import signal
import subprocess
import time

import suites

SUITE = "ravine-optimizers"
TINY = ("--problem", "quadratic(dimension=2,condition=1)", "--optimizer", "sgd", "--learning-rate",
        "0.1", "--seeds", "3", "--steps", "5")
LONG = ("--problem", "mlp(data=glyphs, hidden=64)", "--optimizer", "sgd", "--learning-rate", "0.1",
        "--seeds", "1", "--steps", "1000000", "--workers", "1")
PROGRAM = suites.BUILD / SUITE


def popen(*arguments, **options):
    def hear_sighup():  # these tests may run under nohup themselves
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    return subprocess.Popen([PROGRAM, *map(str, arguments)],
                            **{"env": suites.environment(), "stdout": subprocess.DEVNULL,
                               "stderr": subprocess.PIPE, "preexec_fn": hear_sighup, **options})


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def start_long(tmp_path, **options):
    process = popen(*LONG, "--output", tmp_path / "x.h5", "--checkpoint-every", "0.1s", **options)
    wait_for(lambda: list(suites.spool(tmp_path / "x.h5").glob("*.checkpoint")))
    return process
