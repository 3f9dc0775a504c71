"""What is compared, and the goals: how many times as fast as PyTorch on the machine that set them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Step:
    """One row: a network, its optimizer, and the least speed-up that is asked for."""

    widths: tuple
    activation: str
    batch: int
    optimizer: str
    rate: float
    batch_norm: bool = False
    goal: float = 1.0

    @property
    def network(self):
        return f"{'-'.join(map(str, self.widths))} {self.activation}"

    @property
    def rule(self):
        return self.optimizer + (" + bn" if self.batch_norm else "")

    @property
    def hidden(self):
        return "-".join(map(str, self.widths[1:-1]))


WIDE = ((784, 1000, 1000, 10), "relu", 128)
SMALL = ((784, 100, 100, 100, 10), "sigmoid", 60)
TINY = ((64, 32, 10), "relu", 32)

STEPS = (
    Step(*WIDE, "sgd", 0.01, goal=1.12),
    Step(*WIDE, "adam", 1e-3, goal=1.25),
    Step(*SMALL, "sgd", 0.01, goal=1.7),
    Step(*SMALL, "adam", 1e-3, goal=2.3),
    Step(*SMALL, "adam", 1e-3, batch_norm=True, goal=2.7),
    Step(*TINY, "sgd", 0.01, goal=25),
    Step(*TINY, "adam", 1e-3, goal=35),
)

# Absolute goals of ravine alone.
START_SECONDS = 0.5
SUITE_MEGABYTES = 300
WORKERS_GAIN = 1.9
THREADS_GAIN = 1.7
