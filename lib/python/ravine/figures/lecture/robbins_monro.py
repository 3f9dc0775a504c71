"""Mean square error of SGD in a noisy bowl under three courses of the rate, and what theory says."""

import matplotlib.pyplot as plt
import numpy as np

from .. import bands, style
from .trajectories import problems_named

COURSES = {"constant": ("constant", "sgd"), "inverse": ("1 / k", "momentum"),
           "inverse_sqrt": ("1 / √k", "rmsprop_nesterov"), "inverse_power": ("1 / k²", "adagrad")}


def draw(results):
    problems = problems_named(results, "quadratic", condition=1)
    if results.attributes.get("suite") != "schedules" or not problems:
        return None
    plan = results.plan[results.plan["problem"] == problems[0]]
    rates = sorted(plan["learning_rate"].unique())
    size = int(results.components.arguments(problems[0])["dimension"])
    figure, panels = plt.subplots(1, len(rates), figsize=(style.width(), 3.0), sharey=True,
                                  squeeze=False)
    for axes, rate in zip(panels[0], rates):
        for name, (label, colour) in COURSES.items():
            trials = plan[(plan["learning_rate"] == rate)
                          & (plan["schedule"].map(results.components.name) == name)]
            line = bands.band(results, trials, "objective", "step")
            line = line[line["x"] > 0]
            if line.empty:  # of a run that is not finished
                continue
            axes.fill_between(line["x"], 2 * line["low"] / size, 2 * line["high"] / size,
                              color=style.COLOURS[colour], alpha=0.2, lw=0)
            axes.plot(line["x"], 2 * line["median"] / size, color=style.COLOURS[colour],
                      label=label)
            steps, expected = _expected(name, rate, int(line["x"].max()))
            axes.plot(steps, expected, color=style.INK, lw=0.7, ls=(0, (2, 2)), zorder=4)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_title(f"ε₀ = {rate:g}")
        axes.set_xlabel("update k")
    panels[0, 0].set_ylabel("mean square of a coordinate")
    panels[0, 0].legend(frameon=False, loc="lower left")
    seeds = plan["seed"].nunique()
    style.heading(figure, "The Robbins-Monro conditions at work",
                  "∑ε = ∞ forgets the start, ∑ε² < ∞ averages the noise out. 1/k does both, though at ε₀ "
                  "= 0.1 its sum grows slowly; 1/k² never forgets; a constant rate keeps ε / (2 − ε).")
    style.caption(figure, f"Median and quartiles over {seeds} seeds, {size} coordinates of curvature "
                          "1, gradient noise of variance 1; dashed: the expectation, m ← (1 − ε)²m + ε².")
    return figure


def _expected(name, rate, last):
    shape = {"constant": lambda t: 1.0, "inverse": lambda t: 1 / t,
             "inverse_sqrt": lambda t: t ** -0.5, "inverse_power": lambda t: t ** -2.0}[name]
    m, values = 1.0, []
    for t in range(1, last + 1):
        eps = rate * shape(t)
        m = (1 - eps) ** 2 * m + eps**2
        values.append(m)
    shown = np.unique(np.geomspace(1, last, 200).astype(int))
    return shown, np.array(values)[shown - 1]
