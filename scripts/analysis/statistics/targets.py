"""Time to a fixed target. A miss is infinity, never the budget (Dahl et al., AlgoPerf, 2023)."""

import numpy as np


def first_reached(at, values, target, at_least=False):
    """The first entry of `at` (steps or seconds) whose value meets the target; inf if none does.

    at_least: True where larger is better. NaN, "not measured", never meets a target.
    """
    values = np.asarray(values, dtype=float)
    with np.errstate(invalid="ignore"):
        reached = values >= target if at_least else values <= target
    return float(np.asarray(at)[reached.argmax()]) if reached.any() else np.inf


def median_time(times):
    """Median over seeds; infinite when half of them or more miss (AlgoPerf)."""
    return float(np.median(np.asarray(times, dtype=float)))


def expected_running_time(spent, reached):
    """ERT = sum of the steps of all runs / number of successes (Hansen et al., COCO, 2021).

    spent: steps each run took until its target, or until it ended without; reached: its success.
    """
    successes = np.count_nonzero(reached)
    return float(np.sum(spent) / successes) if successes else np.inf


def speed_up(times, reference):
    """Geometric mean over problems of t_ref / t_s (AlgoPerf); inf times count as such.

    A problem that neither solves says nothing and is left out; NaN if none is left.
    """
    times, reference = np.asarray(times, dtype=float), np.asarray(reference, dtype=float)
    known = np.isfinite(times) | np.isfinite(reference)
    if not known.any():
        return np.nan
    with np.errstate(divide="ignore"):
        logs = np.log(reference[known] / times[known])
    return float(np.exp(np.mean(logs)))
