"""Learning curves of one problem: all optimizers together, then each by itself with averages."""

import math
import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from ..study import selection
from ..study.series import series_of, titles
from . import bands, style
from .axes import NAMES, edge_words, label_ends, metric_label, scale_metric, scale_words

LONG = 20  # times the shortest line is a long one


def measured(results, trials, metrics):
    """The first of the metrics that has a value in these trials, or None."""
    curves = results.curves[results.curves["trial"].isin(trials.index)]
    return next((m for m in metrics if m in curves and np.isfinite(curves[m]).any()), None)


def grid_shape(series):
    """(rows, columns) of small panels: as many as their titles leave room for."""
    longest = max(len(one.label) for one in series)
    columns = 4 if len(series) > 9 and longest <= 12 else 3 if longest <= 20 else 2
    needed = 1.6 if longest <= 12 else 2.1 if longest <= 20 else 3.2  # inches
    columns = min(columns, len(series), style.most_columns(needed))
    return math.ceil(len(series) / columns), columns


def chosen_trials(results, series, criterion):
    """The trials of a series at its best learning rate, and that rate."""
    rate = selection.best_rate(results, series, criterion)
    return series.trials[series.trials["learning_rate"] == rate], rate


def averages(results):
    """The averages that the file measures: "ema", "polyak"."""
    found = (re.fullmatch(r"averaged_(.+?)_(?:train|test|validation)_\w+|averaged_(.+)_objective", c)
             for c in results.curves)
    return list(dict.fromkeys(match[1] or match[2] for match in found if match))


def draw(results, problem, x):
    """The figure of one problem."""
    series = series_of(results, problem)
    criterion = selection.criterion(results, problem)
    colours = style.colours(series)
    chosen = {one.label: chosen_trials(results, one, criterion) for one in series}
    everything = results.plan[results.plan["problem"] == problem]
    left = measured(results, everything, results.vocabulary.training_losses)
    right = measured(results, everything, results.vocabulary.told_beside_losses)
    metrics = [metric for metric in (left, right) if metric]

    rows, columns = grid_shape(series)
    upper = 3.0 if style.most_columns(2.4) >= len(metrics) else 2.3 * len(metrics)  # inches
    figure = plt.figure(figsize=(style.width(), style.points(upper + 0.1 + 1.3 * rows)))
    top, bottom = figure.subfigures(2, 1, height_ratios=[upper, 0.25 + 1.3 * rows], hspace=0.02)
    units = results.units_of(problem)
    words = _overview(results, top, metrics, units, series, chosen, colours, x)
    words |= _singles(results, bottom, metrics[-1], units, series, chosen, colours, x, rows, columns)
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, " ".join([_caption(series, chosen, criterion), *sorted(words - {""})]))
    return figure


def _overview(results, figure, metrics, units, series, chosen, colours, x):
    """Draws the panels of all optimizers; what the caption says of values beyond their frames."""
    beside = style.most_columns(2.4) >= len(metrics)
    panels = figure.subplots(*((1, len(metrics)) if beside else (len(metrics), 1)), squeeze=False).ravel()
    words = set()
    for axes, metric in zip(panels, metrics):
        lines = {one.label: bands.band(results, chosen[one.label][0], metric, x) for one in series}
        scale_metric(axes, metric, units, lines.values(), _start(lines))
        _scale_x(axes, lines)
        for nth, (label, line) in enumerate(lines.items()):
            bands.draw(axes, line, colours[label], **style.marks(nth, len(line)))
        if x != "seconds" and all(len(line) <= style.MOST_MARKS for line in lines.values()):
            words.add("Marks are measured points.")
        words.add(edge_words(axes, lines.values()))
        axes.set_title(metric_label(metric, units) + scale_words(axes))
        axes.set_xlabel(bands.X_AXES[x])
    ends = {nth: (label, colours[label], line["median"].iloc[-1])
            for nth, (label, line) in enumerate(lines.items()) if len(line)}
    label_ends(figure.figure, {panels[-1]: [*ends.values()]}, marked=[*ends])
    return words


def _start(lines):
    """The value at the starting point, which all optimizers share."""
    return next((line["median"].iloc[0] for line in lines.values() if len(line)), None)


