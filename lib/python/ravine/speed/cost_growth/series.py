"""The series of runs: one factor grows, everything else stays."""

import dataclasses
import tempfile
from pathlib import Path

from ..peers import processes

INPUTS, OUTPUTS, TRAIN = 784, 10, 1024
WIDTHS = (32, 64, 128, 256, 512, 1024, 2048)
DEPTHS = (1, 2, 4, 8, 16, 32)
BATCHES = (4, 16, 64, 128, 256, 512, 1024)
EXAMPLES = (1000, 4000, 16000, 64000)
TRIALS = (4, 16, 64, 256)


@dataclasses.dataclass(frozen=True)
class Network:
    width: int = 256
    depth: int = 2
    batch: int = 128
    train: int = TRAIN

    @property
    def parameters(self):
        widths = [INPUTS, *[self.width] * self.depth, OUTPUTS]
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in zip(widths[:-1], widths[1:]))

    @property
    def problem(self):
        return f"mlp(data=glyphs, hidden={self.width}x{self.depth}, train={self.train})"


@dataclasses.dataclass(frozen=True)
class Point:
    """One run: the factor, the seconds of a step or of the suite, the peak memory of the process."""

    at: float
    seconds: float
    peak_bytes: int


def step_point(ravine, network, at, seconds):
    """A step of Adam, from a run of about that many seconds: the faster of two."""
    flops = 6 * network.parameters * network.batch
    steps = max(10, int(seconds * 50e9 / flops))
    runs = [ravine.train(network.problem, optimizer="adam", learning_rate=1e-4, steps=steps,
                         batch_size=network.batch, observe="even(count=1)") for _ in range(2)]
    return Point(at, min(run.step_seconds for run in runs),
                 max(run.process.peak_bytes for run in runs))


def suite_point(ravine, trials):
    """A suite of equal trials, one seed each, by one worker."""
    with tempfile.TemporaryDirectory() as folder:
        finished = processes.run(ravine.command(
            Path(folder) / "suite.h5", Network(32, 1).problem, optimizer="adam", learning_rate=1e-3,
            seeds=trials, steps=100))
    return Point(trials, finished.seconds, finished.peak_bytes)


def measure(ravine, seconds):
    """{name: [Point]} for every series."""
    def steps(networks, factor):
        return [step_point(ravine, network, factor(network), seconds) for network in networks]

    return {
        "width": steps([Network(width=w) for w in WIDTHS], lambda n: n.width),
        "depth": steps([Network(depth=d) for d in DEPTHS], lambda n: n.depth),
        "batch": steps([Network(batch=b) for b in BATCHES], lambda n: n.batch),
        "examples": steps([Network(width=64, train=n) for n in EXAMPLES], lambda n: n.train),
        "trials": [suite_point(ravine, n) for n in TRIALS],
    }
