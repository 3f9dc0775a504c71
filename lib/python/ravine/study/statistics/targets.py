"""Time to a fixed target. A miss is infinity, never the budget (Dahl et al., AlgoPerf, 2023)."""

import numpy as np


def first_reached(at, values, target, at_least=False):
    """The first entry of `at` (steps or seconds) whose value meets the target; inf if none does.

    at_least: True where larger is better. What is not finite, a value or the target, says "not
    measured", "diverged" or "no target": it never meets and is never met.
    """
    values = np.asarray(values, dtype=float)
    with np.errstate(invalid="ignore"):
        reached = values >= target if at_least else values <= target
    reached &= np.isfinite(values) & np.isfinite(target)
    return float(np.asarray(at)[reached.argmax()]) if reached.any() else np.inf


# A target that holds at step 0 took less than a step: half of one, where times are divided.
LEAST_TIME = 0.5


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

    Times below half a step count as that. A problem that neither solves says nothing and is left
    out; NaN if none is left, or if each alone solves a problem, for then neither is faster.
    """
    times, reference = (np.maximum(np.asarray(own, dtype=float), LEAST_TIME)
                        for own in (times, reference))
    known = np.isfinite(times) | np.isfinite(reference)
    logs = np.log(reference[known]) - np.log(times[known])
    if not known.any() or {-np.inf, np.inf} <= set(logs):
        return np.nan
    return float(np.exp(np.mean(logs)))
