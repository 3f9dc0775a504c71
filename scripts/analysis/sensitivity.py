"""Learning-rate sensitivity of one problem: final validation metric against learning rate."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import NullLocator

from . import selection, style, tuning
from .axes import metric_label, scale_metric
from .learning_curves import grid_shape
from .series import problems, series_of


def draw(results, problem, x=None):
    """One small panel per optimizer, the others in grey; crosses mark rates that diverged.

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
    zero = _place_zero(tables)
    rows, columns = grid_shape(series)
    figure, panels = plt.subplots(rows, columns, sharex=True, sharey=True, squeeze=False,
                                  figsize=(style.WIDTH, 0.8 + 1.5 * rows))
    panels = panels.ravel()
    scale_metric(panels[0], criterion, tables.values())
    rates = np.concatenate([table["learning_rate"] for table in tables.values()])
    panels[0].set_xscale("log")
    # Marks reach over the frame, so the layout must know the limits from the start.
    panels[0].set_xlim(rates.min() / 1.6, rates.max() * 1.6)
    if zero is not None:
        _zero_tick(panels[0], zero)
    for axes, one in zip(panels, series):
        for label, table in tables.items():
            if label != one.label:
                axes.plot(table["learning_rate"], _visible(table["median"]), color=style.GREY,
                          alpha=0.8, **_line(searched, 1.4))
        _single(axes, tables[one.label], colours[one.label], criterion,
                selection.best_rate(results, one, criterion) or zero, _line(searched, 2.6))
        if one.search is not None and tuning.default_label(one) in untuned:
            _default(axes, selection.rate_table(results, untuned[tuning.default_label(one)],
                                                criterion), colours[one.label])
        axes.set_title(one.label, color=colours[one.label], weight="bold", pad=5)
    for axes in panels[len(series):]:
        axes.set_visible(False)
    for axes in panels[max(0, len(series) - columns):len(series)]:
        axes.xaxis.set_tick_params(labelbottom=True)
        axes.set_xlabel("learning rate")
    figure.supylabel(f"final {metric_label(criterion, results.units_of(problem))}", fontsize=8)
    style.heading(figure, problems(results)[problem], problem)
    off_scale = "" if zero is None else " Rate 0 stands left of the logarithmic axis."
    if searched:
        style.caption(figure, f"Each of up to {max(map(len, (s.search for s in searched)))} "
                              "settings of the search, which differ in more than the learning "
                              "rate, with one seed. Ring: the rate chosen. Diamond: the untuned "
                              "rule, median over the fresh seeds. Cross: diverged." + off_scale)
        return figure
    seeds = int(max(table["seeds"].max() for table in tables.values()))
    style.caption(figure, f"Median and quartiles over {seeds} seeds at the end of training. "
                          "Ring: the rate chosen. Cross: rates at which seeds diverged, with how "
                          "many if not all." + off_scale)
    return figure


def _place_zero(tables):
    """Moves rate 0, which has no logarithm, half a decade left of the others; returns where to."""
    rates = np.concatenate([table["learning_rate"] for table in tables.values()])
    if not (rates == 0).any():
        return None
    place = 10**-0.5 * min(rates[rates > 0], default=1.0)
    for table in tables.values():
        table["learning_rate"] = table["learning_rate"].replace(0, place)
    return place


def _zero_tick(axes, place):
    high = axes.get_xlim()[1]
    decades = [10.0**k for k in range(int(np.ceil(np.log10(place) + 0.25)),
                                      int(np.floor(np.log10(high))) + 1)]
    axes.set_xticks([place, *decades], ["0", *(f"{rate:g}" for rate in decades)])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.axvline(place * 10**0.25, color=style.GREY, lw=0.5, ls=":")


def _visible(values):
    """Infinite medians have no place on the axis: the line has a gap there."""
    return values.where(np.isfinite(values))


def _line(searched, size):
    """Settings of a search are dots, for neighbours differ in more than their rate."""
    dots = dict(ls="none", marker="o", ms=size, mec="none")
    return dots if searched else dict(lw=0.5) if size < 2 else dict(marker="o", ms=size)


def _default(axes, table, colour):
    if np.isfinite(table["median"]).all():
        axes.plot(table["learning_rate"], table["median"], ls="none", marker="D", ms=4.5,
                  mfc="white", mec=colour, mew=1.0, clip_on=False, zorder=4)


def _single(axes, table, colour, criterion, best, line):
    rates = table["learning_rate"]
    # A band reaches the bad edge of the panel where some seeds diverged.
    edge = axes.get_ylim()[0 if selection.is_accuracy(criterion) else 1]
    bounded = table[["low", "high"]].replace([np.inf, -np.inf], edge)
    shown = np.isfinite(table["median"])
    if "ls" not in line:
        axes.fill_between(rates, bounded["low"], bounded["high"], where=shown, color=colour,
                          alpha=0.2, lw=0)
    axes.plot(rates, _visible(table["median"]), color=colour, **line)
    ring = dict(marker="o", ms=6.5, mfc="none", mew=0.9)
    _marks(axes, table[(rates == best) & shown], "median", colour, **ring)
    lost = table[table["diverged"] > 0].assign(edge=edge)
    _marks(axes, lost, "edge", colour, marker="x", ms=4.5, mew=1.1)
    for _, row in lost[lost["diverged"] < lost["seeds"]].iterrows():
        axes.annotate(f"{row['diverged']:.0f}/{row['seeds']:.0f}", (row["learning_rate"], edge),
                      xytext=(0, 5 if selection.is_accuracy(criterion) else -10), ha="center",
                      textcoords="offset points", fontsize=6, color=colour)


def _marks(axes, table, column, colour, **marker):
    """Marks that may reach over the frame; an empty line would confuse the layout."""
    if len(table):
        axes.plot(table["learning_rate"], table[column], ls="none", mec=colour, clip_on=False,
                  zorder=3, **marker)
