"""What tuning with k trials is expected to find (Dodge et al., 2019), per optimizer."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ..study import statistics
from ..study.per_problem import budget_values, problem_study
from ..study.series import titles
from . import style
from .axes import edge_words, inside, label_ends, metric_label, scale_metric, scale_words


def draw(results, problem, x=None):
    """Expected best validation metric against the number of trials spent on tuning.

    None where nobody had a choice: one rate for every optimizer.
    """
    studied = problem_study(results, problem)
    # Of a tuned run only the optimizers that were searched: nobody draws from the untuned rule.
    entries = [one for one in studied.entries if one.search is not None] or studied.entries
    if all(one.tried["learning_rate"].nunique() < 2 for one in entries):
        return None
    colours = style.colours(studied.entries)
    figure, axes = plt.subplots(figsize=(0.8 * style.WIDTH, 3.0))
    lines = {}
    for entry in entries:
        values = budget_values(results, studied, entry)
        k = np.arange(1, len(values) + 1)
        expected = [statistics.expected_best_of_k(values, n, studied.selects_largest)
                    for n in k]
        lines[entry.label] = pd.DataFrame({"median": expected})
    scale_metric(axes, studied.criterion, results.units_of(problem), lines.values())
    for label, line in lines.items():
        axes.plot(line.index + 1, inside(axes, line["median"]), color=colours[label])
    most = max(map(len, lines.values()))
    axes.set_xscale("log")
    axes.set_xlim(1, max(most, 2))
    ticks = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n <= most]
    axes.set_xticks(ticks, [str(n) for n in ticks])
    axes.xaxis.set_minor_locator(plt.NullLocator())
    axes.set_xlabel("k: trials spent on tuning")
    axes.set_title(f"expected best {metric_label(studied.criterion, results.units_of(problem))}"
                   f"{scale_words(axes)}")
    style.heading(figure, titles(results)[problem], problem)
    label_ends(figure, {axes: [(label, colours[label], line["median"].iloc[-1])
                               for label, line in lines.items()]})
    style.caption(figure, "Drawn with replacement from all settings and seeds tried; a diverged "
                          "trial counts as the untrained model. "
                          + edge_words(axes, lines.values()))
    return figure
