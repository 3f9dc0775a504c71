"""ravine watch: a run in the terminal, while it runs and afterwards."""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest
import synthetic

import ravine
from ravine import places
from ravine.results import program
from ravine.watch.view import duration, spark, view

PACKAGE = pathlib.Path(ravine.__file__).parents[1]
COMMAND = [sys.executable, "-m", "ravine", "watch"]
SEEN = {"output": "x.h5", "suite": "optimizers", "state": "running", "planned": 200, "finished": 50, "diverged": 3,
        "failed": 0, "seconds_left": 90, "attempts": 1, "damaged": [], "missing": [], "shards": [],
        "holder": {"host": "n1", "pid": "7", "job": None, "elapsed_seconds": 30, "silent_seconds": 0}}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "x.h5"
    synthetic.write(path, optimizers=("sgd", "adam"))
    return ravine.load(path)


def watch(*words, **more):
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, check=False,
                          env={**os.environ, "PYTHONPATH": str(PACKAGE)}, **more)


def test_a_curve_in_blocks():
    assert spark([100, 10, 1], 8) == "█▅▁"
    assert spark([1e3, 9, 1e2, 9, 1e1, 9, 1e0, 1], 4) == "███▁"
    assert spark([1, float("nan"), 0, 2], 8) == "▁  █"
    assert spark([3, 3], 8) == "▁▁" and spark([float("inf")], 8) == " " and spark([], 8) == ""


@pytest.mark.parametrize("seconds, text", [(5, "5 s"), (90, "1.5 min"), (7200, "2 h"), (180000, "2.08 d")])
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_the_view_of_a_running_suite(results):
    head, progress, outcomes, _, problem, titles, *rows = view(SEEN, results, 100)
    assert head == "optimizers  running on n1 for 30 s  x.h5"
    assert progress == "███████░░░░░░░░░░░░░░░░░░░░░░░  50 of 200, 3 diverged, 1.5 min left"
    counts = results.plan["outcome"].value_counts()
    assert outcomes == f"completed {counts['completed']}  diverged {counts['diverged']}"
    assert problem == "mlp(data=glyphs, hidden=256x2)" and titles.startswith("optimizer")
    ends = results.curves.groupby("trial").last().join(results.trials["optimizer"]).groupby("optimizer")["objective"]
    expected = ends.min().sort_values()
    assert [f"{value:.5g}" for value in expected] == [re.search(r" (\d\S*)  [▁-█ ]+$", row)[1] for row in rows]
    assert all(row.startswith(name[:3]) for row, name in zip(rows, expected.index))


@pytest.mark.parametrize("width, height", [(100, 5), (40, 8), (10, 3), (300, 50)])
def test_the_view_fits_the_window(results, width, height):
    lines = view(SEEN | {"suite": "a\x1b[2J"}, results, width, height)
    assert len(lines) <= height and max(map(len, lines)) <= max(width, 40)
    assert not any("\x1b" in line for line in lines)


def test_before_the_first_trial():
    lines = view(SEEN | {"planned": None, "finished": 0, "diverged": 0, "holder": None, "seconds_left": None}, None)
    assert lines == ["optimizers  running  x.h5", "0 of an unknown number"]


def test_a_finished_file_is_printed_once(quick_results):
    done = watch(quick_results("optimizers"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("optimizers  done  ") and "\033" not in done.stdout
    assert "curve of its best trial" in done.stdout


@pytest.mark.parametrize("content, told", [(None, "is not there, and no run writes it"), (b"x", "not a ravine file")])
def test_what_is_missing_or_damaged_is_one_sentence(tmp_path, content, told):
    path = tmp_path / "x.h5"
    if content:
        path.write_bytes(content)
    done = watch(path, "--once")
    assert done.returncode == 2 and told in done.stderr and done.stderr.count("\n") == 1 and done.stdout == ""


def test_the_live_view_follows_a_run_and_its_window(tmp_path):
    output = tmp_path / "x.h5"
    run = subprocess.Popen([places.programs() / "ravine-optimizers", "--scale", "quick", "--problem",
                            "mlp(data=glyphs, hidden=16, train=500)", "--optimizer", "adam", "--epochs", "40", "--seeds", "2000",
                            "--workers", "1", "--output", output], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    screen, child = None, None
    try:
        _until(lambda: program.status(output)[0]["finished"])
        once = watch(output)
        assert once.returncode == 1 and "  running on " in once.stdout
        screen, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 90, 0, 0))
        variables = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        # Tests in the background of a shell ignore Ctrl-C, and so would their children.
        child = subprocess.Popen([*COMMAND, output], stdin=end, stdout=end, stderr=end, start_new_session=True,
                                 preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                                 env={**variables, "PYTHONPATH": str(PACKAGE)})
        os.close(end)
        shown = _read(screen, "curve of its best trial")
        assert shown.startswith("\033[?1049h")
        first = int(re.findall(r"(\d+) of \d+", shown)[-1])
        _read(screen, *(f" {first + more} of " for more in range(1, 500)))  # trials finish
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 4, 60, 0, 0))
        os.kill(child.pid, signal.SIGWINCH)
        assert "more lines" in _read(screen, "more lines")
        os.kill(child.pid, signal.SIGINT)
        assert "\033[?1049l" in _read(screen, "\033[?1049l")
        assert child.wait(30) == 1 and run.poll() is None
    finally:
        run.terminate()
        run.wait(60)
        if child and child.poll() is None:
            child.kill()
        if screen:
            os.close(screen)


def _until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _read(screen, *words):
    """What a terminal shows until one of these words."""
    text, deadline = "", time.monotonic() + 60
    while not any(word in text for word in words):
        assert time.monotonic() < deadline, text
        if select.select([screen], [], [], 0.1)[0]:
            try:
                text += os.read(screen, 65536).decode(errors="replace")
            except OSError:  # its other end is closed
                pytest.fail(f"the view ended with {text!r}")
    return text
