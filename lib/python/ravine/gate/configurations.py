"""Configurations: the trials that differ in nothing but the seed, matched between two files."""

import dataclasses
import re

import numpy as np
import pandas as pd

from ..errors import Misuse
from ..results import identity

# A new version of a component must not hide a trial from its baseline.
VERSION = " version"
# Of a class in Python, whose text names the hash of its source.
SOURCE = re.compile(r"\bsource=([0-9a-f]+)(?:, )?")
NEAR = 2  # fields in which the configuration that is meant may differ


@dataclasses.dataclass(frozen=True)
class Trial:
    """One trial: its cells and the columns of its curve as arrays, by name."""

    outcome: str
    message: str
    target: str
    curve: dict
    worst: float  # times the loss at step 0: the largest that a loss counts as

    def __len__(self):
        return len(self.curve["step"])

    def measured(self, name):
        """The values of a column that are not NaN ("not measured"); empty if there is no column."""
        values = self.column(name)
        return values[~np.isnan(values)]

    def column(self, name):
        """The values of a column, all NaN if there is no such column."""
        return self.curve.get(name, np.full(len(self), np.nan))

    def known(self, name):
        """Where a column says something: it has a value, or the trial diverged there."""
        known = ~np.isnan(self.column(name))
        if self.outcome == "diverged":
            known[-1:] = True
        return known


@dataclasses.dataclass(frozen=True)
class Pair:
    """One configuration in both files: its trials by seed."""

    label: str
    problem: str
    baseline: dict
    new: dict
    vocabulary: object  # of the baseline
    versions: str = ""  # "optimizer version was 1, is 2; " where components changed

    @property
    def seeds(self):
        return sorted(set(self.baseline) & set(self.new))


def match(baseline, new, subset=False):
    """The configurations of both files as Pairs, and the labels of those only in `new`.

    Raises Misuse if the files cannot be compared: other suites, no common configuration or seed,
    or configurations of the baseline that `new` lacks (unless `subset`).
    """
    suites = [results.attributes.get("suite") for results in (baseline, new)]
    if suites[0] != suites[1]:
        raise Misuse(f"'{baseline.path}' is a baseline of the suite {suites[0]}, '{new.path}' "
                     f"comes from the suite {suites[1]}: name two files of one suite")
    old, new_ = _configurations(baseline), _configurations(new)
    common = [key for key in old if key in new_]
    missing = [key for key in old if key not in new_]
    added = [key for key in new_ if key not in old]
    names = _labels([(baseline, old), (new, new_)])
    if not common:
        why = _nearest(missing[0], added, names)
        raise Misuse(f"'{new.path}' and the baseline '{baseline.path}' have no configuration in "
                     f"common: {why or 'run the command that made the baseline'}")
    if missing and not subset:
        why = _nearest(missing[0], added, names)
        raise Misuse(f"'{new.path}' lacks {len(missing)} of the {len(old)} configurations of the "
                     f"baseline, such as {names[missing[0]]}: "
                     + (why or "run the command that made the baseline, or pass --subset to "
                               "compare only those in both"))
    pairs = [Pair(names[key], old[key].iloc[0]["problem"], _by_seed(baseline, old[key]),
                  _by_seed(new, new_[key]), baseline.vocabulary, _versions(baseline, old[key], new, new_[key]))
             for key in common]
    alone = next((pair for pair in pairs if not pair.seeds), None)
    if alone:
        raise Misuse(f"{alone.label} has the seeds {_some(alone.new)} in '{new.path}' but "
                     f"{_some(alone.baseline)} in the baseline: run the same seeds, which are "
                     "compared in pairs")
    return pairs, [names[key] for key in added]


def _configurations(results):
    """{key: rows of trials}, in the order of the file; a key holds the (field, value) pairs.

    Raises Misuse if trials of one configuration differ in the version of a component, or repeat a
    seed.
    """
    plan, fields = results.plan, _fields(results)
    compared = [name for name in fields if not name.endswith(VERSION)]
    identity.require_apart(results, plan, compared)
    return {_key(fields.loc[group.index[0], compared]): group
            for group in identity.groups(results, plan, set(fields) - set(compared))}


