"""Heat maps of learning rate against another factor: initializer, batch normalization, ..."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm, Normalize

from ..results import identity
from ..study import selection
from ..study.series import titles
from . import style
from .axes import NAMES, metric_label

FREE = ("optimizer", "learning_rate", "averaging")  # a column, the axis, and a curve of its own


def draw(results, problem, x=None):
    """One map per optimizer and factor that varies; None if none does, or no rate.

    A cell is the median over seeds of the final criterion, at the best of the factors not shown.
    """
    trials = results.plan
    trials = trials[(trials["problem"] == problem) & (trials["outcome"] != "failed")]
    others = [name for name in results.vocabulary.factors if name not in ("problem", *FREE)]
    factors = [name for name in others if name in trials and trials[name].nunique() > 1]
    if not factors or (trials.groupby("optimizer")["learning_rate"].nunique() < 2).all():
        return None
    # Of factors the best is shown; another protocol or other data would be another question.
    identity.require_apart(results, trials, [name for column in (*others, *FREE)
                                             for name in identity.field_names(column)])
    criterion = selection.criterion(results, problem)
    names = results.components.labels(list(dict.fromkeys(trials["optimizer"])))
    values = selection.final_values(results, trials, criterion)
    settings = identity.key(results, trials)
    upwards = results.vocabulary.larger_is_better(criterion)
    maps = {(factor, text): _cells(trials[trials["optimizer"] == text], settings, values, factor,
                                   upwards)
            for factor in factors for text in names}
    norm = _norm(maps.values(), upwards)
    heights = [trials[factor].nunique() for factor in factors]
    figure, panels = plt.subplots(
        len(factors), len(names), squeeze=False, sharey="row", height_ratios=heights,
        figsize=(style.width(least=1.5 + 1.6 * len(names)), 1.3 + 0.42 * sum(heights)))
    for row, factor in enumerate(factors):
        for column, text in enumerate(names):
            axes = panels[row, column]
            image = _draw_map(axes, maps[factor, text], norm, upwards, results.components)
            if row == 0:
                axes.set_title(style.plain(names[text]), weight="bold")
        panels[row, 0].set_ylabel(factor.replace("_", " "))
    for axes in panels[-1]:
        axes.set_xlabel("learning rate")
    bar = figure.colorbar(image, ax=panels, fraction=0.025, pad=0.01)
    bar.set_label(f"final {metric_label(criterion, results.units_of(problem)).replace(' (%)', '')}"
                  + (", log scale" if isinstance(norm, LogNorm) else ""))
    bar.outline.set_visible(False)
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, f"Median final {NAMES[criterion]} over seeds; each cell uses the best "
                          "values of the factors that its map does not show; crosses: the median "
                          "seed diverged; rings: the best rate of each row.")
    return figure


def _cells(trials, settings, values, factor, upwards):
    """Frame of the median final value, rows the levels of the factor, columns the rates."""
    keys = [trials[factor].astype(str), settings.loc[trials.index], trials["learning_rate"]]
    medians = values.loc[trials.index].groupby(keys, sort=False).apply(
        lambda group: selection.quartiles(group.to_numpy())[1])
    best = "max" if upwards else "min"
    table = medians.groupby(level=[factor, "learning_rate"], sort=False).agg(best).unstack()
    order = list(dict.fromkeys(trials[factor].astype(str)))
    return table.loc[order, sorted(table.columns)]


def _norm(tables, upwards):
    values = np.concatenate([table.to_numpy().ravel() for table in tables])
    values = values[np.isfinite(values)]
    if not len(values):
        return Normalize(0, 1)
    if upwards or values.min() <= 0:
        return Normalize(values.min(), values.max())
    return LogNorm(values.min(), max(values.max(), values.min() * 1.01))


def _draw_map(axes, table, norm, upwards, components):
    values = table.to_numpy(dtype=float)
    image = axes.imshow(np.where(np.isfinite(values), values, np.nan), norm=norm, aspect="auto",
                        cmap="cividis" if upwards else "cividis_r")
    rows, columns = np.nonzero(np.isinf(values))
    axes.plot(columns, rows, ls="none", marker="x", color=style.GREY, ms=4)
    for row, line in enumerate(values):
        if np.isfinite(line).any():
            best = np.nanargmax(line) if upwards else np.nanargmin(line)
            axes.plot(best, row, marker="o", ms=6, mfc="none", mec="black", mew=1)
    axes.set_xticks(range(len(table.columns)), [style.rate_text(rate) for rate in table.columns],
                    rotation=40, ha="right", rotation_mode="anchor", fontsize=style.points(6))
    levels = [identity.short_value(str(level), table.index.name) for level in table.index]
    names = components.labels(levels)
    axes.set_yticks(range(len(table)), [style.plain(names[level]) for level in levels])
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return image
