"""Aggregates over runs and problems (Agarwal et al., 2021; Dodge et al., 2019)."""

import math

import numpy as np


def iqm(scores):
    """Interquartile mean: the mean of the middle half of all runs of all problems.

    floor(n/4) scores are trimmed on each side (Agarwal et al., 2021, section 4.3). NaN if a score
    is: sorting would trim it.
    """
    ordered = np.sort(np.ravel(np.asarray(scores, dtype=float)))
    if np.isnan(ordered).any():
        return math.nan
    trim = math.floor(0.25 * len(ordered))
    return float(np.mean(ordered[trim : len(ordered) - trim]))


def probability_of_improvement(x, y, at_least=True):
    """P(X > Y) = U / (n_x n_y), ties one half (Agarwal et al., 2021, equation 2), of one problem.

    U is the statistic of Mann & Whitney (1947). at_least=False: smaller is better. NaN if a value is.
    """
    return float(improvement_matrix([x, y], at_least)[0, 1])


def improvement_matrix(runs, at_least=True):
    """P(i better than j) for all pairs of optimizers on one problem; runs: one array for each.

    NaN in the row and column of an optimizer with a value that is NaN.
    """
    found = improvement_of_places(places(runs), 1 if at_least else -1)
    for i in (i for i, own in enumerate(runs) if np.isnan(np.asarray(own, dtype=float)).any()):
        found[i, :] = found[:, i] = np.nan
    return found


def places(runs):
    """The values of all runs as integers from 0 in their common order; equal ones share theirs."""
    runs = [np.asarray(own, dtype=float) for own in runs]
    _, codes = np.unique(np.concatenate(runs), return_inverse=True)
    return np.split(codes, np.cumsum([len(own) for own in runs])[:-1])


def improvement_of_places(codes, sign=1):
    """The improvement_matrix of `places`, which a bootstrap sorts once and draws from.

    With n_i(v) runs of i at place v it is sum_v n_i(v) (N_j(v-1) + n_j(v) / 2) / (n_i n_j), N_j
    being cumulated. Sums of halves are exact, so comparing all pairs gives the same digits, but
    takes time that grows with the square of the seeds.
    """
    width = 1 + max(int(own.max(initial=-1)) for own in codes)
    counts = np.array([np.bincount(own, minlength=width) for own in codes], dtype=float)
    below = np.cumsum(counts, axis=1) - 0.5 * counts
    sizes = counts.sum(axis=1)
    better = counts @ below.T / np.outer(sizes, sizes)
    return better if sign > 0 else better.T


def expected_best_of_k(values, k, at_least=True):
    """E[max of k] = sum_v v (P(V <= v)^k - P(V < v)^k) (Dodge et al., 2019, equation 3).

    What tuning with a budget of k trials is worth, drawn with replacement from the values seen.
    at_least=False: the expected minimum. Worst values count as such (infinite); NaN if a value is.
    """
    sign = 1.0 if at_least else -1.0
    if np.isnan(values).any():
        return math.nan
    ordered, counts = np.unique(sign * np.asarray(values, dtype=float), return_counts=True)
    cumulative = np.concatenate([[0], np.cumsum(counts)]) / counts.sum()
    weights = np.diff(cumulative**k)
    # A diverged trial is worth -inf; it matters only while it can be the best of k.
    worth = np.where(weights > 0, ordered, 0.0)
    return float(sign * np.sum(worth * weights))
