"""Two result files compared: bits first, then statistics for what differs."""

import dataclasses

from .configurations import match
from .exact import first_difference, no_longer_measured
from .judge import ALPHA, Finding, fewest_seeds, judge
from .measure import measurable, measure


@dataclasses.dataclass(frozen=True)
class Line:
    """One configuration of the comparison."""

    label: str
    problem: str
    verdict: str  # of judge.VERDICTS, or "identical"
    detail: str  # the first differing bit, or the message of a failed trial; "" if none
    finding: Finding = None  # None where bits alone, or a failure, decide
    diverged: str = ""  # how many seeds diverge, where that changed: told whatever the verdict


@dataclasses.dataclass(frozen=True)
class Comparison:
    """What a gate run found; lines in the order of the baseline."""

    suite: str
    exact: bool
    alpha: float
    seeds: tuple  # smallest and largest number of paired seeds
    enough_seeds: int  # the fewest with which anything can be significant
    lines: list
    unjudged: list  # labels of configurations that the baseline does not have

    def __str__(self):
        from .output import terminal

        return terminal(self)

    def of(self, *verdicts):
        return [line for line in self.lines if line.verdict in verdicts]

    def exit_code(self, allow_inconclusive=False):
        if self.of("regressed", "changed"):
            return 1
        return 3 if self.of("inconclusive") and not allow_inconclusive else 0


def compare(new, baseline, exact=False, alpha=ALPHA, subset=False):
    """The Comparison of two Results. Raises Misuse if they cannot be compared."""
    pairs, unjudged = match(baseline, new, subset)
    differences = [_differences(pair) for pair in pairs]
    failures = [_failure(pair) for pair in pairs]
    lost = [_lost(pair) if differences[i] else "" for i, pair in enumerate(pairs)]
    # What is not measured any more cannot be judged, so it is a change whatever the rest says.
    tested = [i for i, pair in enumerate(pairs) if differences[i] and not failures[i]
              and not lost[i] and not exact and measurable(pair)]
    findings = dict(zip(tested, judge([measure(pairs[i]) for i in tested], alpha)))
    lines = []
    for i, pair in enumerate(pairs):
        detail = failures[i] or lost[i] or (_first(pair, differences[i]) if differences[i] else "")
        if i in findings:
            verdict = findings[i].verdict
        elif failures[i] and failures[i].startswith("baseline"):
            verdict = "inconclusive"
        else:
            verdict = ("regressed" if failures[i] else "changed") if detail else "identical"
        lines.append(Line(pair.label, pair.problem, verdict, detail, findings.get(i),
                          _diverged(pair)))
    counts = [len(pair.seeds) for pair in pairs]
    return Comparison(baseline.attributes.get("suite", ""), exact, alpha,
                      (min(counts), max(counts)), fewest_seeds(alpha, 2 * max(len(tested), 1)),
                      lines, unjudged)


def _differences(pair):
    found = (first_difference(pair, seed) for seed in pair.seeds)
    return [difference for difference in found if difference]


def _lost(pair):
    found = (no_longer_measured(pair, seed) for seed in pair.seeds)
    return next((text for text in found if text), "")


def _diverged(pair):
    """How many seeds diverge, where that changed; else ""."""
    new, old = (sum(trials[seed].outcome == "diverged" for seed in pair.seeds)
                for trials in (pair.new, pair.baseline))
    return f"{new} of {len(pair.seeds)} seeds diverge, {old} in the baseline" if new != old else ""


def _first(pair, differences):
    """The first differing bit, after what changed in versions and in counts of diverged seeds."""
    diverged = _diverged(pair)
    return pair.versions + (f"{diverged}; " if diverged else "") + str(differences[0])


def _failure(pair):
    """What a trial said that failed in one of the files: now, or else in the baseline."""
    for prefix, trials, others in (("", pair.new, pair.baseline),
                                   ("baseline ", pair.baseline, pair.new)):
        for seed in pair.seeds:
            if trials[seed].outcome == "failed" != others[seed].outcome:
                return f"{prefix}seed {seed} failed: {trials[seed].message or 'no message'}"
    return ""
