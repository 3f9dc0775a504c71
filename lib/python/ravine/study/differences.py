"""Every optimizer against one of them on the same seeds, problem by problem."""

import dataclasses

import numpy as np

from . import statistics
from .per_problem import common_labels


@dataclasses.dataclass(frozen=True)
class Against:
    """An optimizer's reported metric minus the reference's on one problem, positive is better.

    difference: None where seeds differ or one diverged.
    adjusted_p: Wilcoxon's p after Holm over the problems of this optimizer; NaN without one.
    """

    problem: str
    label: str
    metric: str
    at_least: bool  # whether larger values of it are better
    difference: statistics.PairedDifference
    adjusted_p: float


def against(studied, reference=None):
    """(reference, [Against]), in the order of the problems; the reference is the file's first.

    A reference that was chosen because it won would make the rest look worse than it is.
    """
    labels = common_labels(studied)
    reference = reference or (labels[0] if labels else None)
    found = []
    for label in labels:
        if label != reference:
            pairs = [_difference(problem, label, reference) for problem in studied]
            known = [i for i, pair in enumerate(pairs) if pair]
            adjusted = np.full(len(pairs), np.nan)
            adjusted[known] = statistics.holm([pairs[i].wilcoxon_p for i in known])
            found += [Against(problem.label, label, problem.metric, problem.at_least, pair, float(p))
                      for problem, pair, p in zip(studied, pairs, adjusted)]
    order = [problem.label for problem in studied]
    return reference, sorted(found, key=lambda one: order.index(one.problem))


def _difference(problem, label, reference):
    one, other = problem.entry(label), problem.entry(reference)
    if not np.array_equal(one.seeds, other.seeds) or len(one.seeds) < 2:
        return None
    if not np.isfinite([*one.finals, *other.finals]).all():
        return None
    sign = 1 if problem.at_least else -1
    return statistics.paired_difference(sign * one.finals, sign * other.finals)
