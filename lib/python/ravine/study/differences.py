"""Every optimizer against one of them on the same seeds, problem by problem."""

import dataclasses
import itertools

import numpy as np
from scipy import stats

from . import statistics
from .baseline import baseline
from .per_problem import common_labels

ALPHA = 0.05


@dataclasses.dataclass(frozen=True)
class Against:
    """An optimizer's reported metric minus the reference's on one problem, positive is better.

    difference: None where seeds differ or one diverged.
    adjusted_p: Wilcoxon's p after Holm over the problems of this optimizer; NaN without one.
    """

    problem: str
    label: str
    metric: str
    at_least: bool  # whether larger values of it are better
    difference: statistics.PairedDifference
    adjusted_p: float


def against(studied, reference=None):
    """(reference, [Against]), in the order of the problems; without a reference it is baseline(studied)."""
    labels = common_labels(studied)
    reference = reference or baseline(studied)
    found = []
    for label in labels:
        if label != reference:
            pairs = [_difference(problem, label, reference) for problem in studied]
            known = [i for i, pair in enumerate(pairs) if pair]
            adjusted = np.full(len(pairs), np.nan)
            adjusted[known] = statistics.holm([pairs[i].wilcoxon_p for i in known])
            found += [Against(problem.label, label, problem.metric, problem.at_least, pair, float(p))
                      for problem, pair, p in zip(studied, pairs, adjusted)]
    order = [problem.label for problem in studied]
    return reference, sorted(found, key=lambda one: order.index(one.problem))


def _difference(problem, label, reference):
    one, other = problem.entry(label), problem.entry(reference)
    if not np.array_equal(one.seeds, other.seeds) or len(one.seeds) < 2:
        return None
    if not np.isfinite([*one.finals, *other.finals]).all():
        return None
    sign = 1 if problem.at_least else -1
    return statistics.paired_difference(sign * one.finals, sign * other.finals)


def winner(problem):
    """The label that beats every other of a Problem on the same seeds, or None.

    Wilcoxon's signed-rank test, Holm over all pairs: the best was not named before it won, so that
    comparing it with the others alone would flatter it. A lost seed is worse than any value, two lost ones
    are equal; nobody beats an optimizer that ran on other seeds.
    """
    entries = problem.entries
    pairs = list(itertools.combinations(range(len(entries)), 2))
    gains = [_gains(problem, entries[i], entries[j]) for i, j in pairs]
    adjusted = statistics.holm([1.0 if d is None else statistics.wilcoxon_p(d) for d in gains])
    wins = np.zeros(len(entries))
    for (i, j), d, p in zip(pairs, gains, adjusted):
        if p < ALPHA:
            wins[i if np.sign(d) @ stats.rankdata(np.abs(d)) > 0 else j] += 1
    return next((one.label for one, count in zip(entries, wins) if 0 < count == len(entries) - 1), None)


def least_p(problem):
    """The smallest adjusted p that `winner` could find for one pair with as many seeds as there are."""
    seeds, count = min(len(one.seeds) for one in problem.entries), len(problem.entries)
    return min(1.0, 2 * 0.5**seeds * (count * (count - 1) / 2))


def _gains(problem, one, other):
    """By how much one is better, seed by seed; None if their seeds differ."""
    if not np.array_equal(one.seeds, other.seeds):
        return None
    sign = 1 if problem.at_least else -1
    with np.errstate(invalid="ignore"):
        d = sign * (one.finals - other.finals)
    return np.where(np.isnan(d), 0.0, d)
