"""Median curves with quartile bands over seeds."""

import numpy as np
import pandas as pd

from ..results.identity import require_apart
from ..study.selection import quartiles, worst
from .axes import inside

# Axes that all seeds share at a step; seconds differ and are resampled.
X_AXES = {"epoch": "epoch", "step": "update", "gradient_evaluations": "gradient evaluation",
          "loss_evaluations": "loss evaluation", "curvature_products": "curvature product",
          "gradient_equivalents": "cost in gradient evaluations", "seconds": "training time (s)"}
TIME_POINTS = 200


def band(results, trials, metric, x="epoch"):
    """Frame with x, low, median, high: quartiles over the trials of one setting.

    A diverged trial counts as the worst value after its end, and any trial where it has no value
    but others do; one that reached its target keeps its last value. On the time axis curves are
    interpolated up to the median final time. Raises Misuse for trials of several settings: these
    are not seeds of one.
    """
    require_apart(results, trials)
    curves = results.curves[results.curves["trial"].isin(trials.index)]
    # Where no trial has a value nobody measured: averages begin after step 0.
    known = curves["step"][curves[metric].notna()] if metric in curves else ()
    curves = curves[curves["step"].isin(known)]
    if curves.empty:
        return pd.DataFrame(columns=["x", "low", "median", "high"], dtype=float)
    curves = curves.assign(**{metric: curves[metric].where(np.isfinite(curves[metric]),
                                                           worst(results, metric))})
    values = curves.pivot(index="step", columns="trial", values=metric).sort_index()
    values = values.ffill().to_numpy()  # a target that was reached stays reached
    values[np.isnan(values)] = worst(results, metric)  # a trial that has no step so early
    if x == "gradient_equivalents":
        costs = results.vocabulary.costs()
        curves = curves.assign(**{x: sum(curves[name] * cost for name, cost in costs.items())})
    axis = "train_seconds" if x == "seconds" else x
    position = curves.pivot(index="step", columns="trial", values=axis).sort_index()
    for column, trial in enumerate(position.columns):
        if trials.loc[trial, "outcome"] == "diverged":
            ended = position.index > position[trial].last_valid_index()
            values[ended, column] = worst(results, metric)
    if x == "seconds":
        at, values = _resample(position.to_numpy(), values)
    else:
        at = position.median(axis=1).to_numpy()
    low, median, high = quartiles(values.T)
    return pd.DataFrame({"x": at, "low": low, "median": median, "high": high})


def draw(axes, line, colour, alpha=0.15, **look):
    """Draws quartiles and median into a frame whose scales are set."""
    line = _on_axis(axes, line)
    axes.fill_between(line["x"], inside(axes, line["low"]), inside(axes, line["high"]),
                      color=colour, alpha=alpha, lw=0)
    draw_median(axes, line, colour, **look)


def draw_median(axes, line, colour, **look):
    """Draws a median into a frame whose scales are set, with gaps where it is infinite."""
    line = _on_axis(axes, line)
    axes.plot(line["x"], inside(axes, line["median"].where(np.isfinite(line["median"]))),
              color=colour, **look)


def _on_axis(axes, line):
    """Without x = 0 where the axis is logarithmic."""
    return line[line["x"] > 0] if axes.get_xscale() == "log" else line


def _resample(seconds, values):
    """Every column on one time grid."""
    at = np.linspace(0, np.median(np.nanmax(seconds, axis=0)), TIME_POINTS)
    columns = []
    for own, column in zip(seconds.T, values.T):
        known = np.isfinite(own)
        # Past its own end a trial has the value that band() gave it there.
        columns.append(np.interp(at, own[known], column[known], right=column[-1]))
    return at, np.array(columns).T
