"""What a suite's trials say about its optimizers, problem by problem: the numbers of the report.

An optimizer is represented by the trials at its best learning rate, chosen on validation
(selection.py) and reported on test; runs are compared by seed.
"""

import dataclasses
import re

import numpy as np
import pandas as pd

from . import selection, statistics, tuning
from .series import problems, series_of


@dataclasses.dataclass(frozen=True)
class Entry:
    """One series (line of a figure) on one problem, at its chosen rate; arrays in seed order."""

    label: str
    optimizer: str
    trials: pd.DataFrame  # at all rates
    chosen: pd.DataFrame  # at the chosen rate
    rate: float
    at_grid_end: bool
    seeds: np.ndarray
    finals: np.ndarray  # the reported metric; infinite (worst) where the trial diverged
    steps: np.ndarray  # to the target; inf for a miss
    seconds: np.ndarray
    spent: np.ndarray  # steps until the target, or until the end without
    search: pd.DataFrame = None  # of a tuned optimizer: the trials of its search

    @property
    def tried(self):
        """The trials that say how the optimizer fares at several learning rates."""
        return self.trials if self.search is None else self.search


@dataclasses.dataclass(frozen=True)
class Problem:
    """One problem with its entries, in the order of the file."""

    text: str
    label: str
    criterion: str  # decides the learning rate
    metric: str  # is reported
    target_metric: str
    target: float  # NaN: none, for every optimizer diverged
    target_given: bool  # by the trials; otherwise derived (see derived_target)
    entries: list
    vocabulary: object  # of the results

    @property
    def at_least(self):
        """Whether larger values of the reported metric are better."""
        return self.vocabulary.larger_is_better(self.metric)

    @property
    def selects_largest(self):
        """Whether larger values of the criterion are better."""
        return self.vocabulary.larger_is_better(self.criterion)

    def entry(self, label):
        return next((one for one in self.entries if one.label == label), None)


def study(results):
    """The Problems of a result file that have a finished trial."""
    found = (problem_study(results, text) for text in problems(results))
    return [problem for problem in found if problem.entries]


def problem_study(results, text):
    """The Problem of one problem text."""
    if ("study", text) not in results.remembered:
        results.remembered["study", text] = _problem(results, text, problems(results)[text],
                                                     series_of(results, text))
    return results.remembered["study", text]


def budget_values(results, problem, entry):
    """The final criterion of every trial of a series: what random tuning draws from.

    A diverged trial is worth the untrained model, the median criterion at step 0: that is what a
    tuner keeps whose trials all diverge. NaN where that was not measured.
    """
    values = selection.final_values(results, entry.tried, problem.criterion).to_numpy()
    untrained = _untrained(results, entry, problem.criterion)
    return np.where(np.isfinite(values), values, untrained)


def _untrained(results, entry, criterion):
    """The median criterion at step 0; NaN where it was not measured."""
    start = results.curves[(results.curves["step"] == 0)
                           & results.curves["trial"].isin(entry.tried.index)]
    known = start[criterion][np.isfinite(start[criterion])]
    return float(known.median()) if len(known) else np.nan


def common_labels(studied):
    """The optimizers that ran on every problem: only these are compared over problems."""
    return [entry.label for entry in studied[0].entries
            if all(problem.entry(entry.label) for problem in studied)] if studied else []


def comparable(studied):
    """The problems over which optimizers are compared: the largest table without gaps.

    Of all sets of optimizers, two or more, that problems have in common, the one for which problems
    times optimizers is largest, then the one with more problems; one problem alone only where no
    two have such a set. Empty without any.
    """
    shared = {frozenset(one.label for one in problem.entries) for problem in studied}
    todo = list(shared)
    while todo:
        new = {todo[-1] & other for other in shared} - shared
        todo = todo[:-1] + sorted(new, key=sorted)
        shared |= new
    tables = [(labels, [p for p in studied if all(p.entry(label) for label in labels)])
              for labels in sorted(shared, key=sorted) if len(labels) > 1]
    return max(tables, default=((), []), key=lambda one: (
        len(one[1]) > 1, len(one[0]) * len(one[1]), len(one[1])))[1]


def scores(studied, labels):
    """Mean final metric, larger is better, shape (problems, optimizers); -inf after a divergence."""
    return np.array([[(1 if p.at_least else -1) * np.mean(p.entry(label).finals)
                      for label in labels] for p in studied])


def times(studied, labels):
    """Median steps to the target, shape (problems, optimizers); inf for a miss."""
    return np.array([[statistics.median_time(p.entry(label).steps) for label in labels]
                     for p in studied])


