"""One step along the gradient, by its length: what it changes and what derivatives predict."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MaxNLocator

from .. import style
from .functions import derivatives, function

TITLES = {"quadratic": "Ravine: curvature along g", "saddle": "Saddle: negative curvature along g",
          "rosenbrock": "Rosenbrock's valley"}
STARTS = {"quadratic": (1, 1), "rosenbrock": (-1.2, 1)}


def draw(results):
    if results.attributes.get("suite") != "illustrations":
        return None
    single = results.plan[results.plan["budget_steps"] == 1]
    problems = [p for p in dict.fromkeys(single["problem"]) if results.components.name(p) in TITLES]
    if not problems:
        return None
    figure, panels = plt.subplots(1, len(problems), figsize=(style.width(), 2.9), squeeze=False)
    for axes, problem in zip(panels[0], problems):
        _panel(axes, results, results.components[problem], single[single["problem"] == problem])
    panels[0, 0].set_ylabel("change of the value")
    handles = [plt.Line2D([], [], color=style.COLOURS["sgd"], marker="o", ms=3, ls="", label="real"),
               plt.Line2D([], [], color=style.COLOURS["momentum"], label="second order"),
               plt.Line2D([], [], color=style.COLOURS["rmsprop_nesterov"], ls=(0, (3, 2)),
                          label="first order, −ε g'g")]
    figure.legend(handles=handles, loc="lower center", ncol=3, frameon=False)
    figure.supxlabel(" ", fontsize=style.points(11))  # room for the legend
    style.heading(figure, "What a step along the gradient gains",
                  "J(θ − εg) − J: second order predicts −ε g'g + ε² g'Hg / 2, best at ε* = g'g / "
                  "g'Hg; without positive curvature, an optimal step does not exist.")
    return figure


def _panel(axes, results, problem, trials):
    start = STARTS.get(problem.name) or tuple(float(problem.arguments[key]) for key in ("x0", "y0"))
    gg, ghg = derivatives(problem, *start)
    curves = results.curves[results.curves["trial"].isin(trials.index)]
    after = curves[curves["step"] == 1].set_index("trial")["objective"]
    change = (after - function(problem)(*start)).reindex(trials.index)
    rates = trials["learning_rate"]
    axes.plot(rates, change, "o", color=style.COLOURS["sgd"], ms=2.6, zorder=3)
    eps = np.linspace(0, rates.max(), 200)
    if ghg > 0 and gg / ghg < rates.max():
        axes.axvline(gg / ghg, color=style.INK, lw=0.6)
        axes.annotate(" ε*", (gg / ghg, 0.97), xycoords=("data", "axes fraction"), va="top")
    low, high = change.min(), change.max()
    room = 0.12 * (high - low)
    low, high = low - room, max(high, 0) + room
    axes.set_ylim(low, high)
    for predicted, look in ((-eps * gg + eps**2 / 2 * ghg, {"color": style.COLOURS["momentum"]}),
                            (-eps * gg, {"color": style.COLOURS["rmsprop_nesterov"],
                                         "ls": (0, (3, 2)), "lw": 0.9})):
        # A prediction ends where it leaves the frame, which holds all that was measured.
        axes.plot(eps, np.where((predicted >= low) & (predicted <= high), predicted, np.nan), **look)
    axes.axhline(0, color=style.INK, lw=0.6)
    axes.set_xlim(0, rates.max())
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.set_title(TITLES[problem.name])
    axes.set_xlabel("ε")
