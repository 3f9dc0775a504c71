"""Axes for losses and accuracies, and labels at the ends of lines."""

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from . import style

FRACTION = "fraction"  # the unit of accuracies
DECADES = 20  # of a loss axis: what lies below has converged to rounding
TOO_LARGE = 10  # times the initial loss: how large what lies above is does not matter
EDGE = "Values beyond the frame are drawn at its edge."
ACCURACY_TICKS = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995,
                  0.9999]
NAMES = {"objective": "objective", "train_loss": "training loss", "test_loss": "test loss",
         "validation_loss": "validation loss", "train_accuracy": "training accuracy",
         "validation_accuracy": "validation accuracy", "test_accuracy": "test accuracy"}


def metric_label(metric, units):
    """"training loss (nats)"; fractions, as accuracies are, are shown in per cent."""
    name = NAMES.get(metric, metric.replace("_", " "))
    unit = units.get(metric, "")
    if unit == FRACTION:
        return f"{name} (%)"
    return f"{name} ({unit})" if unit not in ("", "1", "mixed") else name


def scale_metric(axes, metric, units, lines, start=None):
    """Scales y so that medians and quartiles of all `lines` lie within the frame.

    A loss may leave it where it exceeds `start`, the initial value, TOO_LARGE times, or lies DECADES
    below the largest: draw what does on the edge (`inside`) and say so (EDGE).
    """
    columns = [line[name].to_numpy(dtype=float) for line in lines
               for name in ("low", "median", "high") if name in line]
    values = np.concatenate([column[np.isfinite(column)] for column in columns] or [np.empty(0)])
    if not len(values):
        return
    if units.get(metric) == FRACTION:
        _scale_accuracy(axes, values)
    else:
        lines = [line["median"].to_numpy(dtype=float) for line in lines if "median" in line]
        _scale_loss(axes, values, start, _floor(lines, start))


def _floor(lines, start):
    """How deep a loss is shown that falls without bound, as on a saddle, beside others that do not.

    TOO_LARGE times the fall of the line at the lower quartile of all.
    """
    if start is None or not np.isfinite(start):
        return -np.inf
    lowest = [line[np.isfinite(line)].min() for line in lines if np.isfinite(line).any()]
    falls = [start - low for low in lowest if low < start]
    if not falls:
        return -np.inf
    return start - TOO_LARGE * max(abs(start), np.quantile(falls, 0.25, method="lower"))


def inside(axes, values):
    """The values, with those beyond the frame on its edge."""
    return np.clip(np.asarray(values, dtype=float), *axes.get_ylim())


def edge_words(axes, lines):
    """What a caption says where `inside` has moved one of these lines, else nothing."""
    low, high = axes.get_ylim()
    moved = any(((line[name] < low) | (line[name] > high)).any()
                for line in lines for name in ("low", "median", "high") if name in line)
    return EDGE if moved else ""


def scale_words(axes, low=False):
    """What the label of y adds where its axis is not linear; beside low axes on a line of its own."""
    words = {"log": "log scale", "function": "log scale of the error"}.get(axes.get_yscale())
    return (",\n" if low else ", ") + words if words else ""


def _scale_accuracy(axes, values):
    """Accuracy a at height -log10(1 - a): 90 % to 99 % gets the room of 0 % to 90 %.

    No height is high enough for an accuracy of 1: it lies half a decade above the best other one.
    """
    errors = 1 - values[values < 1]
    perfect = len(errors) < len(values)
    best = errors.min() if len(errors) else 0.1
    least = max(1e-6, (0.3 if perfect else 0.6) * best)

    def height(accuracy):
        return -np.log10(np.maximum(1 - np.asarray(accuracy, dtype=float), least))

    axes.set_yscale("function", functions=(height, lambda h: 1 - 10.0 ** -np.asarray(h)))
    low, high = height(values.min()), height(1)
    low = min(low, high - 0.3)
    axes.set_ylim(max(0.0, 1 - 10.0 ** -(low - 0.06 * (high - low))), 1 if perfect else 1 - least)
    axes.yaxis.set_major_locator(FixedLocator(_spread(ACCURACY_TICKS, height, axes)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda a, _: f"{100 * a:.4g}"))


def _spread(ticks, height, axes):
    """The ticks inside the limits that keep a tenth of the axis between neighbours, and 100 %."""
    low, high = (float(height(limit)) for limit in axes.get_ylim())
    chosen = [(high, 1)] if axes.get_ylim()[1] == 1 else []
    for tick in ticks:
        at = float(height(tick))
        if low <= at <= high and all(abs(at - other) >= 0.1 * (high - low) for other, _ in chosen):
            chosen.append((at, tick))
    return sorted(tick for _, tick in chosen)


