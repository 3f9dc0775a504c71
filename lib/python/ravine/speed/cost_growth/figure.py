"""One panel per curve, both axes logarithmic, with the fitted power."""

import matplotlib.pyplot as plt
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter, NullLocator

from ...figures import style

TITLES = {"step": "step of Adam", "suite": "suite", "memory": "peak memory"}


def draw(curves):
    style.apply()
    figure, panels = plt.subplots(2, (len(curves) + 1) // 2, figsize=(style.width(), 3.9))
    for axes, curve in zip(panels.flat, curves):
        axes.loglog(*curve.fitted(), color=style.COLOURS["momentum"], linewidth=3, alpha=0.35)
        axes.loglog(curve.x, curve.y, "o-", color=style.INK, markersize=3, linewidth=0.8)
        axes.set_title(f"{TITLES[curve.quantity]} ({curve.unit})")
        axes.set_xlabel(curve.factor)
        axes.text(0.05, 0.95, f"$\\propto x^{{{curve.exponent:.2f}}}$", transform=axes.transAxes,
                  va="top", fontsize=style.points(8))
        _scale(axes, curve)
    for axes in panels.flat[len(curves):]:
        axes.set_visible(False)
    return figure


def _scale(axes, curve):
    """At least a factor of ten on y, or noise would look like growth."""
    low, high = curve.y.min(), curve.y.max()
    middle = (low * high) ** 0.5
    room = max((high / low) ** 0.5 * 1.5, 10 ** 0.5 * 1.5)
    axes.set_ylim(middle / room, middle * room)
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    ends = [curve.x[0], curve.x[len(curve.x) // 2], curve.x[-1]]
    axes.xaxis.set_major_locator(FixedLocator(ends))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: _short(x)))
    axes.xaxis.set_minor_locator(NullLocator())


def _short(number):
    """26k, 5.8M."""
    if number >= 1e6:
        return f"{number / 1e6:.2g}M"
    return f"{number / 1e3:.3g}k" if number >= 1e4 else f"{number:.0f}"
