"""The linear chain y = w1 ... wl: the real change of a step over the one the gradient promises."""

import matplotlib.pyplot as plt

from .. import style
from ..axes import inside
from .trajectories import problems_named

DEPTH_COLOURS = ("#9ecae1", "#4292c6", "#2171b5", "#08306b")  # light to dark: shallow to deep


def draw(results):
    if results.attributes.get("suite") != "illustrations":
        return None
    single = results.plan[(results.plan["budget_steps"] == 1)
                          & results.plan["problem"].isin(problems_named(results, "linear_chain"))]
    if single.empty:
        return None
    kinds = {text: results.components.arguments(text) for text in dict.fromkeys(single["problem"])}
    weights = sorted({float(one["weight"]) for one in kinds.values()})
    depths = sorted({int(one["depth"]) for one in kinds.values()})
    figure, panels = plt.subplots(1, len(weights), figsize=(style.width(), 2.9), sharey=True,
                                  squeeze=False)
    for text, one in kinds.items():
        axes = panels[0, weights.index(float(one["weight"]))]
        rates, kept = _kept(results, single[single["problem"] == text])
        axes.set_ylim(-1, 1.2)
        axes.plot(rates, inside(axes, kept), color=DEPTH_COLOURS[depths.index(int(one["depth"])) % 4],
                  marker="o", ms=2, lw=1, label=f"{one['depth']} layers")
    for axes, weight in zip(panels[0], weights):
        axes.axhline(1, color=style.INK, lw=0.6, ls=(0, (3, 2)))
        axes.axhline(0, color=style.INK, lw=0.6)
        axes.set_xscale("log")
        axes.set_title(f"weights {weight:g}")
        axes.set_xlabel("ε")
    panels[0, 0].set_ylabel("actual over predicted decrease")
    panels[0, 0].legend(frameon=False, loc="lower left")
    style.heading(figure, "Higher orders of a product of weights",
                  "One gradient step of y = w₁w₂…wₗ. To first order, the output decreases by ε g'g "
                  "(dashed: it does); below 0 it rises. Values beyond the frame (deep chains of "
                  "large weights) are drawn at its edge.")
    return figure


def _kept(results, trials):
    curves = results.curves[results.curves["trial"].isin(trials.index)]
    before = curves[curves["step"] == 0].set_index("trial")["objective"]
    after = curves[curves["step"] == 1].set_index("trial")
    promised = trials["learning_rate"] * after["gradient_norm"] ** 2
    kept = ((before - after["objective"]) / promised).reindex(trials.index)
    return trials["learning_rate"].to_numpy(), kept.to_numpy()
