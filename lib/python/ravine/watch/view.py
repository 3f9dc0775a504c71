"""One picture of a run as lines of text."""

import math

from ..results.columns import printable

BARS = "▁▂▃▄▅▆▇█"
LEAST_WIDTH, NAME_WIDTH, CURVE_WIDTH = 40, 34, 40
OUTCOMES = ("completed", "target_reached", "stuck", "diverged", "failed")


def view(seen, results, width=80, height=None):
    """The lines that tell a status (results/FORMAT.md) and the Results so far, or None before the first trial.

    No line is longer than `width`; with a `height`, what does not fit is counted.
    """
    width = max(width, LEAST_WIDTH)
    lines = [_head(seen), _progress(seen, width)]
    lines += [f"{shard['output']}: {shard['state']}, {_share(shard)}" for shard in seen["shards"]]
    lines += [f"damaged: {text}" for text in seen["damaged"]]
    if results is not None and len(results.plan):
        lines += _outcomes(results.plan)
        for problem, trials in results.plan.groupby("problem", sort=False):
            lines += ["", problem, *_table(results, trials, width)]
    if height and len(lines) > height:
        lines = [*lines[:height - 1], f"... {len(lines) - height + 1} more lines: enlarge the window, or use --once"]
    return [_cut(printable(line), width) for line in lines]


def spark(values, width):
    """A curve of at most `width` blocks on a logarithmic scale, a space where a value is not finite and positive.

    Each block is the last value of its share of the curve.
    """
    values = list(values)
    count = min(width, len(values))
    picked = [values[(at + 1) * len(values) // count - 1] for at in range(count)]
    logs = [math.log(value) if math.isfinite(value) and value > 0 else None for value in picked]
    known = [value for value in logs if value is not None]
    low, spread = (min(known), max(known) - min(known)) if known else (0, 0)
    return "".join(" " if value is None else BARS[round((value - low) / spread * (len(BARS) - 1)) if spread else 0]
                   for value in logs)


def duration(seconds):
    """"3 min", "2.5 h"."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"


def _head(seen):
    holder = seen["holder"] or {}
    where = f" on {holder['host']}" if holder.get("host") else ""
    since = f" for {duration(holder['elapsed_seconds'])}" if holder.get("elapsed_seconds") is not None else ""
    return f"{seen['suite'] or 'run'}  {seen['state']}{where}{since}  {seen['output']}"


def _progress(seen, width):
    left = seen["seconds_left"]
    words = _share(seen) + (f", {duration(left)} left" if left is not None and seen["state"] == "running" else "")
    if not seen["planned"]:
        return words
    room = max(8, min(30, width - len(words) - 3))
    full = min(room, room * seen["finished"] // seen["planned"])
    return f"{'█' * full}{'░' * (room - full)}  {words}"


def _share(seen):
    total = "an unknown number" if seen["planned"] is None else seen["planned"]
    bad = "".join(f", {seen[name]} {name}" for name in ("diverged", "failed") if seen[name])
    return f"{seen['finished']} of {total}{bad}"


def _outcomes(plan):
    counts = plan["outcome"].value_counts()
    return ["  ".join(f"{name.replace('_', ' ')} {counts[name]}" for name in OUTCOMES if name in counts)]


def _table(results, trials, width):
    """A line for each optimizer, lowest objective first: its trials, and its best trial's last value and curve."""
    curves = dict(iter(results.curves[results.curves["trial"].isin(trials.index)].groupby("trial")["objective"]))
    rows = []
    for optimizer, own in trials.groupby("optimizer", sort=False):
        ends = {trial: float(curves[trial].iloc[-1]) for trial in own.index if trial in curves}
        finite = {trial: end for trial, end in ends.items() if math.isfinite(end)}
        best = min(finite, key=finite.get, default=None)
        rows.append((math.inf if best is None else finite[best], optimizer, len(own), best))
    names = min(NAME_WIDTH, max(len("optimizer"), *(len(row[1]) for row in rows)), width - 24)
    room = max(0, min(CURVE_WIDTH, width - names - 23))
    lines = [f"{'optimizer':{names}} {'trials':>6} {'objective':>11}  curve of its best trial"]
    for end, optimizer, count, best in sorted(rows, key=lambda row: row[0]):
        shown = "-" if best is None else f"{end:.5g}"
        curve = spark(curves[best], room) if best is not None and room else ""
        lines.append(f"{_cut(printable(optimizer), names):{names}} {count:>6} {shown:>11}  {curve}".rstrip())
    return lines


def _cut(text, width):
    return text if len(text) <= width else text[:width - 1] + "…"
