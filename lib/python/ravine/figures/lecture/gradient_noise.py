"""Noise of the gradient at a fixed point against batch size, measured at learning rate 0."""

import matplotlib.pyplot as plt
import numpy as np

from ...results import identity
from .. import style


def draw(results):
    still = results.plan[results.plan["learning_rate"] == 0]
    if results.attributes.get("suite") != "batch-size" or still.empty:
        return None
    identity.require_apart(results, still, ("batch_size",))
    curves = results.curves[results.curves["trial"].isin(still.index)
                            & (results.curves["step"] > 0)]
    square = (curves["gradient_norm"] ** 2).groupby(curves["trial"]).mean()
    table = still.assign(square=square).pivot_table(index="batch_size", columns="seed",
                                                    values="square")
    largest = 0 if 0 in table.index else table.index[-1]  # 0: the full batch
    full, smaller = table.loc[largest], table.drop(index=largest)
    if smaller.empty:
        return None
    noise = smaller.sub(full, axis=1)
    figure, axes = plt.subplots(figsize=(style.width(0.62), 3.1))
    sizes = noise.index.to_numpy(dtype=float)
    colour = style.COLOURS["momentum"]
    axes.fill_between(sizes, noise.quantile(0.25, axis=1), noise.quantile(0.75, axis=1),
                      color=colour, alpha=0.2, lw=0)
    axes.plot(sizes, noise.median(axis=1), "o-", ms=3, color=colour, label="variance of the gradient")
    axes.plot(sizes, noise.median(axis=1).iloc[0] * sizes[0] / sizes, color=style.INK, lw=0.8,
              ls=(0, (3, 2)), label="1 / B")
    axes.axhline(float(np.median(full)), color=style.COLOURS["rmsprop_nesterov"], lw=1,
                 label=f"‖g‖² at B = {largest}" if largest else "‖g‖² of all examples")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("batch size B (examples), log scale")
    axes.set_ylabel("squared norm")
    axes.legend(frameon=False, loc="upper right")
    label = next(iter(results.components.labels([still["problem"].iloc[0]], always=("data",)).values()))
    style.heading(figure, "Larger mini-batches reduce the noise", label)
    style.caption(figure, f"E‖g_B‖² − ‖g‖² at the initial point, median and quartiles over "
                          f"{still['seed'].nunique()} seeds.")
    return figure
