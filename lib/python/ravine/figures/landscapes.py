"""The objective around the path of a trial: from start to end, and in the plane of its iterates."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm, Normalize

from ..study import selection
from ..study.series import series_of, titles
from . import style
from .axes import metric_label, scale_words
from .learning_curves import chosen_trials

LINE, ITERATE, PLANE = range(3)
LEVELS = 14


def draw(results, problem, x=None):
    """A panel with the lines of all optimizers, then a plane for each; None without recordings.

    Every optimizer is shown at its best rate, with its first seed that recorded a landscape.
    """
    table = results.tables.get("landscapes")
    series = series_of(results, problem)
    criterion = selection.criterion(results, problem)
    found = []
    for one in series:
        trials, rate = chosen_trials(results, one, criterion)
        recorded = [t for t in trials.sort_values("seed").index
                    if table is not None and (table["trial"] == t).any()]
        if recorded:
            found.append((one, rate, table[table["trial"] == recorded[0]]))
    if not found:
        return None
    colours = style.colours(series)
    columns = min(3, 1 + len(found))
    rows = -(-(1 + len(found)) // columns)
    figure, panels = plt.subplots(rows, columns, squeeze=False,
                                  figsize=(style.width(), 0.9 + 2.1 * rows))
    panels = panels.ravel()
    norm = _norm([rows_ for _, _, rows_ in found])
    _lines(panels[0], found, colours, isinstance(norm, LogNorm))
    label = metric_label("objective", results.units_of(problem)) + scale_words(panels[0])
    panels[0].set_ylabel(label)
    image = None
    for axes, (one, rate, own) in zip(panels[1:], found):
        image = _plane(axes, own, colours[one.label], norm) or image
        axes.set_title(style.plain(one.label), color=style.readable(colours[one.label]), weight="bold")
        axes.set_title(f"lr {style.rate_text(rate)}", loc="right", fontsize=style.points(6.5))
    for axes in panels[1 + len(found):]:
        axes.set_visible(False)
    if image is not None:
        bar = figure.colorbar(image, ax=panels.tolist(), fraction=0.025, pad=0.01)
        bar.set_label(label)
        bar.outline.set_visible(False)
        bar.set_ticks(np.array(image.levels)[::3], labels=[f"{v:.2g}" for v in image.levels[::3]])
        bar.minorticks_off()
    style.heading(figure, titles(results)[problem], problem)
    style.caption(figure, "First panel: on the straight line from start (0) to end (1). Others: the "
                          "plane of the first two principal directions of the path, in parameter "
                          "units from its end (cross); dots: observed iterates, from the ring on; "
                          "%: share of the path's variance in this plane.")
    return figure


def _norm(tables):
    """One colour scale for all planes, logarithmic where the objective is positive."""
    values = np.concatenate([own.loc[own["part"] == PLANE, "objective"] for own in tables])
    values = values[np.isfinite(values)]
    if not len(values):
        return Normalize(0, 1)
    # What lies far above every start only says "too large".
    start = max(own.loc[own["part"] == ITERATE, "objective"].iloc[0] for own in tables)
    low, high = values.min(), max(min(values.max(), 2 * start), np.nextafter(values.min(), np.inf))
    return LogNorm(low, high) if low > 0 else Normalize(low, high)


def _lines(axes, found, colours, logarithmic):
    for one, _, own in found:
        line = own[own["part"] == LINE]
        axes.plot(line["x"], line["objective"], color=colours[one.label])
    if logarithmic:
        axes.set_yscale("log")
    for at in (0, 1):
        axes.axvline(at, color=style.GREY, lw=0.6, zorder=0)
    axes.set_xlabel("from start to end")
    axes.set_title("along the line", weight="bold")


def _plane(axes, own, colour, norm):
    path, plane = (own[own["part"] == part] for part in (ITERATE, PLANE))
    side = int(round(len(plane) ** 0.5))
    if side < 2 or not np.ptp(plane["y"]) > 0:
        axes.text(0.5, 0.5, "the path is a line", ha="center", transform=axes.transAxes)
        return None
    x, y, z = (plane[name].to_numpy().reshape(side, side) for name in ("x", "y", "objective"))
    z = np.clip(np.nan_to_num(z, nan=norm.vmax, posinf=norm.vmax), norm.vmin, norm.vmax)
    levels = (np.geomspace if isinstance(norm, LogNorm) else np.linspace)(norm.vmin, norm.vmax,
                                                                         LEVELS)
    image = axes.contourf(x, y, z, levels=levels, norm=norm, cmap="Greys_r", extend="both")
    axes.plot(path["x"], path["y"], color=colour, marker="o", ms=2.2)
    axes.plot(path["x"].iloc[:1], path["y"].iloc[:1], color=colour, marker="o", ms=6, mfc="none")
    axes.plot([0], [0], color=colour, marker="x", ms=6, mew=1.4)
    inside, total = (path[["x", "y"]] ** 2).sum().sum(), (path["distance"] ** 2).sum()
    axes.text(0.97, 0.04, f"{inside / (inside + total):.0%}", ha="right", fontsize=style.points(6.5),
              transform=axes.transAxes, bbox=dict(fc="white", ec="none", alpha=0.75, pad=1.5))
    axes.grid(False)
    return image
