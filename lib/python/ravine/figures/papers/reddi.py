"""Adam and AMSGrad on the online problem of Reddi, Kale and Kumar (2018), figure 1."""

import matplotlib.pyplot as plt

from .. import bands, style

# What `objective` is over x + 1: the slope of 101 steps.
SLOPES = {"false": 10, "true": 20.2}
# Before it the regret is that of a few steep steps.
FIRST = 2000
TITLES = {"false": "every 101st step is steep", "true": "steep steps at random"}


def draw(results):
    kinds = {text: results.components.arguments(text).get("stochastic", "false")
             for text in dict.fromkeys(results.plan["problem"])
             if results.components.name(text) == "reddi"}
    if not kinds:
        return None
    figure, panels = plt.subplots(2, len(kinds), figsize=(style.width(0.5 * len(kinds)), 4.2),
                                  sharex=True, sharey="row", squeeze=False)
    for (problem, kind), (regret, point) in zip(kinds.items(), panels.T):
        trials = results.plan[results.plan["problem"] == problem]
        for text, own in trials.groupby("optimizer"):
            name = results.components.name(text)
            colour = style.colour(name)
            line = bands.band(results, own, "train_loss", "step")
            _line(regret, line[line["x"] >= FIRST], colour, name)
            line = bands.band(results, own, "objective", "step")
            line[["low", "median", "high"]] = line[["low", "median", "high"]] / SLOPES[kind] - 1
            _line(point, line, colour, name)
        seeds = trials["seed"].nunique()
        regret.set_title(TITLES[kind] + (f", {seeds} seeds" if seeds > 1 else ""))
        point.set_xlabel("update t")
    panels[0, 0].set_xscale("log")
    panels[0, 0].set_ylabel("average regret R(t) / t")
    panels[1, 0].set_ylabel("x (best -1, worst 1)")
    panels[0, -1].legend(frameon=False)
    style.heading(figure, "Where Adam does not converge",
                  "Reddi, Kale and Kumar (2018), β₁ = 0.9, β₂ = 0.99, ε = 0.5 / sqrt t")
    style.caption(figure, f"Median and quartiles over seeds; the regret from update {FIRST} on.")
    return figure


def _line(axes, line, colour, label):
    line = line[line["x"] > 0]
    axes.fill_between(line["x"], line["low"], line["high"], color=colour, alpha=0.15, lw=0)
    axes.plot(line["x"], line["median"], color=colour,
              label={"adam": "Adam", "amsgrad": "AMSGrad"}.get(label, label))
