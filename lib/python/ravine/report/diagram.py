"""The critical-difference diagram of Demsar (2006) as an inline SVG in the colours of the page."""

from markupsafe import Markup, escape

from ..study.statistics import groups_not_separated

AXIS, ROW, LETTER = 420, 24, 7.2


def critical_difference_svg(labels, ranks, difference):
    """Mean ranks on a line, best left; bars join optimizers that do not differ significantly."""
    k = len(labels)
    margin = 40 + LETTER * max(len(f"{label} (0.00)") for label in labels)
    width = AXIS + 2 * margin
    order = sorted(range(k), key=lambda j: ranks[j])
    bars = groups_not_separated(list(ranks), difference)
    half = (k + 1) // 2
    top = 46
    below = top + 14 + 9 * len(bars)
    height = below + ROW * half + 12

    def at(rank):
        return margin + AXIS * (rank - 1) / max(1, k - 1)

    parts = [_line(at(1), top, at(k), top)]
    for rank in range(1, k + 1):
        parts += [_line(at(rank), top, at(rank), top - 6),
                  _text(at(rank), top - 10, str(rank), "middle")]
    span = at(1 + difference) - at(1)
    longest = AXIS + margin / 2  # a longer difference separates nothing: its number is enough
    if span <= longest:
        parts += [_line(at(1), 12, at(1) + span, 12, 2), _line(at(1), 8, at(1), 16),
                  _line(at(1) + span, 8, at(1) + span, 16)]
    parts.append(_text(at(1) + (span + 8 if span <= longest else 0), 16,
                       f"CD = {difference:.3f}"))
    for row, (low, high) in enumerate(bars):
        y = top + 10 + 9 * row
        parts.append(_line(at(low) - 4, y, at(high) + 4, y, 4))
    for place, j in enumerate(order):
        left = place < half
        y = below + ROW * (place if left else k - 1 - place) + 10
        edge = margin - 14 if left else width - margin + 14
        parts += [_line(at(ranks[j]), top, at(ranks[j]), y), _line(at(ranks[j]), y, edge, y),
                  _text(edge + (-6 if left else 6), y + 4, f"{labels[j]} ({ranks[j]:.2f})",
                        "end" if left else "start")]
    return Markup(f'<svg class="diagram" viewBox="0 0 {width:.0f} {height}" role="img" '
                  f'aria-label="critical-difference diagram">{"".join(parts)}</svg>')


def _line(x1, y1, x2, y2, width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="currentColor" stroke-width="{width}"/>')


def _text(x, y, text, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
