"""The stiff coordinate of a ravine under momentum and Nesterov's gradient."""

import matplotlib.pyplot as plt

from .. import style
from .trajectories import iterates, problems_named


def draw(results):
    if results.attributes.get("suite") != "illustrations":
        return None
    own = [one for text in problems_named(results, "quadratic", dimension=2, condition=100)
           for one in iterates(results, results.plan[results.plan["problem"] == text])]
    betas = {row["optimizer"]: results.components.arguments(row["optimizer"]).get("beta")
             for row, _ in own}
    levels = sorted({float(beta) for beta in betas.values() if beta is not None})
    if not levels:
        return None
    figure, panels = plt.subplots(2, len(levels), figsize=(style.width(), 3.9), sharey="row",
                                  sharex=True)
    for column, beta in enumerate(levels):
        for row, path in own:
            if float(betas[row["optimizer"]] or -1) != beta:
                continue
            rule = results.components.name(row["optimizer"])
            for line, name in enumerate(("x0", "x1")):
                panels[line, column].plot(path["step"], path[name], color=style.colour(rule),
                                          lw=1.0, label=rule)
        panels[0, column].set_title(f"µ = {beta:g}")
        panels[1, column].set_xlabel("update")
    panels[0, 0].set_ylabel("across the ravine, $x_0$")
    panels[1, 0].set_ylabel("along its floor, $x_1$")
    panels[0, 0].legend(frameon=False, loc="upper right")
    style.heading(figure, "Looking ahead damps stiff directions",
                  "Curvatures 1 and 1/100, ε = 0.9: Nesterov's gradient acts on curvature λ like "
                  "momentum µ(1 − ελ), 0.1 µ across and 0.991 µ along (Sutskever et al. 2013).")
    return figure
