"""Configurations: the trials that differ in nothing but the seed, matched between two files."""

import dataclasses

import numpy as np
import pandas as pd

from .. import labels
from ..errors import Misuse
from ..series import FACTORS

# A new version of a component, or another build, must not hide a trial from its baseline.
NOT_IN_KEY = ("seed", "versions")
# What files say that were made before trials could say anything else: a baseline stays one.
IMPLIED = {"divergence": "10000"}


@dataclasses.dataclass(frozen=True)
class Trial:
    """One trial: its cells and the columns of its curve as arrays, by name."""

    outcome: str
    message: str
    target: str
    curve: dict

    def __len__(self):
        return len(self.curve["step"])

    def measured(self, name):
        """The values of a column that are no NaN ("not measured"); empty if there is no column."""
        values = self.curve.get(name, np.empty(0))
        return values[~np.isnan(values)]


@dataclasses.dataclass(frozen=True)
class Pair:
    """One configuration in both files: its trials by seed."""

    label: str
    problem: str
    baseline: dict
    new: dict

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
    old_keys, new_keys = _keys(baseline), _keys(new)
    common = [key for key in old_keys if key in new_keys]
    if not common:
        raise Misuse(f"'{new.path}' and the baseline '{baseline.path}' have no configuration in "
                     "common: run the command that made the baseline")
    missing = [key for key in old_keys if key not in new_keys]
    names = _labels(pd.concat([baseline.plan, new.plan], ignore_index=True))
    if missing and not subset:
        example = names[missing[0]]
        raise Misuse(f"'{new.path}' lacks {len(missing)} of the {len(old_keys)} configurations of "
                     f"the baseline, such as {example}: run the command that made the baseline, "
                     "or pass --subset to compare what is there")
    pairs = [Pair(names[key], old_keys[key].iloc[0]["problem"],
                  _by_seed(baseline, old_keys[key]), _by_seed(new, new_keys[key]))
             for key in common]
    alone = next((pair for pair in pairs if not pair.seeds), None)
    if alone:
        raise Misuse(f"{alone.label} has the seeds {_some(alone.new)} in '{new.path}' but "
                     f"{_some(alone.baseline)} in the baseline: run the same seeds, they are "
                     "compared in pairs")
    return pairs, [names[key] for key in new_keys if key not in old_keys]


def _keys(results):
    """{key: rows of trials}, in the order of the file."""
    groups = {}
    for position, row in results.plan.iterrows():
        groups.setdefault(_key(row), []).append(position)
    return {key: results.trials.loc[rows] for key, rows in groups.items()}


def _key(row):
    """The canonical text without seed and versions; of a file without it, the factors."""
    if row.get("spec"):
        lines = dict(line.partition(" = ")[::2] for line in row["spec"].splitlines())
        return tuple(sorted(item for item in {**IMPLIED, **lines}.items()
                            if item[0] not in NOT_IN_KEY))
    return tuple(str(row[name]) for name in ("problem", *FACTORS, "learning_rate") if name in row)


def _labels(trials):
    """{key: "adam, lr 0.001, glyphs"}: what tells the configurations of the files apart."""
    problems = labels.short_labels(list(dict.fromkeys(trials["problem"])), always=("data",))
    optimizers = labels.short_labels(list(dict.fromkeys(trials["optimizer"])))
    varying = [name for name in FACTORS
               if name in trials and name != "optimizer" and trials[name].nunique() > 1]
    names = {}
    for _, row in trials.iterrows():
        words = [optimizers[row["optimizer"]], f"lr {row['learning_rate']:.4g}"]
        words += [f"{name.replace('_', ' ')} {row[name]}" for name in varying]
        words += [problems[row["problem"]]] if len(problems) > 1 else []
        names[_key(row)] = ", ".join(words)
    return names


def _by_seed(results, rows):
    curves = results.curves
    begin = np.searchsorted(curves["trial"], rows.index, side="left")
    end = np.searchsorted(curves["trial"], rows.index, side="right")
    columns = {name: curves[name].to_numpy() for name in curves if name != "trial"}
    return {int(row["seed"]): Trial(row["outcome"], row.get("message") or "",
                                    row.get("target", "none"),
                                    {name: column[i:j] for name, column in columns.items()})
            for (_, row), i, j in zip(rows.iterrows(), begin, end)}


def _some(seeds):
    seeds = sorted(seeds)
    return ", ".join(map(str, seeds[:4])) + (", ..." if len(seeds) > 4 else "")
