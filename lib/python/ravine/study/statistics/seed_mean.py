"""The mean of one number per seed against a bound: Student's t."""

import dataclasses

import numpy as np
from scipy import stats


@dataclasses.dataclass(frozen=True)
class SeedMean:
    """A mean over seeds with its confidence interval."""

    mean: float
    low: float
    high: float
    seeds: int


def seed_mean(values, level=0.95):
    """mean +- t_{n-1} s / sqrt(n) (Student, 1908). NaN bounds with fewer than two seeds."""
    values = np.asarray(values, dtype=float)
    if len(values) == 0:
        return SeedMean(np.nan, np.nan, np.nan, 0)
    mean = float(values[0] if _all_equal(values) else values.mean())
    if len(values) == 1:
        return SeedMean(mean, np.nan, np.nan, 1)
    reach = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * _standard_error(values)
    return SeedMean(mean, mean - reach, mean + reach, len(values))


def p_above(values, bound):
    """One-sided p-value of "the mean is at most `bound`": small where it is above.

    Values that agree in every bit (all seeds diverged, say) have no t: then it is the sign test's
    2^-n. One value or none decides nothing: 1.
    """
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return 1.0
    if _all_equal(values):
        return 0.5 ** len(values) if values[0] > bound else 1.0
    return float(stats.t.sf((values.mean() - bound) / _standard_error(values), len(values) - 1))


def p_below(values, bound):
    """One-sided p-value of "the mean is at least `bound`"."""
    return p_above(-np.asarray(values, dtype=float), -bound)


def _standard_error(values):
    return 0.0 if _all_equal(values) else float(values.std(ddof=1) / np.sqrt(len(values)))


def _all_equal(values):
    """To be asked before a mean is taken, which may round."""
    return bool((values == values[0]).all())
