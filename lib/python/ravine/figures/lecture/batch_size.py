"""Updates and passes to a target against batch size, each at its best learning rate."""

import matplotlib.pyplot as plt
import numpy as np

from ...results import identity
from .. import style


def draw(results):
    if results.attributes.get("suite") != "batch-size":
        return None
    aimed = results.plan[results.plan["target"] != "none"]
    if aimed.empty:
        return None
    identity.require_apart(results, aimed, ("batch_size", "learning_rate"))
    last = results.curves.groupby("trial")[["step", "epoch"]].last()
    aimed = aimed.join(last[["step", "epoch"]])
    aimed.loc[aimed["outcome"] != "target_reached", ["step", "epoch"]] = np.inf
    problem = results.components[aimed["problem"].iloc[0]]
    examples = float(problem.arguments["train"])
    aimed["batch_size"] = aimed["batch_size"].replace(0, examples)
    medians = aimed.groupby(["batch_size", "learning_rate"])["step"].median().reset_index()
    if np.isinf(medians["step"]).all():
        return None  # no batch size reaches the target at any rate
    medians = medians.sort_values(["batch_size", "step", "learning_rate"], kind="stable")
    best = medians.groupby("batch_size")["learning_rate"].first()
    figure, panels = plt.subplots(1, 2, figsize=(style.width(), 3.0))
    for axes, column, title in zip(panels, ("step", "epoch"),
                                   ("updates to the target", "passes over the data to the target")):
        own = aimed[aimed["learning_rate"] == aimed["batch_size"].map(best)]
        grouped = own.groupby("batch_size")[column]
        sizes = grouped.median().index.to_numpy(dtype=float)
        axes.fill_between(sizes, grouped.quantile(0.25), grouped.quantile(0.75),
                          color=style.COLOURS["momentum"], alpha=0.2, lw=0)
        axes.plot(sizes, grouped.median(), "o-", ms=3, color=style.COLOURS["momentum"])
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(sizes, [f"{size:g}" for size in sizes])
        axes.set_title(title)
        axes.set_xlabel("batch size (examples), log scale")
        if column == "step":
            reached = grouped.median()[np.isfinite(grouped.median())]
            axes.plot(sizes, reached.iloc[0] * reached.index[0] / sizes, color=style.INK, lw=0.8,
                      ls=(0, (3, 2)))
            for size, value in reached.items():
                axes.annotate(f"ε {best[size]:g}", (size, value), (2, 5), fontsize=style.points(6),
                              textcoords="offset points")
    target = aimed["target"].iloc[0].replace("<=", " ≤ ").replace(">=", " ≥ ")
    style.heading(figure, "Fewer updates, more examples",
                  f"{problem.name}({problem.arguments['data']}, N = {examples:g}) to {target.replace('_', ' ')}; dashed: perfect scaling.")
    style.caption(figure, f"Median and quartiles over {aimed['seed'].nunique()} seeds at the learning rate "
                          "ε with the fewest updates; a missed target counts as infinite.")
    return figure
