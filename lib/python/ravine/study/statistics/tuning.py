"""What tuning the learning rate did: sensitivity, regret, selection bias."""

import numpy as np

from .bootstrap import joint_bootstrap


def basin_width(rates, values, percent=10.0, at_least=False):
    """Decades of learning rate, around the best, whose final value is within x % of the best.

    Between grid points the value is interpolated linearly in log rate; the ends of the grid bound
    the width from below. For an accuracy the x % are taken of the error 1 - a. Rate 0 is infinitely
    many decades away and left out. 0 if all others diverged, NaN if there are none. Ours.
    """
    at, cost, best, limit = _basin(rates, values, percent, at_least)
    if not np.isfinite(limit):
        return 0.0 if limit == np.inf else np.nan
    return _reach(at, cost, best, limit, 1) - _reach(at, cost, best, limit, -1)


def basin_span(rates, values, percent=10.0, at_least=False):
    """Decades between the extreme rates whose final value is within x % of the best.

    For settings that differ in more than their rate, where no line joins neighbours; what is left
    out, and when it is 0 or NaN, as in basin_width. Ours.
    """
    at, cost, _, limit = _basin(rates, values, percent, at_least)
    if not np.isfinite(limit):
        return 0.0 if limit == np.inf else np.nan
    return float(np.ptp(at[cost <= limit]))


def _basin(rates, values, percent, at_least):
    """(log10 rates ascending, costs, index of the best, the largest cost of the basin).

    The latter is infinite where all diverged, NaN without a rate above 0.
    """
    rates, values = np.asarray(rates, dtype=float), np.asarray(values, dtype=float)
    order = np.argsort(rates)
    order = order[rates[order] > 0]
    if not len(order):
        return rates[:0], values[:0], 0, np.nan
    at, cost = np.log10(rates[order]), values[order]
    cost = 1 - cost if at_least else cost
    cost = np.where(np.isfinite(cost), cost, np.inf)
    best = int(np.argmin(cost))
    return at, cost, best, cost[best] + abs(cost[best]) * percent / 100


def _reach(at, cost, best, limit, step):
    """The log rate at which the cost first crosses the limit, going from the best one way."""
    i = best
    while 0 <= i + step < len(at):
        if cost[i + step] > limit:
            share = (limit - cost[i]) / (cost[i + step] - cost[i])  # 0 before a diverged point
            return at[i] + share * (at[i + step] - at[i])
        i += step
    return at[i]


def regret(values, default, at_least=False):
    """What the untuned rule loses: value at the default rate minus the best value, >= 0.

    Infinite if the default diverged; NaN if all did, for then it loses nothing that can be said.
    """
    values = np.asarray(values, dtype=float)
    if not np.isfinite(values).any():
        return float("nan")
    return float(values.max() - default if at_least else default - values.min())


def selection_bias(selected, fresh, at_least=True, seed=0):
    """metric(selected seed) - mean(fresh seeds), positive if the selected one flatters.

    The interval is the bootstrap over the fresh seeds. Ours: in 19 of 24 published DeepOBS cells
    the selected seed beats the mean of the fresh ones.
    """
    sign = 1.0 if at_least else -1.0
    return joint_bootstrap([[np.asarray(fresh, dtype=float)]],
                           lambda runs: sign * (selected - np.mean(runs[0][0])), seed=seed)
