"""Stratified bootstrap intervals, joint over optimizers where these share seeds."""

import dataclasses

import numpy as np

RESAMPLES = 2000
LEVEL = 0.95


@dataclasses.dataclass(frozen=True)
class Interval:
    """An estimate with its interval. paired: False if some optimizers had seeds of their own."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    paired: bool = True


def joint_bootstrap(problems, statistic, seeds=None, resamples=RESAMPLES, level=LEVEL, seed=0):
    """Percentile interval of statistic(problems) when seeds are drawn anew within each problem.

    Infinite draws are order statistics like others; one NaN among them makes both ends NaN.

    Source: Agarwal et al. (2021), section 4.1. **Deviates:** seeds are drawn jointly for all
    optimizers of a problem, because they share initial point and batch order: differences between
    optimizers are paired. Optimizers whose seeds differ are drawn by themselves.

    problems: one entry per problem, a list with an array of runs for each optimizer.
    seeds: the same nesting with the seeds of the runs; None says that all are shared.
    statistic: function of such a nested list, returns a number or an array.
    """
    shared = [_shared(runs, seeds and seeds[p]) for p, runs in enumerate(problems)]
    value = np.asarray(statistic(problems), dtype=float)
    random = np.random.default_rng(seed)
    draws = np.empty((resamples, *value.shape))
    for b in range(resamples):
        draws[b] = statistic([_resample(runs, pair, random)
                              for runs, pair in zip(problems, shared)])
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = _quantiles(draws, tails)
    return Interval(value, low, high, all(shared))


def _shared(runs, seeds):
    if seeds is not None:
        return all(np.array_equal(own, seeds[0]) for own in seeds)
    return len({len(own) for own in runs}) == 1


def _resample(runs, pair, random):
    if pair:
        drawn = random.integers(len(runs[0]), size=len(runs[0]))
        return [np.asarray(own)[drawn] for own in runs]
    return [np.asarray(own)[random.integers(len(own), size=len(own))] for own in runs]


def _quantiles(draws, tails):
    """Order statistics (no interpolation, which would make NaN of two infinities)."""
    return np.quantile(draws, tails, axis=0, method="nearest")
