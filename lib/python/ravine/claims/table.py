"""How judgements are told: a table for the terminal, Markdown, JSON."""

import dataclasses
import json
import math
import textwrap

from .judge import VERDICTS

COLOURS = {"not supported": 31, "inconclusive": 33, "supported": 32, "skipped": 90}
SYMBOLS = {"not supported": "❌", "inconclusive": "❔", "supported": "✅", "skipped": "➖"}
WIDTH = 110


def summary(judged):
    counts = [f"{sum(one.verdict == verdict for one in judged)} {verdict}" for verdict in VERDICTS]
    return f"{len(judged)} claims: {', '.join(counts)}"


def terminal(judged, colour=False):
    """Claim, source, evidence, verdict; a gate has a *."""
    lines, width = [], 2 + max((len(one.id) for one in judged), default=0)
    for suite in dict.fromkeys((one.suite, one.path) for one in judged):
        lines += [f"{suite[0]} ({suite[1]})", ""]
        for one in judged:
            if (one.suite, one.path) == suite:
                lines += _entry(one, width, colour)
        lines.append("")
    return "\n".join([*lines, summary(judged), "* gates", ""])


def _entry(one, width, colour):
    head = f"{one.verdict:14s}{one.id + ('*' if one.gate else ''):{width}s}"
    indent = " " * len(head)
    text = textwrap.wrap(one.sentence, WIDTH - len(head)) or [""]
    shown = f"\033[{COLOURS[one.verdict]}m{head[:14]}\033[0m{head[14:]}" if colour else head
    rest = textwrap.wrap(f"{one.evidence} ({one.source})", WIDTH - len(head))
    return [shown + text[0], *(indent + line for line in [*text[1:], *rest])]


def markdown(judged):
    lines = [summary(judged) + ".", "", "| | claim | sentence | evidence | source |",
             "|---|---|---|---|---|"]
    for one in judged:
        name = f"**{one.id}**" if one.gate else one.id
        cells = (f"{SYMBOLS[one.verdict]} {one.verdict}", name, one.sentence, one.evidence,
                 one.source)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([*lines, "", "Bold: gates.", ""])


def to_json(judged):
    rows = [{name: None if isinstance(value, float) and not math.isfinite(value) else value
             for name, value in dataclasses.asdict(one).items()} for one in judged]
    return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
