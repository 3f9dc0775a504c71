"""What a figure hides or invents: data beyond a frame, empty axes, silent scales, keys without lines,
words that overlap, are cut off or too pale.

Everything is judged in pixels, after the layout is known, so that every scale is covered.
"""

import matplotlib.collections
import matplotlib.figure
import matplotlib.legend
import numpy as np
from ravine.figures import style

SLACK = 1.5  # pixels: half a line


def faults(figure):
    """A sentence for everything that is hidden; none for an honest figure."""
    figure.draw_without_rendering()
    return _unseen(figure) + _silent_scales(figure) + _empty_keys(figure) + pale(figure)


def _unseen(figure):
    """Data beyond the frame, and empty axes."""
    found = []
    for number, axes in enumerate(figure.axes):
        if not axes.get_visible():
            continue
        name = f"axes {number} ({axes.get_title(loc='left') or axes.get_xlabel() or 'untitled'})"
        seen = 0
        for artist, points in _data(axes):
            finite = np.isfinite(points["data"]).all(axis=1)
            if not finite.any():
                continue
            shown = points["pixels"][finite]
            with np.errstate(invalid="ignore"):
                inside = ((shown >= axes.bbox.min - SLACK) & (shown <= axes.bbox.max + SLACK)).all(axis=1)
            seen += inside.sum()
            if artist.get_clip_on() and not inside.all():
                found.append(f"{name}: {(~inside).sum()} of {len(inside)} points of {artist} lie "
                             f"beyond the frame, such as {points['data'][finite][~inside][0]}")
        if not seen and not axes.images and not _words_within(axes):
            found.append(f"{name} is empty")
    return found


def _words_within(axes):
    """Whether a text in the middle may say why there is nothing else."""
    return any(axes.bbox.contains(*text.get_window_extent().get_points().mean(axis=0))
               for text in axes.texts)


def _data(axes):
    """(artist, its points as {"data", "pixels"}) of lines, collections and bars."""
    for line in axes.lines:
        data = np.column_stack([np.asarray(v, dtype=float) for v in line.get_data(orig=False)])
        yield line, _points(data, line.get_transform())
    for one in axes.collections:
        if isinstance(one, matplotlib.collections.QuadMesh):  # of a colour bar
            corners = one.get_coordinates().reshape(-1, 2)
            yield one, _points(corners, one.get_transform())
            continue
        transform = one.get_transform()
        for path in one.get_paths():
            yield one, _points(path.vertices, transform)
    for bar in axes.patches:
        yield bar, _points(bar.get_path().vertices, bar.get_transform())


def _points(data, transform):
    with np.errstate(all="ignore"):
        return {"data": data, "pixels": transform.transform(data)}


def _empty_keys(figure):
    """Keys of a legend for dashed lines, where no line has these dashes and data."""
    drawn = [line for axes in figure.axes if axes.get_visible() for line in axes.lines
             if np.isfinite(np.asarray(line.get_ydata(), dtype=float)).any()]
    dashes = {str(line._unscaled_dash_pattern) for line in drawn}
    return [f"the legend names '{text.get_text()}', but no line has its dashes"
            for legend in figure.findobj(matplotlib.legend.Legend)
            for line, text in zip(legend.get_lines(), legend.get_texts())
            if line._unscaled_dash_pattern[1] and str(line._unscaled_dash_pattern) not in dashes]


def _silent_scales(figure):
    """Axes that are neither linear nor say so, by powers as ticks or by a word near them."""
    words = " ".join(text.get_text() for text in figure.findobj(lambda one: hasattr(one, "get_text"))
                     if "log" in text.get_text() and "scale" in text.get_text())
    found = []
    for number, axes in enumerate(figure.axes):
        for axis in (axes.xaxis, axes.yaxis) if axes.get_visible() and axes.axison else ():
            ticks = [tick.get_text() for tick in axis.get_ticklabels()]
            own = f"{axis.get_label_text()} {axes.get_title(loc='left')} {words}"
            # Without ticks an axis is that of its neighbour, which has them.
            if axis.get_scale() != "linear" and any(ticks) and not any("10^" in tick for tick in ticks) \
                    and "log scale" not in own:
                found.append(f"axes {number}: {axis.get_scale()} axis '{axis.get_label_text()}' with "
                             f"the ticks {', '.join(ticks)}")
    return found


def unreadable(figure):
    """Words that lie on others or beyond the page."""
    figure.draw_without_rendering()
    page, found = figure.bbox, []
    boxes = [(text, _box(text)) for text in _words(figure)]
    for text, (x0, y0, x1, y1) in boxes:
        if min(x0 - page.x0, y0 - page.y0, page.x1 - x1, page.y1 - y1) < -SLACK:
            found.append(f"'{text.get_text()}' is cut off at the edge of the page")
    for k, (text, (x0, y0, x1, y1)) in enumerate(boxes):
        for other, (u0, v0, u1, v1) in boxes[k + 1:]:
            if min(x1, u1) - max(x0, u0) > SLACK and min(y1, v1) - max(y0, v0) > SLACK:
                found.append(f"'{text.get_text()}' and '{other.get_text()}' overlap")
    return found


def pale(figure):
    """Words that are paler on white than 4.5 : 1."""
    return [f"'{text.get_text()}' is too pale: {style.contrast(text.get_color()):.2f} : 1"
            for text in _words(figure) if not _on_a_surface(text)
            and style.contrast(text.get_color()) < style.LEAST_CONTRAST - 1e-9]


def _words(figure):
    """Every text that is drawn, but for slanted ones."""
    pages = figure.findobj(matplotlib.figure.FigureBase)
    texts = [text for page in {*pages, figure} for text in page.texts]
    for legend in figure.findobj(matplotlib.legend.Legend):
        texts += legend.get_texts()
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        texts += [*axes.texts, axes.title, axes._left_title, axes._right_title]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            ticks = axis._update_ticks() if axis.get_visible() else []
            texts += [axis.label, *(label for tick in ticks for label in (tick.label1, tick.label2))]
    return sorted((text for text in texts if text.get_visible() and text.get_text().strip()
                   and text.get_rotation() % 90 == 0), key=lambda text: text.get_text())


def _box(text):
    """Its ink in pixels: without blank lines at its end and the room between lines."""
    box = text.get_window_extent()
    lines = text.get_text().split("\n")
    inked = max(k for k, line in enumerate(lines, 1) if line.strip())
    slack = 0.1 * min(box.width, box.height) / len(lines)
    return box.x0, box.y1 - box.height * inked / len(lines) + slack, box.x1, box.y1 - slack


def _on_a_surface(text):
    """Whether it lies on a picture or a field of a heat map, whose colour decides its own."""
    axes = text.axes
    return axes is not None and bool(axes.images or any(
        isinstance(one, matplotlib.collections.QuadMesh) for one in axes.collections))
