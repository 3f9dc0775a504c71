"""What a trial came to."""

import dataclasses
import functools

import numpy as np

from ..results import pictures
from .driver import Block


@dataclasses.dataclass(frozen=True)
class Result:
    """One trial: `outcome` is completed, target_reached, stuck or diverged, or stopped by Ctrl-C.

    curve: one row per observation (pandas), with the columns of result files; `units` has their units.
    theta: the last parameters; `blocks` are its matrices by name.
    spec, id: the canonical text that fixes every bit, and its digest; the trial has the same id in result files.
    tables: what the trial recorded besides (record="trajectories").
    """

    id: str
    spec: str
    outcome: str
    message: str
    steps: int
    total_steps: int
    train_seconds: float
    build_id: str
    theta: np.ndarray
    raw_curve: dict
    raw_tables: dict
    raw_blocks: list

    @functools.cached_property
    def curve(self):
        return _frame(self.raw_curve)

    @functools.cached_property
    def tables(self):
        return {name: _frame(columns) for name, columns in self.raw_tables.items()}

    @property
    def units(self):
        return {name: unit for name, (unit, _, _) in self.raw_curve.items() if unit}

    @property
    def blocks(self):
        return {block.name: block.of(self.theta) for block in (Block(*row) for row in self.raw_blocks)}

    def plot(self, metrics=None, ax=None):
        """Draws metrics (the losses that were measured, unless named) against the steps; returns the axes."""
        import matplotlib.pyplot as plt

        curve = self.curve
        metrics = metrics or pictures.measured(curve)
        ax = ax or plt.subplots()[1]
        for name in metrics:
            ax.plot(curve["step"], curve[name], label=name.replace("_", " "))
        ax.set_xlabel("step")
        unit = self.units.get(metrics[0], "")
        ax.set_ylabel(f"loss ({unit})" if unit not in ("", "1") else "value")
        ax.legend()
        return ax

    def _repr_html_(self):
        return pictures.trial_html(self)

    def __repr__(self):
        last = self.curve.iloc[-1]
        return (f"<ravine trial {self.id}: {self.outcome} after {self.steps} of {self.total_steps} steps, "
                f"objective {last['objective']:.6g}>")


class Stopped(KeyboardInterrupt):
    """Ctrl-C ended a trial: `result` is what it came to until then."""

    def __init__(self, result):
        super().__init__(f"stopped after {result.steps} of {result.total_steps} steps; .result has the curve so far")
        self.result = result


def _frame(columns):
    import pandas as pd

    frame = {}
    for name, (_, integer, values) in columns.items():
        whole = integer and not np.isnan(values).any()
        frame[name] = values.astype(np.int64) if whole else values
    return pd.DataFrame(frame)
