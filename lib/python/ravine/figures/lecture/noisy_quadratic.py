"""The noisy quadratic model: steps to a target by batch size in closed form."""

import re

import matplotlib.pyplot as plt

from .. import style


def draw(results):
    rows = results.checks
    if not len(rows) or not rows["id"].str.startswith("A4.steps_to_").any():
        return None
    figure, axes = plt.subplots(figsize=(style.width(0.62), 3.1))
    points = {}
    for _, row in rows.iterrows():
        match = re.fullmatch(r"A4\.steps_to_([\d.]+)_at_(\d+)", row["id"])
        if match:
            points.setdefault(float(match[1]), []).append((float(match[2]), row["actual"],
                                                           row["predicted"]))
    for (target, own), colour in zip(sorted(points.items()), ("momentum", "rmsprop_nesterov")):
        sizes, actual, published = zip(*sorted(own))
        axes.plot(sizes, actual, "-", color=style.COLOURS[colour], label=f"loss {target:g}")
        axes.plot(sizes, published, "o", ms=4, mfc="none", color=style.COLOURS[colour])
        axes.plot(sizes, [actual[0] * sizes[0] / size for size in sizes], color=style.INK, lw=0.7,
                  ls=(0, (3, 2)))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("batch size B (examples), log scale")
    axes.set_ylabel("updates to the target")
    axes.legend(frameon=False)
    style.heading(figure, "The noisy quadratic model", "Zhang et al. (2019), 10 000 dimensions, best "
                                                       "constant rate")
    style.caption(figure, "Lines: closed form; circles: an independent search; dashed: 1 / B.")
    return figure
