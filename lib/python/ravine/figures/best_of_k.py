"""What tuning with k trials is expected to find (Dodge et al., 2019), per optimizer."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ..study import statistics
from ..study.per_problem import budget_values, problem_study
from ..study.series import titles
from . import style
from .axes import edge_words, inside, label_ends, metric_label, scale_metric, scale_words


RESAMPLES = 400


def expected_best(values, most, largest, seed=0):
    """Frame with x = 1 ... most and the expected best of x trials (`median`), with its bootstrap
    interval of 95 % (`low`, `high`).
    """
    k = np.arange(1, most + 1)
    expected = [statistics.expected_best_of_k(values, n, largest) for n in k]
    count = len(values)
    drawn = np.random.default_rng(seed).choice(values, (RESAMPLES, count))
    ranked = np.sort(drawn if largest else -drawn, axis=1)
    # The largest of n draws is the i-th smallest value with probability (i / N)^n - ((i - 1) / N)^n.
    shares = np.diff((np.arange(count + 1)[:, None] / count) ** k, axis=0)
    low, high = np.quantile((1 if largest else -1) * ranked @ shares, [0.025, 0.975], axis=0)
    return pd.DataFrame({"x": k, "low": low, "median": expected, "high": high})


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
    figure, axes = plt.subplots(figsize=(style.width(0.8), 3.0))
    values = {entry.label: budget_values(results, studied, entry) for entry in entries}
    most = min(map(len, values.values()))
    lines = {label: expected_best(own, most, studied.selects_largest) for label, own in values.items()}
    scale_metric(axes, studied.criterion, results.units_of(problem), lines.values())
    for nth, (label, line) in enumerate(lines.items()):
        axes.fill_between(line["x"], inside(axes, line["low"]), inside(axes, line["high"]),
                          color=colours[label], alpha=0.1, lw=0)
        axes.plot(line["x"], inside(axes, line["median"]), color=colours[label],
                  **style.marks(nth, len(line)))
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
                               for label, line in lines.items()]}, marked=range(len(lines)))
    style.caption(figure, "Drawn with replacement from all settings and seeds tried, up to the "
                          "number of trials that every optimizer had; a diverged trial counts as "
                          "the untrained model. Bands: 95 % of bootstrap samples of the trials. "
                          + edge_words(axes, lines.values()))
    return figure
