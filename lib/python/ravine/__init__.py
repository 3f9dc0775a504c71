"""Analysis of ravine's result files.

    import ravine
    results = ravine.load("results/optimizers.h5")
    results.trials                     # pandas, one row per trial
    results.curves                     # pandas, one row per observation
    ravine.study.study(results)        # chosen rates, final metrics, times to target per problem
    ravine.train("mlp(data=glyphs)", "adam", learning_rate=0.001, epochs=2).plot()

Rooms: results (what a file holds), study (what follows from it), figures, report, claims, gate,
reproduce, speed, training. Each is imported when it is first used, so that this import costs nothing.
"""

import importlib

from .errors import Misuse

ROOMS = ("claims", "cluster", "export", "fetch", "figures", "gate", "report", "reproduce", "results", "speed", "study",
         "training")
TRAINING = ("Field", "Stopped", "optimizer", "problem", "run", "train")
__all__ = ["Misuse", "Results", "load", *TRAINING, *ROOMS]


def __getattr__(name):
    if name in ROOMS:
        return importlib.import_module(f".{name}", __name__)
    if name in ("Results", "load"):
        return getattr(importlib.import_module(".results", __name__), name)
    if name in TRAINING:
        return getattr(importlib.import_module(".training", __name__), name)
    if name == "__version__":
        return importlib.import_module("._version", __name__).version()
    raise AttributeError(f"module 'ravine' has no attribute '{name}'")


def __dir__():
    return sorted([*__all__, "__version__"])
