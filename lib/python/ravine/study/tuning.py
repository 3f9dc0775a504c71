"""Tuned runs: what the search found for each optimizer, and what it gained on fresh seeds."""

import dataclasses

import numpy as np

from . import selection, statistics


@dataclasses.dataclass(frozen=True)
class Gain:
    """One optimizer of a problem: its setting chosen by the search against the untuned rule.

    setting: learning rate and the fields that differ from the default, as text.
    tried, diverged: settings of the search, and how many of them diverged.
    tuned, default: the reported metric on the fresh seeds, in seed order.
    gain: paired difference, positive if tuning helps; None with a seed that diverged.
    """

    label: str
    setting: str
    tried: int
    diverged: int
    tuned: np.ndarray
    default: np.ndarray
    gain: statistics.PairedDifference


@dataclasses.dataclass(frozen=True)
class Spent:
    """The trials that one optimizer of a problem was given.

    settings: learning rates of an untuned run, settings of a search: what selection chose among.
    search, final: trials of the search (0 without one), and those of which results are reported.
    least, most: settings of the optimizers of this problem; one that had fewer was dealt with
    unfairly.
    """

    label: str
    settings: int
    search: int
    final: int
    least: int
    most: int

    @property
    def unequal(self):
        return self.least != self.most


def spent(problem):
    """What every optimizer of a studied Problem was given, but for the untuned rule beside a tuned one."""
    chose = [one for one in problem.entries if one.search is not None] or problem.entries
    counts = [len(one.search) if one.search is not None
              else one.trials["learning_rate"].nunique() for one in chose]
    return [Spent(one.label, count, 0 if one.search is None else len(one.search), len(one.trials),
                  min(counts), max(counts)) for one, count in zip(chose, counts)]


def is_tuned(trials):
    """True if these are the trials of `--tune`."""
    return "stage" in trials and (trials["stage"] == "final").any()


def final(trials, role):
    """Trials of the final stage: role "tuned" or "default". One setting may be both."""
    roles = trials["setting"].str.split()
    return trials[(trials["stage"] == "final") & roles.map(lambda words: role in words)]


def gains(results, problem):
    """The Gains of a studied Problem; none for a run that was not tuned."""
    found = []
    for entry in problem.entries:
        if entry.search is None:
            continue
        default = problem.entry(default_label(results, entry))
        if default is None:
            continue
        sign = 1 if problem.at_least else -1
        gain = None
        if np.isfinite([*entry.finals, *default.finals]).all() and np.array_equal(
                entry.seeds, default.seeds):
            gain = statistics.paired_difference(sign * entry.finals, sign * default.finals)
        found.append(Gain(entry.label, setting_text(results, entry, default), len(entry.search),
                          int((entry.search["outcome"] == "diverged").sum()), entry.finals,
                          default.finals, gain))
    return found


def setting_text(results, entry, default):
    """"learning rate 0.0375, alpha=0.976": the rate, and what differs from the default."""
    chosen, plain = (results.components.arguments(one.trials["optimizer"].iloc[0])
                     for one in (entry, default))
    differing = [f"{key}={value}" for key, value in chosen.items() if plain.get(key) != value]
    return ", ".join([f"learning rate {entry.rate:.4g}", *differing])


def selected(results, entry, criterion):
    """The trial of the search that won."""
    values = selection.final_values(results, entry.search, criterion)
    return values.idxmax() if results.vocabulary.larger_is_better(criterion) else values.idxmin()


def default_label(results, entry):
    """What the untuned rule beside a tuned series is called."""
    contest = entry.search["contest"].iloc[0]
    own = next((label for label, shown in results.labels.items()
                if shown == entry.label and label.startswith(contest)), entry.label)
    label = contest + ", default" + own[len(contest):]
    return results.labels.get(label, label)
