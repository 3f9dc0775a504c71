"""The norm of the gradient while a network learns (Goodfellow et al. 2016, figure 8.1)."""

import dataclasses

import matplotlib.pyplot as plt

from ...results import identity
from .. import bands, style
from .trajectories import problems_named

SMOOTH = 10  # observations of the running mean: one epoch


def draw(results):
    problems = problems_named(results, "mlp")
    if results.attributes.get("suite") != "illustrations" or not problems:
        return None
    trials = results.plan[results.plan["problem"] == problems[0]]
    first = results.curves[results.curves["trial"] == trials.index[0]].dropna(
        subset=["gradient_norm"])
    curves = results.curves.sort_values(["trial", "step"])
    smooth = curves.groupby("trial")["gradient_norm"].transform(
        lambda norm: norm.rolling(SMOOTH, min_periods=1).mean())
    own = _with(results, curves.assign(smooth=smooth, error=1 - curves["train_accuracy"]))
    figure, panels = plt.subplots(1, 2, figsize=(style.width(), 2.9), sharex=True)
    colour = style.COLOURS["momentum"]
    panels[0].plot(first["epoch"], first["gradient_norm"], ".", ms=2, color=style.GREY,
                   label="mini-batches, first seed")
    for axes, metric in zip(panels, ("smooth", "error")):
        line = bands.band(own, trials, metric, "epoch")
        scale = 100 if metric == "error" else 1
        axes.fill_between(line["x"], scale * line["low"], scale * line["high"], color=colour,
                          alpha=0.2, lw=0)
        axes.plot(line["x"], scale * line["median"], color=colour, label="running mean of an epoch")
        axes.set_xlabel("epoch")
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    panels[0].set_ylabel("norm of the mini-batch gradient, log scale")
    panels[0].legend(frameon=False, loc="lower left")
    panels[1].set_ylabel("training error (%), log scale")
    style.heading(figure, "The gradient does not shrink as the error does", problems[0])
    batch = identity.short_value(f"{trials['batch_size'].iloc[0]:g}", "batch_size")
    style.caption(figure, f"SGD at the constant rate {trials['learning_rate'].iloc[0]:g}, "
                          f"{identity.say('batch_size', batch)}; medians and quartiles over "
                          f"{trials['seed'].nunique()} seeds.")
    return figure


def _with(results, curves):
    return dataclasses.replace(results, curves=curves)