def _fields(results):
    """What identifies trials, with sources as versions: who changes one asks what came of it."""
    fields = results.identity.copy()
    for name in list(fields):
        found = fields[name].str.findall(SOURCE)
        if found.map(len).any():
            fields[f"{name} source{VERSION}"] = found.map(", ".join)
            fields[name] = fields[name].str.replace(SOURCE, "", regex=True)
    return fields


def _key(row):
    return tuple((name, value) for name, value in sorted(row.items()) if value)


def _versions(baseline, old, new, new_):
    """The components whose version changed."""
    found = identity.differences(*(_fields(results).loc[rows.index[0]].to_dict()
                                   for results, rows in ((baseline, old), (new, new_))))
    return "".join(f"{name} was {one or 'none'}, is {other or 'none'}; "
                   for name, (one, other) in found.items() if name.endswith(VERSION))


def _nearest(missing, added, names):
    """What the configuration nearest to a missing one has instead; "" if none is near."""
    found = [(identity.differences(dict(missing), dict(other)), other) for other in added]
    if not found:
        return ""
    differing, _ = min(found, key=lambda one: len(one[0]))
    if len(differing) > NEAR:
        return ""
    said = "; ".join(f"{name.replace('_', ' ')} is {identity.short_value(now, name) or 'none'}, was "
                     f"{identity.short_value(was, name) or 'none'}"
                     for name, (was, now) in differing.items())
    if set(differing) == {"data"}:
        return (f"the data changed ({said}), and results on other data cannot be compared; restore "
                "the file, or renew the baseline if the change is intended")
    return f"for {names[missing]}, {said}; run the command that made the baseline"


def _labels(sides):
    """{key: "adam, lr 0.001, glyphs"}: what tells the configurations of the files apart."""
    rows = {key: (results.identity.loc[rows.index[0]], rows.iloc[0])
            for results, configurations in sides for key, rows in configurations.items()}
    fields = pd.DataFrame([row for row, _ in rows.values()]).fillna("").reset_index(drop=True)
    fields = fields[[name for name in fields if not name.endswith(VERSION)]]
    trials = pd.DataFrame([trial for _, trial in rows.values()]).reset_index(drop=True)
    results = sides[0][0]
    results = dataclasses.replace(results, components=results.components | sides[1][0].components)
    problems = results.components.labels(list(dict.fromkeys(trials["problem"])), always=("data",))
    optimizers = results.components.labels(list(dict.fromkeys(trials["optimizer"])))
    named = trials["problem"] + trials["optimizer"] + trials["learning_rate"].astype(str)
    extra = identity.words(results, fields, named, trials.get("budget_steps"))
    names = {}
    for at, key in enumerate(rows):
        trial = trials.loc[at]
        names[key] = ", ".join([optimizers[trial["optimizer"]], f"lr {trial['learning_rate']:.4g}",
                                *extra[at],
                                *([problems[trial["problem"]]] if len(problems) > 1 else [])])
    return names


def _by_seed(results, rows):
    curves = results.curves
    begin = np.searchsorted(curves["trial"], rows.index, side="left")
    end = np.searchsorted(curves["trial"], rows.index, side="right")
    columns = {name: curves[name].to_numpy() for name in curves if name != "trial"}
    return {int(row["seed"]): Trial(row["outcome"], row.get("message") or "",
                                    row.get("target", "none"),
                                    {name: column[i:j] for name, column in columns.items()},
                                    results.vocabulary.constants["divergence"])
            for (_, row), i, j in zip(rows.iterrows(), begin, end)}


def _some(seeds):
    seeds = sorted(seeds)
    return ", ".join(map(str, seeds[:4])) + (", ..." if len(seeds) > 4 else "")
