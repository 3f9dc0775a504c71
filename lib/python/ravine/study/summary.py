"""Conclusions over all problems of a suite: profile, IQM, improvement, ranks, with intervals."""

import dataclasses

import numpy as np
from scipy import stats

from . import statistics
from .baseline import baseline as default_baseline
from .per_problem import common_labels, reference_label, scores, times


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
    ranked: list  # labels of problems whose losses are not on a ratio scale: scored by rank


def summarize(studied, seed=0, baseline=None):
    """The Summary of a study, or None with fewer than two optimizers common to all problems.

    baseline: the label to which speed-ups refer if it reaches every target.
    """
    labels = common_labels(studied)
    if len(labels) < 2:
        return None
    entries = [[p.entry(label) for label in labels] for p in studied]
    seeds = [[one.seeds for one in row] for row in entries]
    steps = [[one.steps for one in row] for row in entries]
    normal = [_normalized(p, row) for p, row in zip(studied, entries)]
    ranked = [p.label for p, row in zip(studied, entries) if _by_rank(p, row)]
    places = [statistics.places(row) for row in normal]  # sorted once, not in every resample

    def b(problems):
        return statistics.integrated_profile(
            np.array([[statistics.median_time(t) for t in row] for row in problems]))

    def iqm(problems):
        return [statistics.iqm(np.concatenate([row[j] for row in problems]))
                for j in range(len(labels))]

    def improvement(problems):
        return np.mean([statistics.improvement_of_places(row) for row in problems], axis=0)

    means = scores(studied, labels)
    median = times(studied, labels)
    reference = reference_label(studied, baseline or default_baseline(studied))
    speed_up = (np.full(len(labels), np.nan) if reference is None else np.array(
        [statistics.speed_up(own, median[:, labels.index(reference)]) for own in median.T]))
    return Summary(labels, statistics.performance_ratios(median),
                   statistics.joint_bootstrap(steps, b, seeds, seed=seed),
                   speed_up, reference,
                   statistics.joint_bootstrap(normal, iqm, seeds, seed=seed),
                   statistics.joint_bootstrap(places, improvement, seeds, seed=seed),
                   statistics.mean_ranks(means), statistics.friedman(means),
                   statistics.critical_difference(len(labels), len(studied)), ranked)


def _normalized(problem, entries):
    """Final metrics as scores: accuracies as they are, losses as best median loss / loss.

    Larger is better; a diverged trial scores 0. A loss of 0 or below has no ratio to others: then
    the score is the share of the problem's other runs that are worse, equal ones counting half.
    """
    finals = [one.finals for one in entries]
    sound = [np.isfinite(own) for own in finals]
    if problem.at_least:
        return [np.where(good, own, 0.0) for own, good in zip(finals, sound)]
    values = np.concatenate(finals)
    if _by_rank(problem, entries):
        worse = (len(values) - stats.rankdata(values)) / max(1, len(values) - 1)
        own = np.split(worse, np.cumsum([len(one) for one in finals])[:-1])
        return [np.where(good, share, 0.0) for share, good in zip(own, sound)]
    # The best median of those that have one: else the best run sets the scale.
    medians = [np.median(own) for own in finals if np.isfinite(np.median(own))]
    best = min(medians or values[np.isfinite(values)], default=1.0)
    return [np.divide(best, own, out=np.zeros(len(own)), where=good)
            for own, good in zip(finals, sound)]


def _by_rank(problem, entries):
    """Whether a loss is not positive: no ratio scale."""
    return not problem.at_least and any((one.finals <= 0).any() for one in entries)