def reference_label(studied, preferred=None):
    """The optimizer to which speed-ups refer, or None: it must reach every target.

    preferred: taken if it does; else the first that does, in alphabetical order.
    """
    labels = sorted(common_labels(studied), key=lambda label: (label != preferred, label))
    return next((label for label in labels if np.isfinite(times(studied, [label])).all()), None)


def _problem(results, text, label, series):
    criterion = selection.criterion(results, text)
    curves = results.curves[results.curves["trial"].isin(
        results.plan.index[results.plan["problem"] == text])]
    metric = next((m for m in results.vocabulary.reported if m in curves and np.isfinite(curves[m]).any()), criterion)
    rates = {one.label: selection.best_rate(results, one, criterion) for one in series}
    chosen = {one.label: one.trials[one.trials["learning_rate"] == rates[one.label]]
              .sort_values("seed", kind="stable") for one in series}
    declared = {one.label: _declared(one) for one in series}
    common = next(filter(None, declared.values()), None)
    given = common is not None
    target = common or (criterion, derived_target(results, chosen, criterion))
    # A series whose trials aim elsewhere says so in its label, and is timed by its own target.
    entries = [_entry(results, one, rates[one.label], chosen[one.label], curves, metric,
                      declared[one.label] or target) for one in series]
    return Problem(text, label, criterion, metric, *target, given, entries, results.vocabulary)


def _declared(series):
    """(metric, bound) of the target that the trials of a series have, or None."""
    text = str(series.trials["target"].iloc[0]) if "target" in series.trials else ""
    found = re.fullmatch(r"(\w+)(>=|<=)(.+)", text)
    return (found[1], float(found[3])) if found else None


def derived_target(results, chosen, criterion):
    """Where no target is published: the median over optimizers of their median final criterion.

    Half of the optimizers that trained reach it with half of their seeds; those whose median
    diverged have no say. NaN, no target, if all did.
    """
    medians = np.array([
        selection.quartiles(selection.final_values(results, trials, criterion).to_numpy())[1]
        for trials in chosen.values()])
    trained = medians[np.isfinite(medians)]
    return float(np.quantile(trained, 0.5, method="nearest")) if len(trained) else np.nan


def _entry(results, series, rate, chosen, curves, metric, target):
    target_metric, bound = target
    at_least = results.vocabulary.larger_is_better(target_metric)
    # What a file lacks (baselines have no timings) is NaN throughout.
    at, timed, values = (curves[name].to_numpy() if name in curves else np.full(len(curves), np.nan)
                         for name in ("step", "train_seconds", target_metric))
    begin, end = (np.searchsorted(curves["trial"], chosen.index, side) for side in ("left", "right"))
    steps, seconds, spent = [], [], []
    for i, j, outcome in zip(begin, end, chosen["outcome"]):
        # A trial that diverged did not keep what it may have reached on its way.
        bound_here = np.nan if outcome == "diverged" else bound
        steps.append(statistics.first_reached(at[i:j], values[i:j], bound_here, at_least))
        seconds.append(statistics.first_reached(timed[i:j], values[i:j], bound_here, at_least))
        spent.append(min(steps[-1], float(at[j - 1]) if j > i else 0.0))
    return Entry(series.label, series.optimizer, series.trials, chosen, rate,
                 selection.at_grid_end(series, rate), chosen["seed"].to_numpy(),
                 selection.final_values(results, chosen, metric).to_numpy(),
                 np.array(steps), np.array(seconds), np.array(spent), series.search)


def selection_bias(results, problem, entry):
    """Interval of reported metric(selected trial) - mean(fresh seeds at its rate), or None.

    The selected trial is the best of all rates and seeds on the criterion. None with fewer than
    two fresh seeds that did not diverge, or if the selected one did. In a tuned run the seeds of
    the final stage are the fresh ones.
    """
    if entry.search is not None:
        best = tuning.selected(results, entry, problem.criterion)
        finals = selection.final_values(results, entry.search, problem.metric)
        return _bias(finals[best], entry.finals, problem.at_least)
    criterion = selection.final_values(results, entry.trials, problem.criterion)
    selected = criterion.idxmax() if problem.selects_largest else criterion.idxmin()
    rate = entry.trials.loc[selected, "learning_rate"]
    same = entry.trials[entry.trials["learning_rate"] == rate]
    finals = selection.final_values(results, same, problem.metric)
    return _bias(finals[selected], finals.drop(selected).to_numpy(), problem.at_least)


def _bias(selected, fresh, at_least):
    fresh = fresh[np.isfinite(fresh)]
    if len(fresh) < 2 or not np.isfinite(selected):
        return None
    return statistics.selection_bias(selected, fresh, at_least)
