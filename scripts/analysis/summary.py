"""Conclusions over all problems of a suite: profile, IQM, improvement, ranks, with intervals."""

import dataclasses

import numpy as np

from . import statistics
from .study import common_labels, reference_label, scores, times


@dataclasses.dataclass(frozen=True)
class Summary:
    """Statistics of the optimizers that ran on every problem; arrays in the order of `labels`."""

    labels: list
    ratios: np.ndarray  # r_{s,p}, shape (problems, labels)
    integrated: statistics.Interval  # B
    speed_up: np.ndarray  # over `reference`; NaN without one
    reference: str
    iqm: statistics.Interval  # of normalized scores
    improvement: statistics.Interval  # P(row better than column)
    ranks: np.ndarray
    friedman: statistics.Friedman
    critical_difference: float


def summarize(studied, seed=0):
    """The Summary of a study, or None with fewer than two optimizers common to all problems."""
    labels = common_labels(studied)
    if len(labels) < 2:
        return None
    entries = [[p.entry(label) for label in labels] for p in studied]
    seeds = [[one.seeds for one in row] for row in entries]
    steps = [[one.steps for one in row] for row in entries]
    normal = [_normalized(p, row) for p, row in zip(studied, entries)]

    def b(problems):
        return statistics.integrated_profile(
            np.array([[statistics.median_time(t) for t in row] for row in problems]))

    def iqm(problems):
        return [statistics.iqm(np.concatenate([row[j] for row in problems]))
                for j in range(len(labels))]

    def improvement(problems):
        return np.mean([statistics.improvement_matrix(row) for row in problems], axis=0)

    ranks = statistics.mean_ranks(scores(studied, labels))
    median = times(studied, labels)
    reference = reference_label(studied)
    speed_up = (np.full(len(labels), np.nan) if reference is None else np.array(
        [statistics.speed_up(own, median[:, labels.index(reference)]) for own in median.T]))
    return Summary(labels, statistics.performance_ratios(median),
                   statistics.joint_bootstrap(steps, b, seeds, seed=seed),
                   speed_up, reference,
                   statistics.joint_bootstrap(normal, iqm, seeds, seed=seed),
                   statistics.joint_bootstrap(normal, improvement, seeds, seed=seed),
                   ranks, statistics.friedman(ranks, len(studied)),
                   statistics.critical_difference(len(labels), len(studied)))


def _normalized(problem, entries):
    """Final metrics as scores: accuracies as they are, losses as best median loss / loss.

    Larger is better and 1 is the best; a diverged trial scores 0. Losses that are not positive are
    ranked instead, the best run of the problem scoring 1, the worst 0.
    """
    finals = [one.finals for one in entries]
    if problem.at_least:
        return [np.where(np.isfinite(own), own, 0.0) for own in finals]
    values = np.concatenate(finals)
    if values.min() > 0:
        best = min(np.median(own) for own in finals)
        return [np.where(np.isfinite(own), best / own, 0.0) for own in finals]
    ordered = np.sort(values)
    place = [np.searchsorted(ordered, own) / max(1, len(ordered) - 1) for own in finals]
    return [1 - own for own in place]
