"""Analysis of ravine's result files.

    import ravine
    results = ravine.load("results/optimizers.h5")
    results.trials                     # pandas, one row per trial
    results.curves                     # pandas, one row per observation
    ravine.study.study(results)        # chosen rates, final metrics, times to target per problem
    ravine.figures(results)            # pictures; ravine.report(results) writes one HTML page
    ravine.claims(results)             # pandas, a verdict per claim
    print(ravine.check("new.h5", "results/optimizers.h5"))     # what trains differently now
    ravine.train("mlp(data=glyphs)", "adam", learning_rate=0.001, epochs=2).plot()

Rooms: results (what a file holds), study (what follows from it), figures, report, claims, gate,
reproduce, speed, training, watch. figures, report and claims can also be called. Each is imported when it is
first used, so that this import costs nothing.
"""

import importlib
import typing

from .errors import Misuse

if typing.TYPE_CHECKING:  # for editors and type checkers: what __getattr__ returns
    from .claims.function import claims
    from .figures.function import figures
    from .gate.function import check
    from .report.function import report
    from .results import Results, load
    from .training import Field, Stopped, optimizer, problem, run, train

ROOMS = ("claims", "cluster", "export", "fetch", "figures", "gate", "report", "reproduce", "results", "speed", "study",
         "training", "watch")
TRAINING = ("Field", "Stopped", "optimizer", "problem", "run", "train")
__all__ = ["Misuse", "Results", "check", "load", *TRAINING, *ROOMS]


def __getattr__(name):
    if name in ROOMS:
        return importlib.import_module(f".{name}", __name__)
    if name in ("Results", "load"):
        return getattr(importlib.import_module(".results", __name__), name)
    if name == "check":
        return importlib.import_module(".gate", __name__).check
    if name in TRAINING:
        return getattr(importlib.import_module(".training", __name__), name)
    if name == "__version__":
        return importlib.import_module("._version", __name__).version()
    raise AttributeError(f"module 'ravine' has no attribute '{name}'")


def __dir__():
    return sorted([*__all__, "__version__"])
