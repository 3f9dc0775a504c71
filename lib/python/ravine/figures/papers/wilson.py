"""Accuracy on fresh examples of rules that all fit the training set (Wilson et al. 2017)."""

import matplotlib.pyplot as plt
import numpy as np

from ...results import identity
from ...study.selection import final_values
from .. import style


def draw(results):
    trials = results.plan
    trials = trials[trials["problem"].map(results.components.name) == "wilson"]
    if trials.empty:
        return None
    identity.require_apart(results, trials, ("problem", "optimizer", "batch_size"))
    trials = trials.assign(accuracy=final_values(results, trials, "test_accuracy"),
                           rule=trials["optimizer"].map(results.components.name))
    sizes = sorted(trials["batch_size"].unique(), key=lambda size: size or np.inf)
    rules = list(dict.fromkeys(trials["rule"]))
    figure, axes = plt.subplots(figsize=(style.width(0.75), 2.9))
    for place, rule in enumerate(rules):
        own = trials[trials["rule"] == rule].groupby("batch_size")["accuracy"].agg(["mean", "sem"])
        own = own.reindex([size for size in sizes if size in own.index])
        at = [sizes.index(size) + 0.09 * (place - (len(rules) - 1) / 2) for size in own.index]
        axes.errorbar(at, 100 * own["mean"], 100 * own["sem"].fillna(0), fmt="o", ms=4.5,
                      color=style.colour(rule), label=style.plain(rule), lw=1)
    problem = results.components.arguments(trials["problem"].iloc[0])
    positive, negative = int(problem["positives"]), int(problem["negatives"])
    axes.axhline(100 * positive / (positive + negative), color=style.GREY, lw=0.8, zorder=0)
    axes.set_xticks(range(len(sizes)), [f"{size}" if size else "all" for size in sizes])
    axes.set_xlabel("batch size (examples)")
    axes.set_ylabel("accuracy on fresh examples (%)")
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    style.heading(figure, "Where adaptive rates generalize worse",
                  f"Wilson et al. (2017), section 3.3: {positive} positive, {negative} negative "
                  "examples")
    style.caption(figure, "Mean and standard error over seeds; every rule fits the training set. "
                          "Grey: classifying everything as positive.")
    return figure
