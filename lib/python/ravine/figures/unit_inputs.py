"""What enters one unit of the last hidden layer during training (Ioffe & Szegedy 2015, figure 1)."""

import matplotlib.pyplot as plt

from ..study.series import titles
from . import bands, diagnostics, style
from .axes import metric_label, scale_metric, scale_words
from .learning_curves import measured


def draw(results, problem, x=None):
    """Test metric, and the 15th, 50th and 85th percentiles per placement of batch normalization.

    None unless the problem's trials recorded their layers with several placements.
    """
    trials = diagnostics.recorded(results, problem)
    if trials is None or trials["batch_norm"].nunique() < 2:
        return None
    rates = sorted(trials["learning_rate"].unique())
    placements = [name for name in diagnostics.PLACEMENTS if name in set(trials["batch_norm"])]
    figure, panels = plt.subplots(len(rates), 1 + len(placements), squeeze=False, sharex=True,
                                  figsize=(style.width(), 0.9 + 1.6 * len(rates)))
    metric = measured(results, trials, results.vocabulary.told_beside_losses) or "objective"
    limits, curves = [], []
    for row, rate in enumerate(rates):
        own = trials[trials["learning_rate"] == rate]
        for name in placements:
            group = own[own["batch_norm"] == name]
            curve = bands.band(results, group, metric, "step")
            colour = diagnostics.PLACEMENTS[name]
            panels[row, 0].plot(curve["x"], curve["median"], color=colour, label=name)
            panels[row, 0].fill_between(curve["x"], curve["low"], curve["high"], color=colour,
                                        alpha=0.18, lw=0)
            curves.append(curve)
            axes = panels[row, 1 + placements.index(name)]
            limits += _percentiles(axes, diagnostics.of_layer(results, group, -2), colour)
        panels[row, 1].set_ylabel("input of the unit")
    low, high = min(limits), max(limits)
    room = 0.06 * (high - low)
    for row, rate in enumerate(rates):
        scale_metric(panels[row, 0], metric, results.units_of(problem), curves)
        panels[row, 0].set_ylabel(metric_label(metric, results.units_of(problem))
                                  + scale_words(panels[row, 0], low=True))
        panels[row, 0].set_title(f"learning rate {style.rate_text(rate)}")
        for column, name in enumerate(placements, 1):
            panels[row, column].set_ylim(low - room, high + room)
            panels[row, column].set_title(f"batch norm {name}", color=style.readable(diagnostics.PLACEMENTS[name]))
            if column > 1:
                panels[row, column].set_yticklabels([])
    for axes in panels[-1]:
        axes.set_xlabel("update")
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, "Left: medians and quartiles over seeds; colours as on the right. Right: "
                          "the 15th, 50th and 85th percentiles of the input of the first unit of "
                          "the last hidden layer on 300 fixed test examples; medians over seeds.")
    return figure


def _percentiles(axes, rows, colour):
    """Draws the three lines and returns their values."""
    medians = rows.groupby("step")[["unit_q15", "unit_q50", "unit_q85"]].median()
    axes.fill_between(medians.index, medians["unit_q15"], medians["unit_q85"], color=colour,
                      alpha=0.12, lw=0)
    for name, width in (("unit_q15", 0.9), ("unit_q50", 1.5), ("unit_q85", 0.9)):
        axes.plot(medians.index, medians[name], color=colour, lw=width)
    return [medians.min().min(), medians.max().max()]
