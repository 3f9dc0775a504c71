"""The verdict on each configuration, with a false-alarm rate that holds over all of them."""

import dataclasses
import math

import numpy as np
from scipy import stats

from ..study.statistics import holm, sign_flip
from .measure import signed_ranks

ALPHA = 0.01
LEVEL = 0.95
MOST_SEEDS = 1000
VERDICTS = ("regressed", "changed", "inconclusive", "improved", "equivalent")


@dataclasses.dataclass(frozen=True)
class Finding:
    """What is known about one configuration, described by its most telling coordinate."""

    verdict: str
    p_worse: float  # Holm-adjusted
    p_better: float
    coordinate: str
    ratio: bool  # effect, low, high and margin are ratios - 1 (else differences)
    effect: float  # positive: worse
    low: float
    high: float
    margin: float
    standardized: float  # mean of the differences / their standard deviation
    seeds: int
    seeds_needed: object = None  # of an inconclusive one; None if more than MOST_SEEDS


def judge(configurations, alpha=ALPHA):
    """One Finding for each Measured.

    With m configurations, 2 m one-sided hypotheses ("worse", "better") are tested by sign flips of
    whole curves and adjusted by Holm: the probability that any unchanged configuration is called
    regressed, changed or improved is at most alpha.

      regressed     significantly worse, and not inside the margin
      changed       significant, but every confidence interval lies inside its margin
      improved      significantly better, and not inside the margin
      equivalent    not significant, and every confidence interval lies inside its margin
      inconclusive  neither: more seeds would decide
    """
    if not configurations:
        return []
    p_values = [sign_flip(_tested(one)) for one in configurations]
    adjusted = holm(np.ravel(p_values)).reshape(-1, 2)
    return [_finding(one, worse, better, alpha, 2 * len(configurations))
            for one, (worse, better) in zip(configurations, adjusted)]


def _tested(measured):
    """The differences; ranks where some are infinite, because a target was missed."""
    d = measured.differences.copy()
    infinite = ~np.isfinite(d).all(axis=0)
    d[:, infinite] = signed_ranks(d[:, infinite])
    return d


def _finding(measured, p_worse, p_better, alpha, hypotheses):
    mean, low, high, deviation = _intervals(measured.differences)
    inside = bool(np.all((low > -measured.margins) & (high < measured.margins)))
    seeds = len(measured.differences)
    needed = None
    if min(p_worse, p_better) < alpha:
        worse = p_worse < alpha
        verdict = "changed" if inside else "regressed" if worse else "improved"
        shown = _most_material(measured, (mean, low, high), worse)
    else:
        verdict = "equivalent" if inside else "inconclusive"
        shown = int(np.argmax(np.maximum(np.abs(low), np.abs(high)) / measured.margins))
        if not inside:
            needed = seeds_needed(measured, mean, deviation, alpha, hypotheses)
    standardized = mean[shown] / deviation[shown] if 0 < deviation[shown] < np.inf else np.nan
    ratio = bool(measured.ratio[shown])
    show = np.expm1 if ratio else float
    with np.errstate(over="ignore"):
        return Finding(verdict, float(p_worse), float(p_better), measured.names[shown], ratio,
                       float(show(mean[shown])), float(show(low[shown])), float(show(high[shown])),
                       float(show(measured.margins[shown])), float(standardized), seeds, needed)


def _intervals(d):
    """Mean, ends of Student's interval and standard deviation of each coordinate.

    A target missed on one side only, or a single seed, leaves the interval unbounded; a
    coordinate without any difference has the interval [0, 0].
    """
    n = len(d)
    with np.errstate(invalid="ignore"):
        mean = d.mean(axis=0)
        deviation = d.std(axis=0, ddof=1) if n > 1 else np.where(mean == 0, 0.0, np.inf)
    unbounded = ~np.isfinite(mean) | ~np.isfinite(deviation)
    half = stats.t.ppf((1 + LEVEL) / 2, max(n - 1, 1)) * deviation / math.sqrt(n)
    half = np.where(unbounded, np.inf, half)
    center = np.where(np.isfinite(mean), mean, 0.0)
    mean = np.where(np.isnan(mean), 0.0, mean)
    return mean, center - half, center + half, np.where(unbounded, np.inf, deviation)


def _most_material(measured, intervals, worse):
    """Of the coordinates whose interval excludes zero, the one furthest out in its margin."""
    mean, low, _ = intervals if worse else [-part for part in (intervals[0], *intervals[:0:-1])]
    size = np.where(low > 0, mean, -np.inf) / measured.margins
    return int(np.argmax(size))


def fewest_seeds(alpha, hypotheses):
    """The fewest seeds whose smallest p-value, 2^-n, survives Holm's factor: 2^n > 2 m / alpha."""
    return math.floor(math.log2(hypotheses / alpha)) + 1


def seeds_needed(measured, mean, deviation, alpha, hypotheses):
    """The fewest seeds that would decide if mean and deviation stay as they are; None if too many.

    Either all intervals then lie inside their margins, or one coordinate is significant at
    alpha / (2 m coordinates).
    """
    least = fewest_seeds(alpha, hypotheses)
    n = np.arange(2, MOST_SEEDS + 1)[:, None]
    now = len(measured.differences)
    if now < 2 or not np.isfinite(deviation).all():
        return max(least, now + 1)
    half = stats.t.ppf((1 + LEVEL) / 2, n - 1) * deviation / np.sqrt(n)
    equivalent = np.all(np.abs(mean) + half < measured.margins, axis=1)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        t = np.nan_to_num(np.abs(mean) / deviation) * np.sqrt(n)
    needed_t = stats.t.ppf(1 - alpha / (hypotheses * len(mean)), n - 1)
    significant = np.any(t > needed_t, axis=1) & (n[:, 0] >= least)
    decided = (equivalent | significant) & (n[:, 0] > now)
    return int(n[decided.argmax(), 0]) if decided.any() else None
