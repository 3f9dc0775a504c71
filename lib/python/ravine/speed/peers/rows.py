"""What is compared, and the goals: how many times as fast as PyTorch on the machine that set them."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Step:
    """One row: a network, its optimizer, and the least speed-up that is asked for."""

    trial_steps = 50  # before a run's length is known

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

    @property
    def question(self):
        """What the peer is asked, and with what."""
        fields = dataclasses.asdict(self)
        del fields["goal"]
        return "step_seconds", fields


@dataclasses.dataclass(frozen=True)
class Published:
    """One row: a network of the literature, as a problem of ravine and a module of published.py."""

    trial_steps = 5

    module: str
    problem: str
    batch: int
    optimizer: str
    rate: float
    batch_norm: bool = False
    goal: float = 1.0

    @property
    def network(self):
        return self.module

    @property
    def rule(self):
        return self.optimizer

    @property
    def question(self):
        names = ("module", "batch", "optimizer", "rate")
        return "published_seconds", {name: getattr(self, name) for name in names}


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

# Data that a program generates: what pixels show does not matter here.
PUBLISHED = (
    Published("lenet5", "lenet5(data=glyphs, train=2000)", 128, "adam", 3e-4, goal=2.0),
    Published("deepobs_2c2d", "deepobs_2c2d(data=glyphs, train=2000)", 128, "sgd", 0.01, goal=1.0),
    Published("deepobs_3c3d", "deepobs_3c3d(train=2000, l2=0, augment=false)", 128, "sgd", 0.01, goal=1.0),
    Published("resnet8", "resnet(train=2000, depth=8, l2=0, augment=false)", 128, "momentum", 0.01,
              batch_norm=True, goal=1.2),
    Published("char_lm", "char_lm(data={text}, context=64, model=transformer(layers=4, width=128, heads=4))",
              12, "adamw", 1e-3, goal=1.3),
    Published("char_rnn", "char_lm(data={text}, context=50, model=lstm(layers=1, width=128))", 50, "sgd", 0.1,
              goal=1.2),
)

# Absolute goals of ravine alone.
START_SECONDS = 0.5
SUITE_MEGABYTES = 300
WORKERS_GAIN = 1.9
THREADS_GAIN = 1.7
