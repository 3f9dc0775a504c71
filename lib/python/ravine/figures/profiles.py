"""Performance profile over the problems of a suite (Dolan & More, 2002)."""

import matplotlib.pyplot as plt
import numpy as np

from ..study import statistics
from ..study.per_problem import common_labels, comparable, study, times
from . import style
from .axes import label_ends


def draw(results, x=None):
    """Share of problems solved within a factor tau of the fastest; None with fewer than two."""
    studied = comparable(study(results))
    labels = common_labels(studied)
    if len(studied) < 2 or len(labels) < 2:
        return None
    ratios = statistics.performance_ratios(times(studied, labels))
    integrated = statistics.integrated_profile(times(studied, labels))
    entries = [studied[0].entry(label) for label in labels]
    colours = style.colours(entries)
    figure, axes = plt.subplots(figsize=(style.width(0.62), 2.8))
    ends = []
    for j, label in enumerate(labels):
        at = np.sort(ratios[ratios[:, j] <= statistics.R_MAX, j])
        share = np.arange(len(at) + 1) / len(studied)
        axes.step([1, *at, statistics.R_MAX], [share[0], *share[1:], share[-1]], where="post",
                  color=colours[label])
        ends.append((f"{label}  B = {integrated[j]:.3f}", colours[label], share[-1]))
    axes.set_xlim(1, statistics.R_MAX)
    axes.set_ylim(-0.02, 1.02)
    axes.set_xlabel("τ: time to target over that of the fastest optimizer")
    axes.set_ylabel("share of problems")
    style.heading(figure, f"{len(studied)} problems", f"{len(studied)} problems")
    label_ends(figure, {axes: ends})
    style.caption(figure, "Median steps to the target; a miss is infinite. B: area under the "
                          "profile for τ from 1 to 4. Problems: "
                          f"{', '.join(problem.label for problem in studied)}.")
    return figure
