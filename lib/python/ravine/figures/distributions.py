"""Distributions of activations and gradients in every layer, at the start and at the end."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from ..study.series import titles
from . import diagnostics, style

BANDS = (("q02", "q98", 0.15), ("q15", "q85", 0.25), ("q25", "q75", 0.4))
CUT = 2.5  # times the median reach of the initializers
WHAT = {"activation": "activation h", "delta": "gradient dC/ds"}


def draw(results, problem, x=None):
    """Quantile bands against the layer, a column per initializer (Glorot & Bengio 2010, figures 6, 7).

    None unless the trials of a network with three hidden layers recorded them from several starts.
    """
    trials = diagnostics.of_several_starts(results, problem)
    if trials is None:
        return None
    names = diagnostics.initializer_labels(results, trials)
    figure, panels = plt.subplots(4, len(names), sharex=True, sharey="row", squeeze=False,
                                  figsize=(style.width(0.5, least=1 + 0.95 * len(names)), 6.4))
    medians = {}
    for column, (text, label) in enumerate(names.items()):
        own, rate = diagnostics.at_best_rate(results, trials[trials["initializer"] == text])
        rows = diagnostics.hidden_layers(results, own)
        parts = diagnostics.start_and_end(rows, own)
        for row, (what, part) in enumerate((what, part) for what in WHAT for part in parts):
            medians[row, column] = _medians(part, what)
        panels[0, column].set_title(style.plain(label).replace("(", "\n("), fontsize=style.points(6.5))
        panels[-1, column].set_xlabel(f"layer, rate {style.rate_text(rate)}", fontsize=style.points(6.5))
        panels[-1, column].xaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    for (row, column), bands in medians.items():
        # One initializer with huge gradients would leave the others a line each.
        limit = np.inf if row < 2 else CUT * np.median([_reach(medians[row, other])
                                                        for other in range(len(names))])
        _draw(panels[row, column], bands, limit, style.level(column))
    for row, name in enumerate(f"{name}, {when}" for name in WHAT.values()
                               for when in ("start", "end")):
        panels[row, 0].set_ylabel(name)
    if "tanh" in problem or "softsign" in problem:
        for axes in panels[:2, 0]:
            axes.set_ylim(-1.05, 1.05)
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, "Bands: 2 % to 98 %, 15 % to 85 % and 25 % to 75 % of the activations, "
                          "and of the back-propagated gradients, of a hidden layer on 300 fixed "
                          "test examples; line: the median. Medians over seeds, excluding trials "
                          "that diverged in the end. C is the sum of the losses; gradients beyond "
                          f"{CUT:g} times the median reach of the initializers are drawn at the "
                          "edge.")
    return figure


def _medians(rows, what):
    """A row per layer, a column per quantile: medians over seeds."""
    names = {f"{what}_q{q}": f"q{q}" for q in ("02", "15", "25", "50", "75", "85", "98")}
    return rows.groupby("layer")[list(names)].median().rename(columns=names)


def _reach(medians):
    """The largest value in size; 0 where there is none."""
    values = medians.to_numpy()
    return np.abs(values[np.isfinite(values)]).max(initial=0.0)


def _draw(axes, medians, limit, colour):
    if not np.isfinite(medians.to_numpy()).any():
        axes.text(0.5, 0.5, "diverged", transform=axes.transAxes, ha="center", va="center",
                  fontsize=style.points(6.5), color=style.readable(style.GREY))
        return
    shown = medians.clip(-limit, limit)
    for low, high, alpha in BANDS:
        axes.fill_between(shown.index, shown[low], shown[high], color=colour, alpha=alpha, lw=0)
    axes.plot(shown.index, shown["q50"], color=colour)
