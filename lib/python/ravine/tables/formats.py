"""Rows as LaTeX with booktabs, as Markdown, and as CSV with all digits."""

import csv
import io
import itertools
import math
import re

from ..figures.style import rate_text

HEAD = ("optimizer", "learning rate", "final value")
STEPS = "steps to target"
# Backslash first: the replacements of the others have one.
LATEX = {"\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
         "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def booktabs(tables):
    """LaTeX that needs \\usepackage{booktabs}; the notes are comments, for the caption to use."""
    lines = []
    for path, rows, notes in tables:
        timed = any(row.reached is not None for row in rows)
        columns = 3 + timed
        lines += [f"% {path}", *(f"% {note}" for note in notes),
                  rf"\begin{{tabular}}{{l{'r' * (columns - 1)}}}", r"\toprule",
                  " & ".join((*HEAD, STEPS)[:columns]) + r" \\"]
        for (problem, metric), own in _by_problem(rows):
            lines += [r"\midrule", rf"\multicolumn{{{columns}}}{{l}}{{\emph{{{latex(problem)}}}: {latex(metric)}}} \\"]
            for row in own:
                label, rate, *rest = (latex(cell) for cell in cells(row, timed))
                value = rf"\textbf{{{rest[0]}}}" if row.best else rest[0]
                lines.append(" & ".join([label, rate, value, *rest[1:]]) + r" \\")
        lines += [r"\bottomrule", r"\end{tabular}", ""]
    return "\n".join(lines)


def markdown(tables):
    """Tables of GitHub's Markdown with the notes below."""
    lines = []
    for path, rows, notes in tables:
        timed = any(row.reached is not None for row in rows)
        head = ("problem", *HEAD, *([STEPS] if timed else []))
        lines += [f"**{_pipe(path)}**", "", _line(head), _line(["---", "---", *["---:"] * (len(head) - 2)])]
        for (problem, metric), own in _by_problem(rows):
            for nth, row in enumerate(own):
                label, rate, value, *steps = map(_pipe, cells(row, timed))
                lines.append(_line(["" if nth else _pipe(f"{problem}: {metric}"), label, rate,
                                    f"**{value}**" if row.best else value, *steps]))
        lines += ["", *(_pipe(note) for note in notes), ""]
    return "\n".join(lines)


COLUMNS = ("problem", "label", "rate", "at_grid_end", "metric", "median", "low", "high", "seeds", "diverged",
           "reached", "steps", "best")


def comma_separated(tables):
    """One line per row with all digits: fractions as such, inf for a miss, nothing for what is not there."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", *COLUMNS))
    for path, rows, _ in tables:
        for row in rows:
            values = (getattr(row, name) for name in COLUMNS)
            writer.writerow([path, *("" if value is None or value != value else
                                     int(value) if isinstance(value, bool) else value for value in values)])
    return text.getvalue()


FORMATS = {"booktabs": booktabs, "markdown": markdown, "csv": comma_separated}


def cells(row, timed):
    """Optimizer, rate, final value and, in a table with targets, steps: as texts."""
    value = _value(row.median, row.fraction)
    if not math.isnan(row.low):
        value += f" [{_value(row.low, row.fraction)}, {_value(row.high, row.fraction)}]"
    if row.diverged:
        value += f", {row.diverged} of {row.seeds} diverged"
    steps = [] if not timed else ["–"] if row.reached is None else [
        ("miss" if math.isinf(row.steps) else f"{row.steps:.0f}") + f" ({row.reached} of {row.seeds})"]
    return [row.label, rate_text(row.rate) + "*" * row.at_grid_end, value, *steps]


def _value(value, fraction):
    return "lost" if math.isinf(value) else f"{100 * value:.2f}" if fraction else f"{value:.4g}"


def _by_problem(rows):
    return itertools.groupby(rows, key=lambda row: (row.problem, row.metric))


def latex(text):
    """A text whose signs LaTeX shows as they are."""
    return re.sub(r"[\\&%$#_{}~^]", lambda found: LATEX[found[0]], text).replace("–", "--")


def _pipe(text):
    return str(text).replace("|", r"\|").replace("*", r"\*")


def _line(cells_):
    return "| " + " | ".join(cells_) + " |"
