"""Results in notebooks: a curve in SVG and a short table, without JavaScript, in the colours of the page's text."""

import html
import math

from . import identity

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 560, 150, 52, 22, 8, 160  # the legend is to the right of the axes
DASHES = ("", "6 3", "2 2")  # lines differ in print and for the colour-blind, too
COLOURS = ("#3b7dd8", "#d9822b", "#2a9d6f")  # legible on white and on black
LOSSES = ("train_loss", "validation_loss", "test_loss")


def measured(curve):
    """The losses of a curve (pandas) that have a value, or its objective where it has none."""
    return [name for name in LOSSES if name in curve and curve[name].notna().any()] or ["objective"]


def curve_svg(lines, label="step"):
    """A small picture of lines {name: (x, y)}; the y-axis is logarithmic where all y are positive.

    Values that are not finite leave a gap. At most three lines are drawn.
    """
    lines = {name: [(float(a), float(b)) for a, b in zip(x, y)] for name, (x, y) in list(lines.items())[:3]}
    points = [one for line in lines.values() for one in line if all(map(math.isfinite, one))]
    if not points:
        return ""
    is_log = min(y for _, y in points) > 0
    scaled = math.log10 if is_log else float
    right = max(x for x, _ in points) or 1
    low, high = (scaled(pick(y for _, y in points)) for pick in (min, max))
    spread = high - low or 1

    def place(x, y):
        return (LEFT + (WIDTH - LEFT - RIGHT) * x / right,
                TOP + (HEIGHT - TOP - BOTTOM) * (high - scaled(y)) / spread)

    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img" '
             f'aria-label="{html.escape(", ".join(lines))} against {html.escape(label)}" '
             'style="max-width:100%;font:11px sans-serif" fill="currentColor">',
             f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="currentColor" '
             'stroke-opacity="0.5"/>']
    ticks = [(high, TOP + 8), (low, HEIGHT - BOTTOM)] if high > low else [(low, TOP + 8)]
    for value, y in ticks:
        parts.append(f'<text x="{LEFT - 4}" y="{y}" text-anchor="end">{10 ** value if is_log else value:.3g}</text>')
    if is_log:
        parts.append(f'<text x="{WIDTH - RIGHT + 10}" y="{HEIGHT - BOTTOM}">log scale</text>')
    parts.append(f'<text x="{LEFT}" y="{HEIGHT - 6}">0</text><text x="{WIDTH - RIGHT}" y="{HEIGHT - 6}" '
                 f'text-anchor="end">{html.escape(label)} {right:g}</text>')
    for number, (name, line) in enumerate(lines.items()):
        parts.append(f'<path d="{_path(line, place)}" fill="none" stroke="{COLOURS[number]}" stroke-width="2" '
                     f'stroke-dasharray="{DASHES[number]}"/>')
        y = TOP + 10 + 14 * number
        parts.append(f'<path d="M{WIDTH - RIGHT + 10} {y - 4}h22" fill="none" stroke="{COLOURS[number]}" stroke-width="2" '
                     f'stroke-dasharray="{DASHES[number]}"/><text x="{WIDTH - RIGHT + 36}" y="{y}">'
                     f'{html.escape(name.replace("_", " "))}</text>')
    return "".join([*parts, "</svg>"])


def _path(line, place):
    words, pen = [], "M"
    for point in line:
        if not all(map(math.isfinite, point)):
            pen = "M"
            continue
        words.append("{}{:.1f} {:.1f}".format(pen, *place(*point)))
        pen = "L"
    return "".join(words)


def table(rows):
    """A table of two columns, of names and values."""
    cells = "".join(f'<tr><th style="text-align:left">{html.escape(name)}</th>'
                    f'<td style="text-align:left">{html.escape(str(value))}</td></tr>' for name, value in rows)
    return f"<table>{cells}</table>"


def trial_html(result):
    """A Result as a notebook shows it."""
    curve = result.curve
    names = measured(curve)
    last = curve.iloc[-1]
    rows = [("trial", result.id), ("outcome", result.outcome + (f": {result.message}" if result.message else "")),
            ("steps", f"{result.steps} of {result.total_steps}"),
            ("training time", f"{result.train_seconds:.3g} s"),
            *((f"last {name.replace('_', ' ')}", f"{last[name]:.6g}") for name in names)]
    picture = curve_svg({name: (curve["step"], curve[name]) for name in names})
    return f"<div>{picture}{table(rows)}</div>"


def results_html(results):
    """A Results as a notebook shows it: what ran, and on the first problem one setting each of three optimizers."""
    plan = results.plan
    outcomes = plan["outcome"].value_counts()
    rows = [("file", results.path), ("suite", results.attributes.get("suite", "")),
            ("trials", f"{len(plan)} ({', '.join(f'{count} {name}' for name, count in outcomes.items())})"
             if len(plan) else "0"),
            *((f"{name}s", len(plan[name].unique())) for name in ("problem", "optimizer")),
            ("seeds", len(plan["seed"].unique()))]
    if plan.empty:
        return f"<div>{table(rows)}</div>"
    problem = plan["problem"].iloc[0]
    best = _best_settings(results, plan[plan["problem"] == problem])
    picture = curve_svg({_short(name): (curve.index, curve) for name, curve in best.items()})
    if picture:
        rows.append(("curves", f"objective on {problem}: medians over seeds, for each of {len(best)} optimizers at the "
                     "setting whose median ended lowest"))
    return f"<div>{picture}{table(rows)}</div>"


def _best_settings(results, trials, count=3):
    """{optimizer's name: its median curve over seeds} of the settings that ended lowest, one of each optimizer."""
    found = {}
    for rows in identity.groups(results, trials):
        own = results.curves[results.curves["trial"].isin(rows.index)]
        curves = own["objective"].fillna(math.inf).groupby(own["step"])  # NaN is no value to skip
        seeds = curves.size()
        curve = curves.median()[seeds == seeds.max()]  # where every seed was still there
        if len(curve) and math.isfinite(curve.iloc[-1]):
            name = results.components.name(rows["optimizer"].iloc[0])
            if name not in found or curve.iloc[-1] < found[name].iloc[-1]:
                found[name] = curve
    return dict(sorted(found.items(), key=lambda item: item[1].iloc[-1])[:count])


def _short(text, most=20):
    return text if len(text) <= most else text[:most - 1] + "…"
