"""The paths of the update rules over the contours of four functions."""

import matplotlib.pyplot as plt
import numpy as np

from .. import style
from .functions import function, minimum
from .trajectories import iterates

RULES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
# Title and window (x0, x1, y0, y1) of each function.
PANELS = {
    "quadratic": ("Ravine, curvatures 1 : 1/20", (-1.15, 1.35, -0.75, 1.2)),
    "rosenbrock": ("Rosenbrock's valley", (-1.6, 1.6, -0.6, 2.0)),
    "beale": ("Beale's plateaus", (0.2, 3.9, -1.05, 1.15)),
    "saddle": ("Saddle", (-1.15, 1.15, -0.75, 0.75)),
}


def draw(results):
    if results.attributes.get("suite") != "illustrations":
        return None
    found = {}
    for problem in dict.fromkeys(results.plan["problem"]):
        name = results.components.name(problem)
        own = iterates(results, results.plan[results.plan["problem"] == problem])
        rules = [(results.components.name(row["optimizer"]), path) for row, path in own]
        own = [(rule, path) for rule, path in rules if rule in RULES]
        if name in PANELS and name not in found and len(own) >= len(RULES):
            found[name] = (results.components[problem], own)
    if not found:
        return None
    figure, panels = plt.subplots(2, 2, figsize=(style.width(), 6.3))
    for axes, (name, (problem, own)) in zip(panels.ravel(), found.items()):
        _panel(axes, PANELS[name], problem, own)
    for axes in panels.ravel()[len(found):]:
        axes.set_visible(False)
    handles = [plt.Line2D([], [], color=style.COLOURS[rule], marker=".", ms=4, label=rule)
               for rule in RULES]
    figure.legend(handles=handles, loc="lower center", ncol=len(RULES), frameon=False)
    figure.supxlabel(" ", fontsize=style.points(11))  # room for the legend
    style.heading(figure, "Six update rules from the same start",
                  "Each rule at one constant learning rate. Dots: the first updates; line: the "
                  "whole path within the frame. Circle: start; cross: minimum.")
    return figure


def _panel(axes, panel, problem, own):
    title, (left, right, low, high) = panel
    f = function(problem)
    x, y = np.meshgrid(np.linspace(left, right, 300), np.linspace(low, high, 300))
    z = f(x, y)
    span = z - z.min()
    # Evenly spaced in a root: the floor of a valley keeps its lines.
    axes.contour(x, y, span ** 0.25, levels=18, colors=style.GREY, linewidths=0.45)
    for rule, path in own:
        points = path[["x0", "x1"]].to_numpy(dtype=float)
        within = (points >= [left, low]) & (points <= [right, high])
        points = np.where(within.all(axis=1, keepdims=True), points, np.nan)
        axes.plot(*points.T, color=style.COLOURS[rule], lw=0.9, zorder=3)
        axes.plot(*points[:30].T, ".", color=style.COLOURS[rule], ms=2.6, zorder=3)
    start = own[0][1][["x0", "x1"]].to_numpy()[0]
    axes.plot(*start, "o", mfc="white", mec=style.INK, ms=5, zorder=4)
    if minimum(problem):
        axes.plot(*minimum(problem), "x", color=style.INK, ms=6, mew=1.4, zorder=4)
    axes.set_xlim(left, right)
    axes.set_ylim(low, high)
    axes.grid(False)
    axes.set_title(title)
    axes.set_xlabel("$x_0$")
    axes.set_ylabel("$x_1$")
