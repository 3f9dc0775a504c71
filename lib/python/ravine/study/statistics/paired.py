"""Differences between two optimizers, or two versions, that ran on the same seeds."""

import dataclasses

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from .bootstrap import joint_bootstrap

# Up to 2^16 sign patterns are enumerated: the test is exact. Beyond, 2^17 are drawn.
ENUMERATED_SEEDS = 16
DRAWN_FLIPS = 2**17


@dataclasses.dataclass(frozen=True)
class PairedDifference:
    """mean of d_i = x_i - y_i with its bootstrap interval, and Wilcoxon's two-sided p."""

    mean: float
    low: float
    high: float
    wilcoxon_p: float
    pairs: int


def paired_difference(x, y, seed=0):
    """Same seed, same initial point and batch order: d_i = x_i - y_i (Demsar, 2006, section 3.1.3).

    The interval is the percentile bootstrap over seeds. All NaN if a value is not finite: the
    difference of two misses is unknown.
    """
    with np.errstate(invalid="ignore"):
        d = np.asarray(x, dtype=float) - np.asarray(y, dtype=float)
    if not np.isfinite(d).all() or not len(d):
        return PairedDifference(np.nan, np.nan, np.nan, np.nan, len(d))
    interval = joint_bootstrap([[d]], lambda runs: np.mean(runs[0][0]), seed=seed)
    return PairedDifference(float(interval.value), float(interval.low), float(interval.high),
                            wilcoxon_p(d), len(d))


def wilcoxon_p(differences):
    """Two-sided p of Wilcoxon's signed-rank test (1945), zeros left out; 1 without any other.

    Exact up to 16 differences, ties or not, by all signs of their ranks; beyond, scipy's.
    """
    d = np.asarray(differences, dtype=float)
    d = d[d != 0]
    if not len(d):
        return 1.0
    if len(d) > ENUMERATED_SEEDS:
        return float(stats.wilcoxon(d).pvalue)
    ranks = stats.rankdata(np.abs(d))
    sums = np.abs(_flips(len(d), 0) @ ranks)
    return float(np.mean(sums >= abs(np.sign(d) @ ranks) - 1e-9))


def holm(p_values):
    """Adjusted p-values: max over i <= j of (m - i) p_(i), capped at 1 (Holm, 1979); none of none."""
    p = np.asarray(p_values, dtype=float)
    return multipletests(p, method="holm")[1] if len(p) else p


def sign_flip(differences, seed=0):
    """One-sided p-values (positive, negative) for "some coordinate of d has a mean above/below 0".

    Statistic: max_k sum_i d_ik / sqrt(sum_i d_ik^2), which grows with the t of coordinate k and
    keeps its denominator when signs are flipped. Under the hypothesis that the two versions are
    exchangeable given the seed, flipping the sign of all coordinates of a seed together changes
    nothing in distribution, whatever the correlation along the curve: p is the share of flips
    that do as well as no flip (Fisher, 1935; max-statistic: Westfall & Young, 1993).

    differences: shape (seeds, coordinates).
    """
    d = np.asarray(differences, dtype=float)
    # Scaled first: squares of tiny differences would underflow, of huge ones overflow.
    largest = np.abs(d).max(axis=0, initial=0)
    d = d / np.where(largest > 0, largest, 1)
    size = np.sqrt(np.sum(d**2, axis=0))
    d = d / np.where(size > 0, size, 1)
    sums = _flips(len(d), seed) @ d
    # One part in 10^9 is less than any real tie breaks, and more than the rounding of a sum.
    above = sums.max(axis=1) >= d.sum(axis=0).max() - 1e-9
    below = (-sums).max(axis=1) >= (-d.sum(axis=0)).max() - 1e-9
    return float(np.mean(above)), float(np.mean(below))


def _flips(seeds, seed):
    """Sign patterns, shape (patterns, seeds); the first is the identity."""
    if seeds <= ENUMERATED_SEEDS:
        patterns = (np.arange(2**seeds)[:, None] >> np.arange(seeds)) & 1
    else:
        random = np.random.default_rng(seed)
        patterns = random.integers(0, 2, size=(DRAWN_FLIPS, seeds), dtype=np.int8)
        patterns[0] = 0
    return 1.0 - 2.0 * patterns
