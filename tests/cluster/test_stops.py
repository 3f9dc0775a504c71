"""Long trials are stopped by SIGTERM, or killed, at random moments; no checkpoint is in vain.

A checkpoint names the step that it continues from. While a suite runs, this reads the checkpoints of
all its trials over and over: if a run began a trial anew, or from an older state, its next
checkpoint would fall behind one that was seen before.
"""

import random
import signal
import subprocess
import threading
import time

import h5py
import pytest
import suites

# With SIGTERM only the signal itself makes checkpoints: nothing but a step in progress may be lost.
EVERY_SECONDS = {signal.SIGTERM: 1000, signal.SIGKILL: 0.2}
FIRST_ORDER = ("ravine-optimizers", "--problem", "mlp(data=glyphs, hidden=64x2, train=2048)",
               "--batch-norm", "hidden", "--optimizer", "adam,momentum", "--averaging", "polyak,ema",
               "--learning-rate", 0.01, "--batch-size", 64, "--seeds", 1, "--steps", 700)
SECOND_ORDER = ("ravine-second-order", "--problem", "mlp(data=glyphs, hidden=32, train=512)",
                "--optimizer", "hessian_free,lbfgs", "--seeds", 1, "--steps", 100)


def step_of(checkpoint):
    with h5py.File(checkpoint, "r") as file:
        return next(int(value) for name, value in file.attrs.items() if name.split()[-1] == "step")


class Watch:
    """Reads the checkpoints of an output again and again while it lives.

    steps: {trial: the latest step seen}; fell_behind: one sentence for each that went back.
    """

    def __init__(self, output):
        self.folder = suites.spool(output)
        self.steps, self.fell_behind = {}, []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def run(self):
        while not self.ended.wait(0.01):
            self.look()

    def look(self):
        for checkpoint in self.folder.glob("*.checkpoint"):
            try:
                step = step_of(checkpoint)
            except OSError:
                continue  # its trial was finished meanwhile
            known = self.steps.get(checkpoint.stem, 0)
            if step < known:
                self.fell_behind.append(f"{checkpoint.stem} from {known} to {step}")
            self.steps[checkpoint.stem] = max(step, known)


def run_for(seconds, stop, command, output):
    """Runs the suite for so long, then sends `stop`. Returns whether that ended it, and after how
    many seconds."""
    process = suites.start(*command, "--output", output, "--workers", 2, "--checkpoint-every",
                           EVERY_SECONDS[stop])
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        begin = time.monotonic()
        process.send_signal(stop)
        _, said = process.communicate()
        # A program that has not installed its handler yet has nothing to store.
        assert process.returncode in (0, 75, -stop), said
        return process.returncode != 0, time.monotonic() - begin
    assert process.returncode == 0, said
    return False, 0


@pytest.fixture(scope="module", ids=["first order", "second order"],
                params=[FIRST_ORDER, pytest.param(SECOND_ORDER, marks=pytest.mark.long)])
def command(request):
    return request.param


@pytest.fixture(scope="module")
def undisturbed(command, tmp_path_factory):
    """(digest, seconds) of a run that nobody stops."""
    output = tmp_path_factory.mktemp("undisturbed") / "x.h5"
    start = time.monotonic()
    done = suites.run(*command, "--output", output, "--workers", 2)
    assert done.returncode == 0, done.stderr
    return suites.digest(output), time.monotonic() - start


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("stops", [5, pytest.param(50, marks=pytest.mark.long)])
def test_stopped_trials_continue_where_they_were(command, undisturbed, tmp_path, stop, stops):
    digest, seconds = undisturbed
    moments = random.Random(stops)
    left, runs, slowest, resumed = stops, 0, 0, 0
    while left:
        output = tmp_path / f"{runs}.h5"
        with Watch(output) as watch:
            stopped = True
            while stopped:
                moment = moments.uniform(0, seconds / 2) if left else 600
                stopped, took = run_for(moment, stop, command, output)
                watch.look()
                left -= stopped
                resumed += stopped and len(list(watch.folder.glob("*.checkpoint")))
                slowest = max(slowest, took)
        assert not watch.fell_behind, watch.fell_behind
        assert suites.digest(output) == digest
        assert not suites.spool(output).exists()
        runs += 1
    print(f"{stops} times {stop.name} in {runs} runs: {resumed} trials continued from a checkpoint, "
          f"none fell behind one; the slowest stop took {slowest:.1f} s")
    assert resumed
    assert slowest < 5
