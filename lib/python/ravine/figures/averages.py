"""Averages of the iterates beside the iterate itself, one panel per schedule and learning rate."""

import matplotlib.pyplot as plt
from matplotlib.ticker import MaxNLocator

from ..results import identity
from ..study.series import titles
from . import bands, style
from .axes import edge_words, metric_label, scale_metric, scale_words
from .learning_curves import averages

# By length of memory: the raw iterate in ink, exponential averages from light to dark, means last.
RAW = style.INK
EMA_COLOURS = ("#f0b400", "#e06c00", "#b3261e")
MEAN_COLOURS = ("#0072b2", "#56b4e9")
METRIC = "objective"


def draw(results, problem, x):
    """None where fewer than two averages ride on the trials, or the rates cannot be told apart."""
    trials = results.plan
    trials = trials[(trials["problem"] == problem) & (trials["outcome"] != "failed")]
    rows = _rows(results, trials)
    named = {text: named_averages(results.components, text) for text in trials["averaging"].unique()}
    if max((len(names) for names in named.values()), default=0) < 2 or rows is None:
        return None
    x = "step" if x == "epoch" and _is_function(results, trials) else x
    rates = sorted(trials["learning_rate"].unique())
    figure = plt.figure(figsize=(style.width(), 1.4 + 1.7 * len(rows)))
    key, body = figure.subfigures(2, 1, height_ratios=[0.25, 0.65 + 1.7 * len(rows)])
    panels = body.subplots(len(rows), len(rates), squeeze=False, sharex=True, sharey=True)
    cells = {(row, column): _lines(results, own[own["learning_rate"] == rate], named, x)
             for row, own in enumerate(rows.values()) for column, rate in enumerate(rates)}
    lines = [line for cell in cells.values() for _, line, _ in cell]
    scale_metric(panels[0, 0], METRIC, results.units_of(problem), lines)
    panels[0, 0].set_xlim(0, max((line["x"].max() for line in lines if len(line)), default=1))
    for row, label in enumerate(rows):
        for column, rate in enumerate(rates):
            axes = panels[row, column]
            axes.set_visible(bool(cells[row, column]))
            for colour, line, width in cells[row, column]:
                bands.draw(axes, line, colour, lw=width)
            axes.set_title(style.plain(f"{label}, learning rate {style.rate_text(rate)}"), pad=3)
    panels[0, 0].xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    for axes in panels[-1]:
        axes.set_xlabel(bands.X_AXES[x])
    body.supylabel(metric_label(METRIC, results.units_of(problem)) + scale_words(panels[0, 0]),
                   fontsize=style.points(8))
    key.legend(handles=_handles(results.components, named), loc="lower center", ncol=6, frameon=False, fontsize=style.points(7),
               handlelength=1.8, columnspacing=1.2)
    style.heading(figure, titles(results)[problem], problem)
    seeds = trials["seed"].nunique()
    said = (f"Median and quartiles over {seeds} seeds; averages come from the same trials as the "
            "raw iterate." if seeds > 1 else "One run.")
    style.caption(figure, f"{said} {edge_words(panels[0, 0], lines)}")
    return figure


def named_averages(components, text):
    """{average: name of its columns}: the second of a kind is numbered, as the suites do."""
    names, seen = {}, {}
    for average in components.elements(text) if text != "none" else ():
        kind = components.name(average)
        seen[kind] = seen.get(kind, 0) + 1
        names[average] = kind if seen[kind] == 1 else f"{kind}{seen[kind]}"
    return names


def say(components, average):
    """ "mean", "mean from 50 %", "exponential, 0.9" for the text of an average."""
    arguments = components.arguments(average)
    if components.name(average) == "ema":
        return f"exponential, {float(arguments['decay']):g}"
    start = float(arguments["start"])
    return f"mean from {100 * start:g} % on" if start else "mean of all"


def _is_function(results, trials):
    """A function has one example: its epochs are steps."""
    curves = results.curves[results.curves["trial"].isin(trials.index)]
    return bool((curves["epoch"] == curves["step"]).all())


def _rows(results, trials):
    """{schedule: trials}; None if other factors vary, which the panels would mix."""
    shown = ("schedule", "schedule version", "learning_rate")
    if len(identity.groups(results, trials, shown)) > 1:
        return None
    names = results.components.labels(list(dict.fromkeys(trials["schedule"])))
    return {names[text]: trials[trials["schedule"] == text] for text in names}


def _colours(components, names):
    """A colour for every average, by kind and place."""
    emas = [text for text in names if components.name(text) == "ema"]
    means = [text for text in names if text not in emas]
    return (dict(zip(emas, style.between(EMA_COLOURS, len(emas))))
            | dict(zip(means, style.between(MEAN_COLOURS, len(means)))))


def _lines(results, trials, named, x):
    """[(colour, band, width of the line)] of one cell."""
    if trials.empty:
        return []
    names = named[trials["averaging"].iloc[0]]
    columns = [(RAW, METRIC, 0.9)]
    columns += [(colour, f"averaged_{names[text]}_{METRIC}", 1.2)
                for text, colour in _colours(results.components, names).items()]
    return [(colour, bands.band(results, trials, column, x), width)
            for colour, column, width in columns]


def _handles(components, named):
    names = max(named.values(), key=len)
    handles = [plt.Line2D([], [], color=RAW, lw=0.9, label="iterate")]
    return handles + [plt.Line2D([], [], color=colour, label=say(components, text))
                      for text, colour in _colours(components, names).items()]
