"""Time per training step, paired and repeated, and the peak memory of both processes."""

import statistics
import tempfile

from .processes import Worker
from .ravine import problem_of, step_flags
from .rows import PUBLISHED, STEPS

THREADS = (1, 2)


def compare(ravine, repeats, seconds):
    _compare(STEPS, ravine, repeats, seconds)


def compare_published(ravine, repeats, seconds):
    _compare(PUBLISHED, ravine, repeats, seconds)


def _compare(rows, ravine, repeats, seconds):
    print(f"\n{'training step, times in us':43}{'ravine, threads':>15} {'PyTorch, threads':>15}   speed-up\n"
          f"{'network':26} {'batch':>5} {'rule':9} {'1':>7} {'2':>7} {'1':>7} {'2':>7} {'1 : 1':>7} {'range':>11} "
          f"{'1 : best':>8} {'best : best':>11} {'MB':>8}  goal, 1 : 1")
    with tempfile.TemporaryDirectory() as folder:
        for step in rows:
            _compare_step(ravine, step, problem_of(step, folder), repeats, seconds)


def _compare_step(ravine, step, problem, repeats, seconds):
    question, network = step.question
    with Worker("ravine.speed.peers.pytorch", 1) as one, Worker("ravine.speed.peers.pytorch", 2) as two:
        def theirs(worker, steps):
            return worker.ask(question, **network, steps=steps)["seconds"]

        def ours(threads, steps):
            return ravine.train(problem, **step_flags(step, steps), threads=threads)

        def length(step_seconds):
            return max(5, int(seconds / step_seconds))

        own_lengths, lengths = [], []
        for threads, worker in zip(THREADS, (one, two)):
            own_lengths.append(length(ours(threads, step.trial_steps).step_seconds))
            theirs(worker, 2)  # libraries are loaded
            lengths.append(length(theirs(worker, step.trial_steps)))
        rounds, memory = [], 0
        for _ in range(repeats):
            own = [ours(*each) for each in zip(THREADS, own_lengths)]
            memory = max(memory, own[0].process.peak_bytes)
            rounds.append([run.step_seconds for run in own]
                          + [theirs(*each) for each in zip((one, two), lengths)])
        peak = one.ask(question, **network, steps=1)["peak_bytes"]
    columns = list(zip(*rounds))
    own, single = best(columns[:2]), columns[2]
    their_best = best(columns[2:])
    alone = sorted(ratios(single, columns[0]))
    times = " ".join(f"{statistics.median(column) * 1e6:7.0f}" for column in columns)
    against = [statistics.median(some) for some in (ratios(their_best, columns[0]), ratios(their_best, own))]
    gain = statistics.median(alone)
    print(f"{step.network:26} {step.batch:5d} {step.rule:9} {times} {gain:6.2f}x "
          f"{f'{alone[0]:.2f}-{alone[-1]:.2f}':>11} {against[0]:7.2f}x {against[1]:10.2f}x "
          f"{f'{memory / 1e6:.0f}/{peak / 1e6:.0f}':>8}  {step.goal:g}x {'met' if gain >= step.goal else 'missed'}",
          flush=True)


def best(columns):
    """The times of the number of threads that is faster."""
    return min(columns, key=statistics.median)


def ratios(theirs, ours):
    """Of each round: how many times as fast is ravine?"""
    return [other / own for other, own in zip(theirs, ours)]
