"""Step lengths under a constant gradient: momentum tends to eps |g| / (1 - beta)."""

import matplotlib.pyplot as plt

from ...study.series import series_of
from .. import style
from ..axes import label_ends
from .trajectories import problems_named


def draw(results):
    problems = problems_named(results, "linear_chain", depth=1)
    if results.attributes.get("suite") != "illustrations" or not problems:
        return None
    series = series_of(results, problems[0])
    colours = style.colours(series)
    figure, axes = plt.subplots(figsize=(style.width(0.75), 3.1))
    ends = []
    for one in series:
        trial = one.trials.index[0]
        curve = results.curves[(results.curves["trial"] == trial) & (results.curves["step"] > 0)]
        speed = curve["update_norm"] / (curve["learning_rate"] * curve["gradient_norm"])
        dots = {"ls": (0, (1, 1.2)), "lw": 2} if one.optimizer == "nesterov" else {}
        axes.plot(curve["step"], speed, color=colours[one.label], **dots)
        beta = float(results.components.arguments(one.trials["optimizer"].iloc[0]).get("beta", 0))
        axes.axhline(1 / (1 - beta), color=colours[one.label], ls=(0, (3, 2)), lw=0.7)
        ends.append((f"{one.label}: {1 / (1 - beta):.3g}", colours[one.label], speed.iloc[-1]))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(1, curve["step"].max())
    axes.set_ylim(0.9, 130)
    axes.set_xlabel("update")
    axes.set_ylabel("step length over ε‖g‖")
    style.heading(figure, "Terminal speed", "Under a constant gradient the step tends to ε‖g‖ / (1 "
                                            "− β), dashed; Nesterov's method (dotted) takes the "
                                            "same steps.")
    label_ends(figure, {axes: ends})
    return figure
