"""A bowl descended with steps that are short, long, and just too long, and its averages."""

import matplotlib.pyplot as plt
import numpy as np

from .. import style
from .trajectories import iterates, problems_named

LEAST = 1e-4  # distances below it are not shown


def draw(results):
    problems = problems_named(results, "quadratic", dimension=1)
    if results.attributes.get("suite") != "illustrations" or not problems:
        return None
    own = iterates(results, results.plan[results.plan["problem"] == problems[0]])
    if not own:
        return None
    figure, panels = plt.subplots(2, len(own), figsize=(style.width(), 4.2), sharex=True, sharey="row",
                                  squeeze=False)
    for column, (row, path) in enumerate(sorted(own, key=lambda one: one[0]["learning_rate"])):
        curve = results.curves[(results.curves["trial"] == row.name) & (results.curves["step"] > 0)]
        top, bottom = panels[:, column]
        top.plot(path["step"], path["x0"], color=style.COLOURS["sgd"], lw=0.8, marker=".", ms=2.5)
        top.set_title(f"ελ = {row['learning_rate']:g}")
        bottom.plot(path["step"], _visible(path["x0"].abs()), color=style.COLOURS["sgd"],
                    label="iterate", lw=0.9)
        for name, colour, shape in (("polyak", "momentum", "."), ("ema", "rmsprop_nesterov", "x")):
            value = np.sqrt(2 * np.maximum(curve[f"averaged_{name}_objective"], 0))
            bottom.plot(curve["step"], _visible(value), shape, ms=3.5, mew=0.7,
                        color=style.COLOURS[colour], label=f"{name} average")
        bottom.set_yscale("log")
        bottom.set_ylim(LEAST, 2)
        bottom.set_xlabel("update")
    panels[0, 0].set_ylabel("θ")
    panels[1, 0].set_ylabel("distance to the minimum")
    panels[1, 0].legend(frameon=False, loc="upper right")
    style.heading(figure, "Bouncing from wall to wall",
                  "Gradient descent on λθ²/2. Polyak's average of the bounces falls like 1/T and is "
                  "exactly 0, not shown, after every second step at ελ = 2. The exponential average "
                  "has decay 0.9.")
    return figure


def _visible(distance):
    return np.where(distance >= LEAST, distance, np.nan)
