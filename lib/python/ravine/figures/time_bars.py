"""Time to target of one problem: a bar to the median seed, a dot per seed, misses named."""

import matplotlib.pyplot as plt
import numpy as np

from ..study import statistics
from ..study.per_problem import problem_study
from ..study.series import titles
from . import style
from .axes import FRACTION, NAMES


def draw(results, problem, x=None):
    """Horizontal bars, one per optimizer, in steps (or seconds for x = "seconds")."""
    studied = problem_study(results, problem)
    field, unit = ("seconds", "training time (s)") if x == "seconds" else ("steps", "updates")
    colours = style.colours(studied.entries)
    figure, axes = plt.subplots(figsize=(style.width(), 1.7 + 0.24 * len(studied.entries)))
    for row, entry in enumerate(studied.entries):
        times = getattr(entry, field)
        reached = times[np.isfinite(times)]
        median = statistics.median_time(times)
        if np.isfinite(median):
            axes.barh(row, median, height=0.6, color=colours[entry.label], alpha=0.75, lw=0)
        elif field == "steps" and len(entry.spent):  # all that is known: it takes longer than the run
            axes.barh(row, np.median(entry.spent), height=0.6, fill=False, hatch="////", lw=0,
                      edgecolor=colours[entry.label], alpha=0.5)
        ended = entry.spent[np.isinf(times)] if field == "steps" else np.empty(0)
        if len(ended):
            axes.plot(ended, np.full(len(ended), row), ls="none", marker=">", ms=4, mfc="white",
                      mec=style.INK, mew=0.7, clip_on=False, zorder=3)
        if len(reached):  # an empty line would confuse the layout
            axes.plot(reached, np.full(len(reached), row), ls="none", marker="o", ms=2.4,
                      color=style.INK, alpha=0.6, clip_on=False)
        end = max([median if np.isfinite(median) else 0, *reached, *ended])
        axes.annotate(_note(times, median), (end, row), xytext=(5, 0), va="center", fontsize=style.points(6.5),
                      textcoords="offset points")
    axes.set_yticks(range(len(studied.entries)), [style.plain(entry.label) for entry in studied.entries])
    axes.set_ylim(len(studied.entries) - 0.4, -0.6)
    axes.margins(x=0.3)
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel(f"{unit} until the target")
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, _caption(studied, results.units_of(problem)))
    return figure


def _note(times, median):
    missed = int(np.isinf(times).sum())
    if not missed:
        return f"{median:.4g}"
    share = f"{missed} of {len(times)} seeds miss"
    return f"{median:.4g}, {share}" if np.isfinite(median) else f"miss ({share})"


def _caption(studied, units):
    sign = "at least" if studied.vocabulary.larger_is_better(studied.target_metric) else "at most"
    name = NAMES.get(studied.target_metric, studied.target_metric.replace("_", " "))
    if np.isnan(studied.target):
        return "No target: none is published, and every optimizer diverged."
    share = units.get(studied.target_metric) == FRACTION
    value = f"{100 * studied.target:.4g} %" if share else f"{studied.target:.4g}"
    text = f"Target: {name} {sign} {value}"
    if not studied.target_given:
        text += " (the median optimizer's final value)"
    return text + (". Bars: median seed; dots: seeds. Triangles: seeds that missed the target, where their "
                   "runs ended; hatched: the median seed misses.")
