"""Seconds per update against the number of training examples."""

import matplotlib.pyplot as plt
import numpy as np

from .. import style


def draw(results):
    if results.attributes.get("suite") != "batch-size":
        return None
    plan = results.plan
    sizes = plan["problem"].map(lambda text: float(results.components.arguments(text).get("train", 0)))
    last = results.curves.groupby("trial")[["step", "train_seconds"]].last()
    per_update = (last["train_seconds"] / last["step"]).reindex(plan.index)
    frame = plan.assign(train=sizes, milliseconds=1e3 * per_update)
    frame = frame[frame["milliseconds"].notna()]  # a baseline has no times
    frame = frame[(frame["train"] > 0) & (frame["target"] == "none") & (frame["learning_rate"] > 0)]
    if frame["train"].nunique() < 2:
        return None
    figure, axes = plt.subplots(figsize=(style.width(0.62), 3.0))
    for batch, colour in ((64, "momentum"), (0, "rmsprop_nesterov")):
        own = frame[frame["batch_size"] == batch].groupby("train")["milliseconds"]
        if not len(own):
            continue
        label = "all examples per update" if batch == 0 else f"{batch} examples per update"
        axes.fill_between(own.median().index, own.quantile(0.25), own.quantile(0.75),
                          color=style.COLOURS[colour], alpha=0.2, lw=0)
        axes.plot(own.median(), "o-", ms=3, color=style.COLOURS[colour], label=label)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    ticks = np.unique(frame["train"])
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xlabel("training examples N, log scale")
    axes.set_ylabel("time per update (ms)")
    axes.legend(frameon=False, loc="center right")
    style.heading(figure, "An update of SGD costs the same for any N",
                  "mlp(glyphs, hidden=64)")
    style.caption(figure, f"Median and quartiles over {frame['seed'].nunique()} seeds.")
    return figure
