"""Whole processes on MNIST: start-up, time to 97 % with Adam, memory of a suite with two workers."""

import json
import statistics

from . import processes
from .rows import START_SECONDS, SUITE_MEGABYTES

WIDTHS = (784, 1000, 1000, 10)  # mnist_mlp
TARGET = 0.97
EPOCHS, HALVES = 6, 12
HALF_EPOCH = 196  # steps of 128 of the 50 000 training images


def torch_process(mnist, threads, **arguments):
    request = {"question": "train_mnist", "mnist": str(mnist), "optimizer": "adam", "rate": 1e-3,
               "batch": 128, **arguments}
    return processes.run([*processes.PEER_PYTHON, "-m", "ravine.speed.peers.pytorch", json.dumps(request)],
                         threads)


def show(label, ours, theirs, goal=""):
    ratio = statistics.median(other.seconds / own.seconds for own, other in zip(ours, theirs))
    own, other = (statistics.median(run.seconds for run in runs) for runs in (ours, theirs))
    own_memory, other_memory = (max(run.peak_bytes for run in runs) / 1e6 for runs in (ours, theirs))
    print(f"{label:48} {own:7.2f} s {other:7.2f} s {ratio:8.2f}x  "
          f"{f'{own_memory:.0f} / {other_memory:.0f}':>14}  {goal}", flush=True)


def compare_start(ravine, mnist, repeats):
    """Process start to the end of the first step, on softmax regression: its two observations
    cost next to nothing."""
    print(f"\n{'whole process, MNIST from its files':48} {'ravine':>9} {'PyTorch':>9} {'speed-up':>9}  "
          f"{'memory in MB':>14}  goal")
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(ravine.train("mnist_logreg", optimizer="adam", learning_rate=1e-3, batch_size=128,
                                 steps=1, observe="even(count=1)").process)
        theirs.append(torch_process(mnist, widths=(784, 10), steps=1, threads=1))
    seconds = statistics.median(run.seconds for run in ours)
    show("start-up to first step, softmax regression", ours, theirs,
         f"{START_SECONDS:g} s {'met' if seconds <= START_SECONDS else 'missed'}")


def compare_accuracy(ravine, mnist, repeats):
    """Both look at the test accuracy twice an epoch; ravine measures its other columns, too."""
    for threads in (1, 2):
        ours, theirs = [], []
        for seed in range(repeats):
            run = ravine.train("mnist_mlp", optimizer="adam", learning_rate=1e-3, batch_size=128,
                               steps=HALF_EPOCH * HALVES, seeds=f"{seed}:{seed + 1}", threads=threads,
                               observe=f"even(count={HALVES})", target=f"test_accuracy>={TARGET}")
            if run.outcome != "target_reached":
                raise RuntimeError(f"ravine ended at {run.last_test_accuracy:.4f}, below {TARGET}")
            ours.append(run.process)
            theirs.append(torch_process(mnist, widths=WIDTHS, steps=HALF_EPOCH * HALVES, seed=seed,
                                        observe=HALF_EPOCH, target=TARGET, threads=threads))
        show(f"784-1000-1000-10, Adam, to 97 %, threads: {threads}", ours, theirs)


def measure_suite_memory(ravine):
    """Two workers on the wide network at once."""
    peak = ravine.train("mnist_mlp", optimizer="adam", learning_rate=1e-3, batch_size=128, steps=20,
                        observe="even(count=1)", seeds="2", workers=2).process.peak_bytes / 1e6
    print(f"{'mnist_mlp, Adam, 2 workers: memory':48} {peak:6.0f} MB {'':38}{SUITE_MEGABYTES} MB "
          f"{'met' if peak <= SUITE_MEGABYTES else 'missed'}", flush=True)
