"""Aggregates over runs and problems (Agarwal et al., 2021; Dodge et al., 2019)."""

import math

import numpy as np


def iqm(scores):
    """Interquartile mean: the mean of the middle half of all runs of all problems.

    floor(n/4) scores are trimmed on each side (Agarwal et al., 2021, section 4.3).
    """
    ordered = np.sort(np.ravel(np.asarray(scores, dtype=float)))
    trim = math.floor(0.25 * len(ordered))
    return float(np.mean(ordered[trim : len(ordered) - trim]))


def probability_of_improvement(x, y, at_least=True):
    """P(X > Y) = U / (n_x n_y), ties one half (Agarwal et al., 2021, equation 2), of one problem.

    U is the statistic of Mann & Whitney (1947). at_least=False: smaller is better.
    """
    x, y = np.asarray(x, dtype=float)[:, None], np.asarray(y, dtype=float)[None, :]
    wins = x > y if at_least else x < y
    return float(np.mean(wins + 0.5 * (x == y)))


def improvement_matrix(runs, at_least=True):
    """P(i better than j) for all pairs of optimizers on one problem; runs: one array for each."""
    if len({len(own) for own in runs}) > 1:
        return np.array([[probability_of_improvement(x, y, at_least) for y in runs] for x in runs])
    values = np.array(runs, dtype=float) * (1 if at_least else -1)
    x, y = values[:, None, :, None], values[None, :, None, :]
    return np.mean((x > y) + 0.5 * (x == y), axis=(2, 3))


def expected_best_of_k(values, k, at_least=True):
    """E[max of k] = sum_v v (P(V <= v)^k - P(V < v)^k) (Dodge et al., 2019, equation 3).

    What tuning with a budget of k trials is worth, drawn with replacement from the values seen.
    at_least=False: the expected minimum.
    """
    sign = 1.0 if at_least else -1.0
    ordered, counts = np.unique(sign * np.asarray(values, dtype=float), return_counts=True)
    cumulative = np.concatenate([[0], np.cumsum(counts)]) / counts.sum()
    weights = np.diff(cumulative**k)
    # A diverged trial is worth -inf; it matters only while it can be the best of k.
    worth = np.where(weights > 0, ordered, 0.0)
    return float(sign * np.sum(worth * weights))
