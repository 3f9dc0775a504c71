"""Critical-difference diagram over the problems of a suite (Demsar, 2006)."""

import matplotlib.pyplot as plt

from .. import errors
from ..study import statistics
from ..study.per_problem import common_labels, comparable, scores, study
from . import style


def draw(results, x=None):
    """Mean ranks with bars that join optimizers not told apart; refused below LEAST_PROBLEMS."""
    studied = comparable(study(results))
    labels = common_labels(studied)
    if len(studied) < statistics.LEAST_PROBLEMS:
        raise errors.TooFew(f"a critical-difference diagram needs {statistics.LEAST_PROBLEMS} "
                            "problems that the same optimizers ran on, and these results have "
                            f"{len(studied)}")
    means = scores(studied, labels)
    ranks = statistics.mean_ranks(means)
    difference = statistics.critical_difference(len(labels), len(studied))
    bars = statistics.groups_not_separated(list(ranks), difference)
    colours = style.colours([studied[0].entry(label) for label in labels])
    k, half = len(labels), (len(labels) + 1) // 2
    height = 1.4 + 0.1 * len(bars) + 0.2 * half
    figure, axes = plt.subplots(figsize=(style.width(0.8), height))
    axes.set_xlim(1 - 0.35 * (k - 1), k + 0.35 * (k - 1))
    axes.set_ylim(-(0.6 + 0.5 * len(bars) + half), 1.7)
    axes.axis("off")
    line = {"color": style.INK, "lw": 0.8, "solid_capstyle": "butt"}
    axes.plot([1, k], [0, 0], **line)
    for rank in range(1, k + 1):
        axes.plot([rank, rank], [0, 0.15], **line)
        axes.text(rank, 0.25, str(rank), ha="center", fontsize=style.points(7))
    reach = min(difference, 1.3 * (k - 1))
    axes.plot([1, 1 + reach], [1.15, 1.15], **{**line, "lw": 1.6})
    axes.text(1, 1.3, f"CD = {difference:.3f}", fontsize=style.points(7))
    for row, (low, high) in enumerate(bars):
        pad = 0.01 * k
        axes.plot([low - pad, high + pad], [-0.35 - 0.5 * row] * 2, **{**line, "lw": 3})
    for place, j in enumerate(sorted(range(k), key=lambda j: ranks[j])):
        left = place < half
        y = -0.5 * len(bars) - 0.6 - (place if left else k - 1 - place)
        edge = 1 - 0.04 * k if left else k + 0.04 * k
        axes.plot([ranks[j], ranks[j], edge], [0, y, y], color=colours[labels[j]], lw=1)
        axes.text(edge + (-0.01 if left else 0.01) * k, y,
                  style.plain(f"{labels[j]} ({ranks[j]:.2f})"),
                  ha="right" if left else "left", va="center", fontsize=style.points(7),
                  color=style.readable(colours[labels[j]]))
    test = statistics.friedman(means)
    style.heading(figure, f"Mean ranks over {len(studied)} problems", f"Mean ranks over "
                  f"{len(studied)} problems")
    style.caption(figure, "Bars join optimizers that do not differ by Nemenyi's test at 5 %. "
                          f"Friedman chi2 = {test.chi2:.3g}, F = {test.f:.3g}, p = {test.f_p:.2g}.")
    return figure
