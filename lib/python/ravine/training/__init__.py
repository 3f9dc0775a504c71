"""Training from Python: problems, optimizers, single trials and whole runs on ravine's own engine.

    import ravine
    result = ravine.train("mlp(data=glyphs)", "adam", learning_rate=0.001, epochs=2)
    result.curve            # pandas, one row per observation
    result.plot()

A trial has the same bits as on the command line of a suite. An optimizer may also be a Python class with
`step(theta, gradient, state, info)`: see `ravine.training.declaration`.
"""

from .declaration import Field, describe
from .optimizers import Optimizer, optimizer
from .problems import Problem, problem
from .results import Result, Stopped
from .runs import run
from .trials import train

__all__ = ["Field", "Optimizer", "Problem", "Result", "Stopped", "describe", "optimizer", "problem", "run", "train"]