def _scale_loss(axes, values, start, floor):
    low, high = max(values.min(), floor), values.max()
    if start is not None and np.isfinite(start) and start > low:
        high = min(high, start + TOO_LARGE * max(abs(start), start - low))
    if low == 0 < high:  # a minimum that was met exactly lies on the lower edge
        low = values[values > 0].min()
    low = max(low, high * 10.0**-DECADES) if low > 0 else low
    if low > 0:
        axes.set_yscale("log")
        room = (high / low) ** 0.06 if high > low else 1.2
        axes.set_ylim(low / room, high * room)
        if high / low < 300:
            _plain_log_ticks(axes, low / room, high * room)
        else:
            axes.yaxis.set_major_locator(LogLocator(numticks=6))
            axes.yaxis.set_minor_locator(NullLocator())
    else:
        room = 0.05 * (high - low) or 1.0
        axes.set_ylim(low - room, high + room)


def _plain_log_ticks(axes, low, high):
    """Within few decades: round numbers instead of powers of ten alone."""
    for steps in ([1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 7], np.arange(1, 10, 0.5),
                  np.arange(1, 10, 0.1)):
        ticks = [float(f"{step:.2g}e{decade}") for decade in range(-12, 13) for step in steps]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) >= 3:
            break
    axes.yaxis.set_major_locator(FixedLocator(ticks[:: max(1, len(ticks) // 4)]))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))


def name_empty_panels(figure):
    """Writes "no values" into every panel that neither shows data nor says why it does not."""
    for axes in figure.axes:
        shown = np.isfinite(axes.dataLim.get_points()).all() or axes.images
        said = any(text.get_transform() is axes.transAxes and 0 <= text.get_position()[0] <= 1
                   for text in axes.texts)
        if axes.get_visible() and axes.axison and not shown and not said:
            axes.text(0.5, 0.5, "no values", transform=axes.transAxes, ha="center", va="center",
                      fontsize=style.points(6.5))


def label_ends(figure, panels, size=7, marked=()):
    """Writes each label right of its axes at the height where its line ends, without overlap.

    panels: {axes: [(label, colour, y in data units)]}, y = None for a line without an end on them.
    marked: which of `style.marks` each line has, if any; the label repeats it.
    """
    at = 1.08 if marked else 1.06
    texts = {axes: [axes.text(at, 0.5, style.plain(label), color=style.readable(colour), fontsize=style.points(size),
                              va="center", transform=axes.transAxes) for label, colour, _ in ends]
             for axes, ends in panels.items()}
    style.lay_out(figure)  # it must be known before heights can be
    for axes, ends in panels.items():
        _place_labels(axes, texts[axes], ends, 1.25 * style.points(size) * figure.dpi / 72, marked)


def _place_labels(axes, texts, ends, line_height, marked):
    gap = line_height / axes.get_window_extent().height
    wanted = [_axes_height(axes, y) for _, _, y in ends]
    looks = [style.marks(nth, 2) | {"markevery": [1]} for nth in marked] or [{}] * len(ends)
    for text, place, want, (_, colour, _), look in zip(texts, _apart(wanted, gap), wanted, ends, looks):
        text.set_y(place)
        axes.plot([1.005, 1.05], [want, place], color=colour, lw=0.6, clip_on=False,
                  transform=axes.transAxes, **look)


def _axes_height(axes, y):
    """y as a fraction of the axes, moved to the nearer end if it lies outside."""
    at = axes.transAxes.inverted().transform(axes.transData.transform((0, y)))[1]
    return float(np.clip(np.nan_to_num(at, nan=0.0), 0, 1))


def _apart(wanted, gap):
    """The places nearest to `wanted` (least squares) that keep `gap` and the order."""
    order = np.argsort(wanted, kind="stable")
    # Pool adjacent violators: places minus rank * gap must not decrease.
    pools = []
    for rank, index in enumerate(order):
        pools.append([wanted[index] - rank * gap, 1])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            value, count = pools.pop()
            pools[-1] = [(pools[-1][0] * pools[-1][1] + value * count) / (pools[-1][1] + count),
                         pools[-1][1] + count]
    base = np.concatenate([[value] * count for value, count in pools])
    places = np.empty(len(wanted))
    places[order] = base + gap * np.arange(len(wanted))
    shift = max(0.0, -places.min()) - max(0.0, places.max() - 1) * (places.min() > 0)
    return places + shift
