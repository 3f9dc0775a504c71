"""What a second core brings: two workers on the standard suite, two threads in one trial."""

import re
import statistics
import tempfile
from pathlib import Path

from . import processes
from .ravine import problem_of
from .rows import THREADS_GAIN, WIDE, WORKERS_GAIN, Step


def compare(ravine, repeats):
    print(f"\n{'second core':56} {'one':>9} {'two':>9} {'gain':>7}  {'range':11}  goal")
    with tempfile.TemporaryDirectory() as folder:
        # Half of the standard suite's trials on generated images, all of its optimizers.
        def suite(workers):
            command = [ravine.program, "--problem", "glyphs_mlp", "--seeds", "1", "--epochs", "2",
                       "--workers", workers, "--output", Path(folder) / "suite.h5", "--fresh"]
            return processes.run(command).seconds

        def start():
            command = [ravine.program, "--problem", "glyphs_mlp", "--steps", "1", "--optimizer", "sgd",
                       "--learning-rate", "0.1", "--seeds", "1", "--output",
                       Path(folder) / "start.h5", "--fresh"]
            return processes.run(command).seconds

        idle = min(start() for _ in range(3))
        pairs = [(suite(1) - idle, suite(2) - idle) for _ in range(repeats)]
        _show("trials of the standard glyphs suite, workers", pairs, WORKERS_GAIN)

        wide = Step(*WIDE, "sgd", 0.01)
        problem = problem_of(wide, folder)

        def step(threads):
            return ravine.train(problem, optimizer=wide.optimizer, learning_rate=wide.rate,
                                batch_size=wide.batch, steps=150, observe="even(count=1)",
                                threads=threads).step_seconds

        _show(f"step of {wide.network}, batch {wide.batch}, threads",
              [(step(1), step(2)) for _ in range(repeats)], THREADS_GAIN)


def _show(label, pairs, goal):
    gains = sorted(one / two for one, two in pairs)
    one, two = (statistics.median(column) for column in zip(*pairs))
    gain = statistics.median(gains)
    print(f"{label:56} {_time(one):>9} {_time(two):>9} {gain:6.2f}x  "
          f"{f'{gains[0]:.2f}-{gains[-1]:.2f}':11}  {goal:g}x {'met' if gain >= goal else 'missed'}",
          flush=True)


def _time(seconds):
    return re.sub(r"\.0$", "", f"{seconds:.2f}") + " s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"
