"""quadratic_deep beside the curves that DeepOBS published (Schneider, Balles and Hennig 2019)."""

import pathlib

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ...results import identity
from .. import style

PUBLISHED = pathlib.Path(__file__).parents[1] / "published" / "quadratic_deep.tsv"
EPOCH_STEPS = 7  # 1000 rows in whole batches of 128


def allowance(name, published):
    """How far the mean of our seeds may lie from theirs: what the claims A1 allow."""
    if name != "momentum":
        return np.full(len(published), 0.4 if name == "adam" else 0.5)
    return np.maximum(0.01 * published["test_loss"], 3 * published["test_loss_sd"])


def draw(results):
    ours = _ours(results)
    published = dict(iter(pd.read_csv(PUBLISHED, sep="\t", comment="#").groupby("optimizer")))
    shown = [name for name in published if name in ours]
    if not shown:
        return None
    figure, panels = plt.subplots(2, len(shown), figsize=(style.width(), 3.9), sharex=True,
                                  sharey="row", squeeze=False, height_ratios=[2, 1])
    for name, (upper, lower) in zip(shown, panels.T):
        own, theirs = ours[name], published[name].set_index("epoch")
        colour, mean = style.COLOURS[name], own.mean(axis=1)
        upper.plot(theirs.index, theirs["test_loss"], color=style.GREY, lw=3.2, label="published")
        upper.plot(mean.index, mean, color=colour, label="ours, 1 seed" if own.shape[1] == 1 else f"ours, {own.shape[1]} seeds")
        upper.set_yscale("log")
        upper.set_title(name, color=style.readable(colour), weight="bold")
        upper.legend(frameon=False, fontsize=style.points(6.5))
        rows = theirs.loc[[epoch for epoch in theirs.index if epoch >= 2]]
        bound = allowance(name, rows)
        lower.fill_between(rows.index, -bound, bound, color="#eeeeee", lw=0)
        # The dots show a difference of a single epoch, too.
        lower.plot(rows.index, (mean - theirs["test_loss"]).reindex(rows.index), color=colour,
                   marker=".", ms=2)
        lower.set_xlabel("epoch")
    panels[0, 0].set_ylabel("test loss, log scale")
    panels[0, 0].set_yticks([90, 100, 150, 200, 300], ["90", "100", "150", "200", "300"])
    panels[0, 0].minorticks_off()
    panels[1, 0].set_ylabel("ours - published")
    panels[0, 0].set_xlim(0, max(frame.index.max() for name in shown
                                 for frame in (ours[name], published[name].set_index("epoch"))))
    style.heading(figure, "quadratic_deep", "Schneider, Balles and Hennig (2019), at their rates")
    style.caption(figure, "Means over seeds at the end of every epoch. Below: their difference "
                          "from epoch 2 on; grey: the tolerance.")
    return figure


def _ours(results):
    """{optimizer: frame of test losses, a row per epoch and a column per seed}."""
    trials = results.plan
    trials = trials[trials["problem"] == "quadratic_deep"]
    if trials.empty:
        return {}
    trials = trials[trials["shuffle"] == "fixed"]
    identity.require_apart(results, trials, ("optimizer",))
    curves = {}
    for text, group in trials.groupby("optimizer"):
        rows = results.curves[results.curves["trial"].isin(group.index)]
        rows = rows[rows["step"] % EPOCH_STEPS == 0]
        table = rows.pivot(index="step", columns="trial", values="test_loss").dropna()
        table.index = table.index // EPOCH_STEPS
        curves[results.components.name(text)] = table
    return curves
