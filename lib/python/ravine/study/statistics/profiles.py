"""Performance profiles over problems (Dolan & More, 2002) and their integral (AlgoPerf, 2023)."""

import numpy as np

from .targets import LEAST_TIME

R_MAX = 4.0


def performance_ratios(times):
    """r_{s,p} = t_{s,p} / min_s t_{s,p}, shape (problems, solvers); inf where s misses.

    Times below half a step count as that: a target that holds at step 0 has ratios, too. NaN, a time
    that nobody measured, is a miss.
    """
    times = np.nan_to_num(np.asarray(times, dtype=float), nan=np.inf, posinf=np.inf)
    times = np.maximum(times, LEAST_TIME)
    best = times.min(axis=1, keepdims=True, initial=np.inf)
    ratios = np.full(times.shape, np.inf)
    return np.divide(times, best, out=ratios, where=np.isfinite(times))


def profile(ratios, taus):
    """rho_s(tau) = share of problems with r_{s,p} <= tau, shape (taus, solvers)."""
    return np.mean(np.asarray(ratios)[None] <= np.asarray(taus)[:, None, None], axis=1)


def integrated_profile(times, r_max=R_MAX):
    """B_s = 1/(r_max - 1) * integral_1^{r_max} rho_s(tau) dtau, one value per solver, in [0, 1].

    Each problem adds the length of the part of [1, r_max] right of its ratio.
    """
    ratios = np.minimum(performance_ratios(times), r_max)
    return np.mean((r_max - ratios) / (r_max - 1), axis=0)
