"""Which trials a claim is about, and which of them are compared with which."""

import re

import pandas as pd

from ..results import identity
from ..study import selection
from ..study.series import WITHIN, Series


def with_derived(trials):
    """The trials with columns that claims want and files do not hold: depth, diverged."""
    added = {"diverged": (trials["outcome"] == "diverged").astype(float)}
    if "problem_hidden" in trials:
        added["depth"] = trials["problem_hidden"].map(_depth)
    return trials.assign(**added)


def _depth(hidden):
    """Hidden layers of "100x3" or "500-200x2"; NaN without any."""
    widths = re.findall(r"\d+(?:x(\d+))?", str(hidden or ""))
    return float(sum(int(times or 1) for times in widths)) if widths else float("nan")


def select(results, trials, patterns):
    """The trials that match every pattern {column: pattern}; none where a column is missing."""
    for column, pattern in patterns.items():
        if column not in trials:
            return trials.iloc[:0]
        choices = pattern if isinstance(pattern, list) else [pattern]
        known = {value: any(matches(results, value, one) for one in choices)
                 for value in trials[column].unique()}
        trials = trials[trials[column].map(known).astype(bool)]
    return trials


def matches(results, value, pattern):
    """True for the number itself, the text itself, and a component that the pattern describes."""
    if isinstance(pattern, (str, dict)):
        return results.components.matches(str(value), pattern)
    return value == pattern


def setting(results, claim, trials):
    """One text per trial: those with equal ones agree in all that the claim does not vary.

    Compared trials agree in every line of their canonical text but the seed, what the claim
    compares, what it runs along and what it ignores.
    """
    free = {field for column in (*claim.compared, *claim.ignore, claim.over) if column
            for field in identity.field_names(column)}
    if claim.rate == "best":
        free.add("learning_rate")
    return identity.key(results, trials, free)


def at_best_rate(results, claim, trials):
    """Of every setting the trials at its best learning rate, chosen on validation.

    A setting is what differs in anything but rate and seed.
    """
    kept = []
    for group in identity.groups(results, trials, WITHIN):
        metric = selection.criterion(results, group["problem"].iloc[0])
        rate = selection.best_rate(results, Series("", "", group), metric)
        kept.append(group[group["learning_rate"] == rate])
    return pd.concat(kept) if kept else trials
