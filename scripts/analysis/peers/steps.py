"""Time per training step, paired and repeated, and the peak memory of both processes."""

import dataclasses
import statistics
import tempfile

from .processes import Worker
from .ravine import problem_of, step_flags
from .rows import STEPS


def compare(ravine, repeats, seconds):
    print(f"\n{'training step, times in us':27} {'batch':>5} {'optimizer':9} {'ravine':>7} {'PyTorch: 1':>10} "
          f"{'2 threads':>9} {'1 : 1':>7} {'1 : best':>8} {'range':>11} {'MB':>8}  goal 1 : 1, 1 : best")
    with tempfile.TemporaryDirectory() as folder:
        for step in STEPS:
            _compare_step(ravine, step, problem_of(step, folder), repeats, seconds)


def _compare_step(ravine, step, problem, repeats, seconds):
    network = {name: value for name, value in dataclasses.asdict(step).items() if name != "goal"}
    with Worker("analysis.peers.pytorch", 1) as one, Worker("analysis.peers.pytorch", 2) as two:
        def theirs(worker, steps):
            return worker.ask("step_seconds", **network, steps=steps)["seconds"]

        def length(step_seconds):
            return max(20, int(seconds / step_seconds))

        lengths = []
        for worker in (one, two):
            theirs(worker, 10)  # libraries are loaded
            lengths.append(length(theirs(worker, 30)))
        own_length = length(ravine.train(problem, **step_flags(step, 50)).step_seconds)
        rounds, memory = [], 0
        for _ in range(repeats):
            own = ravine.train(problem, **step_flags(step, own_length))
            memory = max(memory, own.process.peak_bytes)
            rounds.append((own.step_seconds, theirs(one, lengths[0]), theirs(two, lengths[1])))
        peak = one.ask("step_seconds", **network, steps=1)["peak_bytes"]
    own, single, double = (statistics.median(column) for column in zip(*rounds))
    best = 1 if single <= double else 2
    alone = statistics.median(times[1] / times[0] for times in rounds)
    ratios = sorted(times[best] / times[0] for times in rounds)
    gain = statistics.median(ratios)
    verdicts = " ".join("met" if ratio >= step.goal else "missed" for ratio in (alone, gain))
    print(f"{step.network:27} {step.batch:5d} {step.rule:9} {own * 1e6:7.0f} {single * 1e6:10.0f} "
          f"{double * 1e6:9.0f} {alone:6.2f}x {gain:7.2f}x {f'{ratios[0]:.2f}-{ratios[-1]:.2f}':>11} "
          f"{f'{memory / 1e6:.0f}/{peak / 1e6:.0f}':>8}  {step.goal:g}x {verdicts}", flush=True)
