"""Spread of activations and back-propagated gradients, layer by layer (Glorot & Bengio 2010)."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from ..study.series import titles
from . import diagnostics, style
from .axes import label_ends

WHAT = {"activation_std": "activations h: standard deviation",
        "delta_std": "gradients dC/ds: standard deviation"}
FLOOR = 1e-6  # what equal units leave is rounding


def draw(results, problem, x=None):
    """A line per initializer, at the start (above) and at the end (below) of training.

    None unless the trials of a network with three hidden layers recorded them from several starts.
    """
    trials = diagnostics.of_several_starts(results, problem)
    if trials is None:
        return None
    names = diagnostics.initializer_labels(results, trials)
    figure, panels = plt.subplots(2, 2, sharex=True, figsize=(style.width(), 4.6), squeeze=False)
    ends = {(row, column): [] for row in range(2) for column in range(2)}
    for nth, (text, label) in enumerate(names.items()):
        colour = style.level(nth)
        own, _ = diagnostics.at_best_rate(results, trials[trials["initializer"] == text])
        rows = diagnostics.hidden_layers(results, own)
        for row, part in enumerate(diagnostics.start_and_end(rows, own)):
            for column, what in enumerate(WHAT):
                line = _line(panels[row, column], part, what, colour)
                ends[row, column].append((label, colour, line))
    for (row, column), lines in ends.items():
        axes = panels[row, column]
        axes.set_yscale("log")
        axes.set_title(("start, " if row == 0 else "end, ") + list(WHAT.values())[column])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    for axes in panels[1]:
        axes.set_xlabel("hidden layer, from the input")
    label_ends(figure, {panels[row, 1]: ends[row, 1] for row in range(2)}, size=6)
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, "Medians and quartiles over seeds, on 300 fixed test examples; each "
                          "initializer at the learning rate chosen on validation. C is the sum of "
                          "the losses. Values below 1e-6 are omitted, and so are diverged trials "
                          "at the end.")
    return figure


def _line(axes, rows, what, colour):
    """Draws quartiles over seeds against the layer; returns the height of its end, NaN without."""
    values = rows.assign(value=rows[what].where(rows[what] > FLOOR)).groupby("layer")["value"]
    low, middle, high = (values.quantile(share) for share in (0.25, 0.5, 0.75))
    axes.plot(middle.index, middle, color=colour, marker="o", ms=2.2)
    axes.fill_between(middle.index, low, high, color=colour, alpha=0.15, lw=0)
    return float(middle.iloc[-1]) if len(middle) else np.nan
