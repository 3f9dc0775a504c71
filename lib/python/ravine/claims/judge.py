"""Verdicts: supported, not supported, inconclusive, skipped."""

import dataclasses
import math

import numpy as np

from ..results.components import say
from ..study import statistics
from . import exact, selection
from .claim import claims_of
from .effects import backward, effects, forward

VERDICTS = ("not supported", "inconclusive", "supported", "skipped")


MOST_LOST = 0.1  # share of pairs that may have no finite value


@dataclasses.dataclass(frozen=True)
class Judgement:
    """A row of the table. Statistical fields are NaN or 0 for exact and skipped claims."""

    suite: str
    path: str
    id: str
    sentence: str
    source: str
    gate: bool
    exact: bool
    verdict: str
    evidence: str
    effect: float = math.nan
    low: float = math.nan
    high: float = math.nan
    seeds: int = 0
    p: float = math.nan  # adjusted over the table


@dataclasses.dataclass(frozen=True)
class Finding:
    """What one statistical claim found before Holm; p_true and p_false are one-sided."""

    estimate: statistics.SeedMean  # on the claim's own scale
    p_true: float
    p_false: float
    reason: str = ""  # why nothing can be decided

    @property
    def p(self):
        return 1.0 if self.reason else min(1.0, 2 * min(self.p_true, self.p_false))


def judge(all_results, claims_for=claims_of):
    """The Judgements of result files, exact ones first within each file.

    Holm's correction runs over all statistical claims of the call: with probability 1 - alpha no
    verdict but "inconclusive" is wrong.
    """
    entries = [(results, claim, find(results, claim)) for results in all_results
               for claim in claims_for(results.attributes.get("suite", ""))]
    tested = [finding.p for _, _, finding in entries if isinstance(finding, Finding)]
    adjusted = iter(statistics.holm(tested))
    judged = []
    for results in all_results:
        judged += [_exact(results, row) for row in exact.check_rows(results)]
        judged += [_statistical(results, claim, finding, adjusted)
                   for of, claim, finding in entries if of is results]
    return judged


def failed_gates(judged):
    return [one for one in judged if one.gate and one.verdict == "not supported"]


def scorecard(judged):
    """{suite: [(verdict, id, sentence, evidence)]}: what the report shows."""
    cards = {}
    for one in judged:
        cards.setdefault(one.suite, []).append((one.verdict, one.id, one.sentence, one.evidence))
    return cards


def find(results, claim):
    """The Finding of a claim, or a text that says why it is skipped."""
    trials = selection.with_derived(results.plan)
    own = selection.select(results, trials, claim.where)
    if own.empty:
        problem = _first(claim.where.get("problem", ""))
        needed = problem.get("data") if isinstance(problem, dict) else None
        held = {results.components.arguments(text).get("data") for text in trials["problem"].unique()}
        if needed and needed not in held:
            return f"no data: these results have no trial on {needed}"
        return _undecided("no trial of these results matches the claim")
    measured = effects(results, claim, own)
    found = measured.by_seed
    if len(found) == 0:
        return _undecided("these results have no pair of trials to compare")
    estimate = statistics.seed_mean(found, 1 - claim.alpha)
    p_true, p_false = _p_values(claim, found.to_numpy())
    reason = ""
    if estimate.seeds < claim.seeds:
        reason = f"{claim.seeds} seeds are needed"
    elif measured.lost > MOST_LOST:
        reason = f"{100 * measured.lost:.0f} % of the pairs have no finite value"
    return Finding(_on_own_scale(claim, estimate), p_true, p_false, reason)


def _first(pattern):
    return pattern[0] if isinstance(pattern, list) else pattern


def _undecided(reason):
    return Finding(statistics.SeedMean(np.nan, np.nan, np.nan, 0), 1.0, 1.0, reason)


def _p_values(claim, found):
    """One-sided p-values of the claim's being false, and of its being true.

    "within" is decided by two one-sided tests (Schuirmann, 1987).
    """
    above, below = statistics.p_above, statistics.p_below
    if claim.rule == "within":
        low, high = _bounds(claim)
        return max(above(found, low), below(found, high)), min(below(found, low),
                                                               above(found, high))
    bound = forward(claim, claim.threshold)
    if claim.rule == "above":
        return above(found, bound), below(found, bound)
    return below(found, bound), above(found, bound)


def _bounds(claim):
    """threshold -+ margin; a factor 1 + margin either way for ratios."""
    if claim.statistic in ("ratio", "factor"):
        reach = math.log1p(claim.margin)
        return math.log(claim.threshold) - reach, math.log(claim.threshold) + reach
    return claim.threshold - claim.margin, claim.threshold + claim.margin


def _on_own_scale(claim, estimate):
    return dataclasses.replace(estimate, **{
        name: float(backward(claim, getattr(estimate, name))) for name in ("mean", "low", "high")})


def _exact(results, row):
    good = exact.holds(row["predicted"], row["actual"], row["tolerance"])
    return Judgement(results.attributes.get("suite", ""), results.path, row["id"],
                     row["statement"], "exact check", True, True,
                     "supported" if good else "not supported", exact.evidence(row))


def _statistical(results, claim, finding, adjusted):
    head = (results.attributes.get("suite", ""), results.path, claim.id, claim.sentence,
            claim.source, claim.gate, False)
    if isinstance(finding, str):
        return Judgement(*head, "skipped", finding)
    p, e = float(next(adjusted)), finding.estimate
    verdict = "inconclusive"
    if not finding.reason and p < claim.alpha:
        verdict = "supported" if finding.p_true < finding.p_false else "not supported"
    return Judgement(*head, verdict, _evidence(claim, finding, p), e.mean, e.low, e.high, e.seeds,
                     p)


def _evidence(claim, finding, p):
    """"test_accuracy, hidden - off: 0.021 [0.017, 0.025], claimed above 0.01; 5 seeds, p 0.002"."""
    e = finding.estimate
    if e.seeds == 0:
        return finding.reason
    interval = f" [{e.low:.4g}, {e.high:.4g}]" if np.isfinite(e.low) else ""
    text = (f"{describe(claim)}: {e.mean:.4g}{interval}, claimed {bound_text(claim)}; {e.seeds} "
            f"{'seed' if e.seeds == 1 else 'seeds'}")
    return f"{text}; {finding.reason}" if finding.reason else f"{text}, p = {p:.2g}"


def bound_text(claim):
    """"above 1.5", "0.144 +- 0.015"."""
    if claim.rule == "within":
        return f"{claim.threshold:.4g} +- {claim.margin:.4g}"
    return f"{claim.rule} {claim.threshold:.4g}"


def describe(claim):
    """The effect in words: "ratio of step to test_accuracy>=0.95, batch_norm off / hidden"."""
    of = claim.column
    if claim.target:
        of = f"{claim.column} until {claim.target}"
    elif claim.table != "trials" and claim.take != "last":
        of = f"{claim.take} {claim.column}"
    if claim.layer:
        of += f" of layer {claim.layer}"
    if claim.statistic in ("difference", "ratio"):
        sign = "-" if claim.statistic == "difference" else "/"
        return f"{of}, {_say(claim.a)} {sign} {_say(claim.b)}"
    if claim.over:
        return f"{claim.statistic} of {of} over {claim.over}"
    return of


def _say(patterns):
    return " ".join(f"{column} {'|'.join(map(say, p)) if isinstance(p, list) else say(p)}"
                    for column, p in patterns.items())
