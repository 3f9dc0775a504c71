"""Ranks over problems: Friedman's test and Nemenyi's critical difference (Demsar, 2006)."""

import dataclasses
import math

import numpy as np
from scipy import stats

# Demsar (2006), table 5(a): two-tailed Nemenyi, alpha = 0.05, k = 2..10.
Q_05 = (1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164)


@dataclasses.dataclass(frozen=True)
class Friedman:
    """chi2 with its p-value, and the F of Iman & Davenport (1980) with its."""

    chi2: float
    chi2_p: float
    f: float
    f_p: float


def mean_ranks(scores, at_least=True):
    """R_j: the mean over problems of the rank of solver j, 1 the best; ties share their mean rank.

    scores: shape (problems, solvers); infinities are ranked, all NaN if one is: nobody's place is
    known then.
    """
    scores = np.asarray(scores, dtype=float)
    return stats.rankdata(-scores if at_least else scores, axis=1).mean(axis=0)


def friedman(scores):
    """Friedman's chi2 by scipy, ties corrected, and F = (N-1) chi2 / (N (k-1) - chi2).

    scores: shape (problems N, solvers k); infinities are ranked. For two solvers, which scipy
    refuses, chi2 is the sign test's: (wins - losses)^2 / (wins + losses). Without any difference
    chi2 = 0 and p = 1. NaN with a NaN, and for less than two solvers or two problems.
    Source: Demsar (2006), section 3.2.2.
    """
    scores = np.asarray(scores, dtype=float)
    n, k = scores.shape
    if k < 2 or n < 2 or np.isnan(scores).any():
        return Friedman(math.nan, math.nan, math.nan, math.nan)
    ranks = stats.rankdata(scores, axis=1)
    if (ranks == ranks[:, :1]).all():
        chi2 = 0.0
    elif k == 2:
        signs = np.sign(ranks[:, 0] - ranks[:, 1])
        chi2 = signs.sum() ** 2 / np.abs(signs).sum()
    else:
        chi2 = stats.friedmanchisquare(*ranks.T).statistic
    room = n * (k - 1) - chi2
    f = (n - 1) * chi2 / room if room > 1e-12 else math.inf
    return Friedman(float(chi2), float(stats.chi2.sf(chi2, k - 1)),
                    float(f), float(stats.f.sf(f, k - 1, (k - 1) * (n - 1))))


# Ranks over fewer problems separate nothing reliably: two problems gave p = 0.021 for no difference.
LEAST_PROBLEMS = 5


def critical_difference(solvers, problems):
    """CD = q_.05 sqrt(k (k + 1) / (6 N)): mean ranks further apart differ (Demsar, 2006)."""
    k = solvers
    q = Q_05[k - 2] if k <= 10 else stats.studentized_range.ppf(0.95, k, np.inf) / math.sqrt(2)
    return float(q * math.sqrt(k * (k + 1) / (6 * problems)))


def groups_not_separated(ranks, difference):
    """The bars of the diagram: maximal runs of sorted ranks within one critical difference.

    Returns tuples (best rank, worst rank) of groups with at least two members.
    """
    ordered = sorted(ranks)
    bars = []
    for low in range(len(ordered)):
        high = max(j for j in range(len(ordered)) if ordered[j] - ordered[low] <= difference)
        if high > low and (not bars or high > bars[-1][1]):
            bars.append((low, high))
    return [(ordered[low], ordered[high]) for low, high in bars]