def _scale_x(axes, lines, ticks=6):
    """From 0 to the longest line; on logarithms where costs differ so much that some would vanish."""
    ends = [line["x"].max() for line in lines.values() if len(line) and line["x"].max() > 0] or [1]
    if max(ends) > LONG * min(ends):
        first = min(line["x"][line["x"] > 0].min() for line in lines.values() if line["x"].max() > 0)
        axes.set_xscale("log")
        axes.set_xlim(first, max(ends))
        axes.xaxis.set_major_locator(LogLocator(numticks=ticks))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.set_xlim(0, max(ends))
        axes.xaxis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))


def _singles(results, figure, metric, units, series, chosen, colours, x, rows, columns):
    """One small panel per optimizer: its raw and averaged curves, the others in grey.

    Returns what the caption says of values beyond their frames.
    """
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    raw = {one.label: bands.band(results, chosen[one.label][0], metric, x) for one in series}
    averaged = {(one.label, kind): bands.band(results, chosen[one.label][0],
                                              f"averaged_{kind}_{metric}", x)[["x", "median"]]
                for one in series for kind in averages(results)}
    # A file may hold averages that no trial of this problem has.
    kinds = list(dict.fromkeys(kind for (_, kind), line in averaged.items() if len(line)))
    everything = [*raw.values(), *averaged.values()]
    scale_metric(panels[0], metric, units, everything, _start(raw))
    _scale_x(panels[0], raw, ticks=3)
    for nth, (axes, one) in enumerate(zip(panels, series)):
        for label, line in raw.items():
            if label != one.label:
                bands.draw_median(axes, line, style.GREY, lw=0.5, alpha=0.7)
        colour = colours[one.label]
        bands.draw(axes, raw[one.label], colour, alpha=0.2,
                   **style.marks(nth, len(raw[one.label]), size=2))
        for place, kind in enumerate(kinds):
            bands.draw_median(axes, averaged[one.label, kind], colour, ls=style.dashes(place))
        trials, rate = chosen[one.label]
        axes.set_title(style.plain(one.label), color=style.readable(colour), weight="bold", pad=3)
        axes.set_title(_rate_text(one, trials, rate), loc="right", fontsize=style.points(6.5), pad=3)
    for axes in panels[len(series):]:
        axes.set_visible(False)
    for axes in panels[max(0, len(series) - columns):len(series)]:
        axes.xaxis.set_tick_params(labelbottom=True)
        axes.set_xlabel(bands.X_AXES[x])
    figure.supylabel(metric_label(metric, units) + scale_words(panels[0], rows == 1),
                    fontsize=style.points(8))
    handles = [plt.Line2D([], [], color=style.INK, label="raw iterate")]
    handles += [plt.Line2D([], [], color=style.INK, ls=style.dashes(nth),
                             label=f"{kind} average") for nth, kind in enumerate(kinds)]
    handles.append(plt.Line2D([], [], color=style.GREY, lw=0.7, label="the others"))
    figure.legend(handles=handles, loc="upper right",
                  ncol=len(handles), frameon=False, fontsize=style.points(6.5), handlelength=2.4,
                  bbox_to_anchor=(1, 1.0), borderaxespad=0.1)
    figure.suptitle(" ", fontsize=style.points(6.5))  # room for the legend
    return {edge_words(panels[0], everything)}


def _rate_text(series, trials, rate):
    text = f"lr {style.rate_text(rate)}" + ("*" if selection.at_grid_end(series, rate) else "")
    diverged = int((trials["outcome"] == "diverged").sum())
    return (f"{diverged}/{len(trials)} diverged, " if diverged else "") + text


def _caption(series, chosen, criterion):
    seeds = sorted({trials["seed"].nunique() for trials, _ in chosen.values()})
    count = "-".join(str(number) for number in dict.fromkeys((seeds[0], seeds[-1])))
    spread = "Median and quartiles over" if seeds[-1] > 1 else "One run per line:"
    word = "seed" if seeds == [1] else "seeds"
    rates = max(one.trials["learning_rate"].nunique() for one in series)
    settings = max(0 if one.search is None else len(one.search) for one in series)
    rule = (f"tuned: the best of {settings} settings on the final {NAMES[criterion]}, rerun on "
            "fresh seeds; default: the untuned rule" if settings else
            f"learning rate (lr) of up to {rates} chosen per optimizer on the final "
            f"{NAMES[criterion]}" if rates > 1 else "one learning rate (lr) per optimizer")
    ends = any(selection.at_grid_end(one, chosen[one.label][1]) for one in series)
    return f"{spread} {count} {word}; {rule}." + (
        " * an end of the rates tried: a better one may lie beyond." if ends else "")
