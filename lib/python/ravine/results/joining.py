"""Several result files as one: the optimizers of one suite beside those of another, on the same problems."""

import dataclasses
import pathlib

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..errors import Misuse
from .identity import short_value
from .load import Results
from .vocabulary import ROLES

REMEDY = "run both alike, or leave out --together"
# Beside budget and protocol; a record changes nothing in what it records.
ALSO_ALIKE = ("precision", "data", "problem version")
NOT_ALIKE = ("record",)


def join(all_results):
    """The Results of the plans of all files, in their order; trials that several files have count once.

    Each file has a problem in common with those before it. Raises Misuse, one sentence, where problems
    that are the same were trained under different protocols, budgets or data, where one file is tuned and
    another is not, or where files contradict each other.
    """
    joined = all_results[0]
    for nth, other in enumerate(all_results[1:], 1):
        earlier = [one for one in all_results[:nth] if _shared(one, other)]
        if not earlier:
            raise Misuse(f"'{other.path}' has no problem in common with '{joined.path}': nothing can be compared; name "
                         "files that share one, or leave out --together")
        for one in earlier:
            _require_alike(one, other)
        joined = _join(joined, other)
    paths = [pathlib.Path(one.path) for one in all_results]
    together = paths[0].with_name("+".join(path.stem for path in paths) + ".h5")
    return dataclasses.replace(joined, path=str(together), attributes=joined.attributes | {
        "file": " + ".join(path.name for path in paths)})


def _join(one, other):
    repeated = _repeated(one, other)
    plans = one.plan, other.plan[~other.plan["id"].isin(repeated)]
    # New numbers for the trials, here and in all that refers to them.
    moved = [dict(zip(plan.index, range(start, start + len(plan))))
             for plan, start in zip(plans, (0, len(plans[0])))]
    trials = _stacked([plan.rename(index=numbers) for plan, numbers in zip(plans, moved)])
    trials.index.name = "trial"

    def rows(frames):
        return _stacked([frame[frame["trial"].isin(numbers)].assign(trial=lambda own, n=numbers: own["trial"].map(n))
                         for frame, numbers in zip(frames, moved)]).reset_index(drop=True)

    tables = {name: rows([part.tables.get(name, pd.DataFrame({"trial": []})) for part in (one, other)])
              for name in one.tables | other.tables}
    units = {name: unit if other.units.get(name, unit) == unit else "mixed" for name, unit in one.units.items()}
    return Results(one.path, trials, rows([one.curves, other.curves]), other.units | units,
                   _told(one.attributes, other.attributes, " + ") | {"digest": ""},
                   _told(one.environment, other.environment, " | "), tables, _checks(one, other),
                   _vocabulary(one, other), one.components | other.components)


def _shared(one, other):
    """The texts of the problems on which both ran."""
    return [text for text in dict.fromkeys(one.plan["problem"]) if (other.plan["problem"] == text).any()]


def _require_alike(one, other):
    labels = one.components.labels(list(dict.fromkeys(one.plan["problem"])), always=("data",))
    names = [name for name in dict.fromkeys((*one.vocabulary.budget, *one.vocabulary.protocol, *other.vocabulary.budget,
                                             *other.vocabulary.protocol, *ALSO_ALIKE)) if name not in NOT_ALIKE]
    for text in _shared(one, other):
        rows = [part.identity.loc[part.plan.index[part.plan["problem"] == text]] for part in (one, other)]
        settings = [own.reindex(columns=names, fill_value="").drop_duplicates() for own in rows]
        kinds = [set(own.itertuples(index=False, name=None)) for own in settings]
        if kinds[0] <= kinds[1] or kinds[1] <= kinds[0]:
            continue
        differing = next((name for name in names if {*settings[0][name]} != {*settings[1][name]}), None)
        told = (f"{differing.replace('_', ' ')} ({_values(settings[0][differing])} and "
                f"{_values(settings[1][differing])})" if differing else "how their protocols combine")
        raise Misuse(f"'{one.path}' and '{other.path}' differ on {labels[text]} in {told}: their trials cannot be "
                     f"compared; {REMEDY}")
    tuned = [_is_tuned(part.plan) for part in (one, other)]
    if tuned[0] != tuned[1]:
        first, second = (part.path for part in ((one, other) if tuned[0] else (other, one)))
        raise Misuse(f"'{first}' is tuned and '{second}' is not: their optimizers had unequal chances; {REMEDY}")


def _values(column):
    return ", ".join(short_value(value, column.name) or "none" for value in dict.fromkeys(column))


def _is_tuned(plan):
    return "stage" in plan and (plan["stage"] == "final").any()


def _repeated(one, other):
    """The ids of trials that both have. Raises Misuse if one of them went another way."""
    ids = set(one.plan["id"]) & set(other.plan["id"])
    for name in sorted(ids):
        own = []
        for part in (one, other):
            trial = part.plan.index[part.plan["id"] == name][0]
            curve = part.curves[part.curves["trial"] == trial].drop(columns="trial")
            curve = curve[[column for column in curve if not column.endswith("_seconds")]].dropna(axis=1, how="all")
            own.append((part.plan.loc[trial, ["problem", "optimizer", "outcome"]].tolist(),
                        curve.reset_index(drop=True).reindex(columns=sorted(curve)).astype(float)))
        if own[0][0] != own[1][0] or not own[0][1].equals(own[1][1]):
            raise Misuse(f"'{one.path}' and '{other.path}' have the trial {name} with different results: compare them "
                         f"with ravine-results compare; {REMEDY}")
    return ids


def _stacked(frames):
    """Rows of all frames under the union of their columns: what is missing is "" in texts, NaN in numbers."""
    names = list(dict.fromkeys(name for frame in frames for name in frame))
    texts = [name for name in names if any(name in frame and len(frame) and not is_numeric_dtype(frame[name])
                                           for frame in frames)]
    filled = []
    for frame in frames:
        own = {name: frame[name].map(_as_text)
               if name in frame else "" for name in texts}
        filled.append(frame.assign(**own))
    return pd.concat([frame for frame in filled if len(frame)] or filled[:1])[names]


def _as_text(value):
    return value if isinstance(value, str) else "" if value != value else f"{value:g}"


def _told(one, other, between):
    """Two dictionaries of attributes; values that differ are listed."""
    return {key: one.get(key, other.get(key)) if one.get(key, other.get(key)) == other.get(key, one.get(key))
            else between.join(dict.fromkeys([*str(one[key]).split(between), *str(other[key]).split(between)]))
            for key in one | other}


def _checks(one, other):
    both = pd.concat([one.checks, other.checks], ignore_index=True).drop_duplicates()
    if len(both) and (twice := both["id"][both["id"].duplicated()]).any():
        raise Misuse(f"'{one.path}' and '{other.path}' have the check {twice.iloc[0]} with different numbers: they come "
                     f"from different versions; {REMEDY}")
    return both


def _vocabulary(one, other):
    """What both say of their columns. Raises Misuse where that means different things."""
    own, others = one.vocabulary, other.vocabulary
    for kind in ("metrics", "constants"):
        for name, value in getattr(own, kind).items():
            if getattr(others, kind).get(name, value) != value:
                raise Misuse(f"'{one.path}' and '{other.path}' mean different things by the {kind[:-1]} {name}: their "
                             f"trials cannot be compared; {REMEDY}")
    return dataclasses.replace(own, metrics=own.metrics | others.metrics, constants=own.constants | others.constants,
                               **{role: tuple(dict.fromkeys((*getattr(own, role), *getattr(others, role))))
                                  for role in ROLES})
