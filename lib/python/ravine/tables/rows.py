"""The rows of a table for a paper: an optimizer on a problem, at the rate that validation chose."""

import dataclasses

import numpy as np

from ..figures.axes import FRACTION, metric_label
from ..study import statistics, study
from ..study.differences import ALPHA, least_p, winner
from ..study.series import titles

LEAST_SEEDS = 6


@dataclasses.dataclass(frozen=True)
class Row:
    """One optimizer on one problem.

    median, low, high: of the reported metric over seeds, with the bootstrap interval of 95 %, or with
    the least and the largest value of fewer than LEAST_SEEDS; infinite where the runs were lost, NaN
    bounds of one seed. reached, steps: seeds that met the target that the file gives, and their median
    steps, infinite for a miss; None without one. best: better than each of the others by the paired test.
    """

    problem: str
    metric: str
    label: str
    rate: float
    at_grid_end: bool
    median: float
    low: float
    high: float
    fraction: bool
    seeds: int
    diverged: int
    reached: int | None
    steps: float | None
    best: bool


def rows(results):
    """The Rows of a result file, problem by problem in its order."""
    named, found = titles(results), []
    for problem in study(results):
        units, best = results.units_of(problem.text), winner(problem)
        for one in problem.entries:
            given = problem.target_given
            found.append(Row(
                named[problem.text], metric_label(problem.metric, units), one.label, one.rate, one.at_grid_end,
                *median_interval(one.finals), units.get(problem.metric) == FRACTION, len(one.seeds),
                int((one.chosen["outcome"] == "diverged").sum()),
                int(np.isfinite(one.steps).sum()) if given else None,
                statistics.median_time(one.steps) if given else None, one.label == best))
    return found


def median_interval(values):
    """(median, low, high) over seeds; NaN bounds for one seed, which says nothing about others.

    The range of n seeds holds the median with probability 1 - 2^(1 - n), whatever the distribution
    (Conover 1999, section 3.2): no interval of 95 % can be made of fewer than LEAST_SEEDS.
    """
    if len(values) < 2:
        return float(values[0]), np.nan, np.nan
    if len(values) < LEAST_SEEDS:
        ordered = np.sort(values)
        return float(np.median(ordered)), float(ordered[0]), float(ordered[-1])
    found = statistics.joint_bootstrap([[values]], lambda runs: np.median(runs[0][0]))
    return float(found.value), float(found.low), float(found.high)


def notes(results):
    """What a reader must know to read the rows: sentences."""
    studied = study(results)
    few = any(len(one.seeds) < LEAST_SEEDS for problem in studied for one in problem.entries)
    bounds = f", or with the range of fewer than {LEAST_SEEDS} seeds" if few else ""
    said = [f"Median over seeds of the final value, with its 95 % bootstrap interval{bounds}; the learning rate "
            "was chosen on validation data. A diverged seed counts as the worst value and as a miss.",
            "Bold: better than every other optimizer on the same seeds (Wilcoxon's signed-rank test, Holm over "
            f"all pairs, {100 * ALPHA:g} %)."]
    small = [problem for problem in studied if least_p(problem) >= ALPHA]
    if small:
        count = max(len(problem.entries[0].seeds) for problem in small)
        where = "" if len(small) == len(studied) else f" on {len(small)} of {len(studied)} problems"
        said.append(f"With {count} seeds this test cannot tell so many optimizers apart{where}: run more seeds, "
                    "or show fewer optimizers.")
    if any(one.at_grid_end for problem in studied for one in problem.entries):
        said.append("* an end of the rates tried: a better one may lie beyond.")
    return said
