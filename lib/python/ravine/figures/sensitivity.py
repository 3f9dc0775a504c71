"""Learning-rate sensitivity of one problem: final validation metric against learning rate."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from ..study import selection, tuning
from ..study.series import series_of, titles
from . import style
from .axes import edge_words, inside, metric_label, scale_metric, scale_words
from .learning_curves import grid_shape

DENSE = 300  # between the ends of the rates: small ticks would be a grey edge


def draw(results, problem, x=None):
    """One small panel per optimizer, the others in grey; crosses mark rates that lost seeds.

    None where every optimizer ran at one rate.
    """
    series = series_of(results, problem)
    if all(one.tried["learning_rate"].nunique() < 2 for one in series):
        return None
    searched = [one for one in series if one.search is not None]
    untuned = {one.label: one for one in series if searched and one.search is None}
    series = searched or series
    criterion = selection.criterion(results, problem)
    colours = style.colours(series)
    tables = {one.label: selection.rate_table(results, one, criterion) for one in series}
    rows, columns = grid_shape(series)
    figure, panels = plt.subplots(rows, columns, sharex=True, sharey=True, squeeze=False,
                                  figsize=(style.width(), style.points(0.8 + 1.5 * rows)))
    panels = panels.ravel()
    scale_metric(panels[0], criterion, results.units_of(problem), tables.values())
    rates = np.concatenate([table["learning_rate"] for table in tables.values()])
    rate_words = _scale_rates(panels[0], rates)
    for axes, one in zip(panels, series):
        for label, table in tables.items():
            if label != one.label:
                axes.plot(table["learning_rate"], inside(axes, _visible(table["median"])),
                          color=style.GREY, alpha=0.8, **_line(searched, 1.4))
        _single(axes, tables[one.label], colours[one.label],
                results.vocabulary.larger_is_better(criterion),
                selection.best_rate(results, one, criterion), _line(searched, 2.6))
        if one.search is not None and tuning.default_label(results, one) in untuned:
            default = untuned[tuning.default_label(results, one)]
            _default(axes, selection.rate_table(results, default, criterion), colours[one.label])
        axes.set_title(style.plain(one.label), color=style.readable(colours[one.label]), weight="bold", pad=5)
    for axes in panels[len(series):]:
        axes.set_visible(False)
    for axes in panels[max(0, len(series) - columns):len(series)]:
        axes.xaxis.set_tick_params(labelbottom=True)
        axes.set_xlabel("learning rate" + rate_words)
    figure.supylabel(f"final {metric_label(criterion, results.units_of(problem))}"
                     f"{scale_words(panels[0], rows == 1)}", fontsize=style.points(8))
    beyond = edge_words(panels[0], tables.values())
    style.heading(figure, titles(results)[problem], problem)
    if searched:
        style.caption(figure, f"Each of up to {max(map(len, (s.search for s in searched)))} "
                              "settings of the search, which differ in more than the learning "
                              "rate, with one seed. Ring: the chosen rate. Diamond: the untuned "
                              "rule, median over the fresh seeds. Cross: diverged, or without a "
                              f"value. {beyond}")
        return figure
    seeds = int(max(table["seeds"].max() for table in tables.values()))
    style.caption(figure, f"Median and quartiles over {seeds} seeds at the end of training. Ring: "
                          "the chosen rate. Cross: rates at which seeds diverged (or ended "
                          f"without a value), with their number unless all did. {beyond}")
    return figure


def _scale_rates(axes, rates):
    """Logarithms, with a place of its own for a rate of 0; what the label says of it."""
    least = rates[rates > 0].min(initial=np.inf)
    least, most = (least, rates.max()) if np.isfinite(least) else (1.0, 1.0)
    # Marks reach over the frame, so the layout must know the limits from the start.
    if rates.min() > 0:
        axes.set_xscale("log")
        axes.set_xlim(least / 1.6, most * 1.6)
        if most / least > DENSE:
            axes.xaxis.set_minor_locator(NullLocator())
        return ""
    axes.set_xscale("symlog", linthresh=least, linscale=0.6)
    axes.set_xlim(-0.3 * least, most * 1.6)
    axes.xaxis.set_major_locator(FixedLocator([0, *_decades(least, most)]))
    axes.xaxis.set_minor_locator(NullLocator())
    return ": 0, then a log scale"


def _decades(low, high):
    """At most five powers of ten between the limits, or the limits."""
    first, last = np.ceil(np.log10(low) - 1e-9), np.floor(np.log10(high) + 1e-9)
    powers = 10.0 ** np.arange(first, last + 1)
    return powers[:: 1 + len(powers) // 6] if len(powers) else np.unique([low, high])


def _visible(values):
    """Infinite medians have no place on the axis: the line has a gap there."""
    return values.where(np.isfinite(values))


def _line(searched, size):
    """Settings of a search are dots, for neighbours differ in more than their rate."""
    dots = dict(ls="none", marker="o", ms=size, mec="none")
    return dots if searched else dict(lw=0.5) if size < 2 else dict(marker="o", ms=size)


def _default(axes, table, colour):
    if np.isfinite(table["median"]).all():
        axes.plot(table["learning_rate"], inside(axes, table["median"]), ls="none", marker="D", ms=4.5,
                  mfc="white", mec=colour, mew=1.0, clip_on=False, zorder=4)


def _single(axes, table, colour, upwards, best, line):
    rates = table["learning_rate"]
    # A band reaches the bad edge of the panel where some seeds diverged.
    edge = axes.get_ylim()[0 if upwards else 1]
    shown = np.isfinite(table["median"])
    if "ls" not in line:
        axes.fill_between(rates, inside(axes, table["low"]), inside(axes, table["high"]),
                          where=shown, color=colour, alpha=0.2, lw=0)
    axes.plot(rates, inside(axes, _visible(table["median"])), color=colour, **line)
    ring = dict(marker="o", ms=6.5, mfc="none", mew=0.9)
    placed = table.assign(median=inside(axes, table["median"]))
    _marks(axes, placed[(rates == best) & shown], "median", colour, **ring)
    lost = table[table["lost"] > 0].assign(edge=edge)
    _marks(axes, lost, "edge", colour, marker="x", ms=4.5, mew=1.1)
    for _, row in lost[lost["lost"] < lost["seeds"]].iterrows():
        axes.annotate(f"{row['lost']:.0f}/{row['seeds']:.0f}", (row["learning_rate"], edge),
                      xytext=(0, 5 if upwards else -10), ha="center",
                      textcoords="offset points", fontsize=style.points(6), color=style.readable(colour))


def _marks(axes, table, column, colour, **marker):
    """Marks that may reach over the frame; an empty line would confuse the layout."""
    if len(table):
        axes.plot(table["learning_rate"], table[column], ls="none", mec=colour, clip_on=False,
                  zorder=3, **marker)
