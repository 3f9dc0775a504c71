"""How a Comparison is told: a table for the terminal, Markdown for a pull request, JUnit for CI."""

import xml.etree.ElementTree as xml

ORDER = ("regressed", "changed", "inconclusive", "improved", "equivalent", "identical")
COLOURS = {"regressed": 31, "changed": 31, "inconclusive": 33, "improved": 36, "equivalent": 32,
           "identical": 32}
SYMBOLS = {"regressed": "❌", "changed": "❌", "inconclusive": "❔", "improved": "✅",
           "equivalent": "✅", "identical": "✅"}
QUIET = ("equivalent", "improved")
HEADS = ("verdict", "configuration", "at", "effect [95 % CI]", "margin", "d", "p worse", "p better")


def summary(comparison):
    """One sentence: what was found, on how many seeds, with which false-alarm rate."""
    counts = [f"{len(comparison.of(verdict))} {verdict}" for verdict in ORDER
              if comparison.of(verdict)]
    low, high = comparison.seeds
    seeds = f"{low}" if low == high else f"{low} to {high}"
    word = "seed" if low == high == 1 else "seeds"
    text = f"{', '.join(counts)}; {seeds} {word} per configuration"
    if comparison.exact:
        return text + ", every result bit compared"
    return text + f", false-alarm rate at most {100 * comparison.alpha:g} % over all comparisons"


def terminal(comparison, colour=False):
    """The table, worst verdicts first; identical configurations are only counted."""
    rows, details = [], []
    for line in _worst_first(comparison):
        if line.verdict != "identical":
            rows.append(_cells(line))
            details.append((line.verdict, _remarks(line)))
    text = []
    if rows:
        widths = [max(map(len, column)) for column in zip(HEADS, *rows)]
        text.append(_aligned(HEADS, widths))
        for row, (verdict, remarks) in zip(rows, details):
            shown = _aligned(row, widths)
            if colour:
                shown = f"\033[{COLOURS[verdict]}m{row[0]}\033[0m{shown[len(row[0]):]}"
            text.append(shown)
            text += [f"    {remark}" for remark in remarks]
        text.append("")
    text += _notes(comparison)
    text.append(summary(comparison))
    return "\n".join(text) + "\n"


def markdown(comparison):
    """For a pull-request comment: the verdict in the heading, equivalents folded away."""
    code = comparison.exit_code()
    verdict = {0: "✅ no change in convergence", 1: "❌ convergence changed", 3: "❔ inconclusive"}
    text = [f"### {verdict[code]}: {comparison.suite}", "", summary(comparison) + ".", ""]
    lines = [line for line in _worst_first(comparison) if line.verdict != "identical"]
    loud = [line for line in lines if line.verdict not in QUIET]
    quiet = [line for line in lines if line.verdict in QUIET]
    text += _markdown_table(loud)
    if quiet:
        text += [f"<details><summary>{len(quiet)} equivalent or improved</summary>", "",
                 *_markdown_table(quiet), "</details>", ""]
    return "\n".join(text + _notes(comparison)).rstrip() + "\n"


def junit(comparison):
    """One test case per configuration: regressed and changed fail, inconclusive is skipped."""
    suite = xml.Element("testsuite", name=f"convergence {comparison.suite}",
                        tests=str(len(comparison.lines)),
                        failures=str(len(comparison.of("regressed", "changed"))), errors="0",
                        skipped=str(len(comparison.of("inconclusive"))))
    for line in comparison.lines:
        case = xml.SubElement(suite, "testcase", classname=f"convergence.{comparison.suite}",
                              name=f"{line.label}, {line.problem}")
        text = "; ".join(filter(None, [", ".join(filter(None, _cells(line)[2:5])),
                                       *_remarks(line)]))
        if line.verdict in ("regressed", "changed"):
            xml.SubElement(case, "failure", type=line.verdict, message=text)
        elif line.verdict == "inconclusive":
            xml.SubElement(case, "skipped", message=f"inconclusive: {text}")
        else:
            xml.SubElement(case, "system-out").text = f"{line.verdict}: {text}" if text \
                else line.verdict
    xml.indent(suite)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(suite, "unicode") + "\n"


def _worst_first(comparison):
    return sorted(comparison.lines, key=lambda line: ORDER.index(line.verdict))


def _cells(line):
    f = line.finding
    if f is None:
        return [line.verdict, line.label, *[""] * (len(HEADS) - 2)]
    return [line.verdict, line.label, f.coordinate,
            f"{_amount(f, f.effect)} [{_amount(f, f.low)}, {_amount(f, f.high)}]",
            f"±{_amount(f, f.margin).lstrip('+')}", f"{f.standardized:+.2f}",
            _p(f.p_worse), _p(f.p_better)]


def _amount(finding, value):
    """"+12 %" of a ratio, "+0.8 points" of a fraction; positive is worse."""
    if value == float("inf") or value > 100 and finding.ratio:
        return "+inf" if value == float("inf") else f"x{value + 1:.3g}"
    if value == float("-inf"):
        return "-inf"
    return f"{100 * value:+.3g}" + (" %" if finding.ratio else " points")


def _p(value):
    return f"{value:.2g}" if value >= 1e-4 else f"{value:.0e}"


def _remarks(line):
    """The first differing bit or failure, and what would decide an inconclusive one."""
    said = line.diverged if line.verdict in QUIET else line.detail
    remarks = [said] if said else []
    if line.verdict == "inconclusive" and line.finding:
        needed = line.finding.seeds_needed
        remarks.append(f"about {needed} seeds would decide" if needed
                       else "more than 1000 seeds would be needed to decide")
    return remarks


def _notes(comparison):
    notes = []
    if comparison.unjudged:
        notes.append(f"not in the baseline, not judged: {'; '.join(comparison.unjudged)}")
    if comparison.of("inconclusive") and comparison.seeds[0] < comparison.enough_seeds:
        notes.append(f"no change of any size is significant with fewer than "
                     f"{comparison.enough_seeds} seeds here: run --seeds {comparison.enough_seeds} "
                     "or more in both files")
    return notes + [""] if notes else []


def _aligned(cells, widths):
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()


def _markdown_table(lines):
    if not lines:
        return []
    table = ["| | " + " | ".join(HEADS) + " |", "|---" * (len(HEADS) + 1) + "|"]
    for line in lines:
        cells = [cell.replace("|", "\\|") for cell in _cells(line)]
        table.append(f"| {SYMBOLS[line.verdict]} | " + " | ".join(cells) + " |")
        table += [f"| | | _{remark}_ |" + " |" * (len(HEADS) - 2) for remark in _remarks(line)]
    return [*table, ""]
