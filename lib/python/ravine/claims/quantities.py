"""The number that each trial contributes to a claim."""

import re

import numpy as np
import pandas as pd

from ..errors import Misuse
from ..study.statistics import first_reached

TARGET = re.compile(r"\s*(\w+)\s*(>=|<=)\s*(\S+)\s*")


def quantity(results, claim, trials):
    """One value per trial, by its index; NaN where it was not measured.

    A diverged trial counts as the untrained model: the value at its first observation. A target
    that was missed counts as infinite, also where the trial diverged after having met it.
    """
    if claim.table == "trials":
        return _evaluate(claim, trials)
    rows = observations(results, claim, trials)
    if claim.target:
        spent = _spent(claim, rows).reindex(trials.index)
        return spent.where((trials["outcome"] != "diverged") | spent.isna(), np.inf)
    values = rows.assign(value=_evaluate(claim, rows))
    ends = values.groupby("trial")["value"].tail(1)
    values = values[np.isfinite(values["value"])]
    taken = _take(claim.take, values).reindex(trials.index)
    if claim.take == "last":  # an earlier value is not the last one
        ended = values["trial"][values.index.isin(ends.index)]
        taken = taken.where(taken.index.isin(ended))
    if claim.table == "curves" and claim.take != "first":
        first = _take("first", values).reindex(trials.index)
        taken = taken.where(trials["outcome"] != "diverged", first)
    return taken


def values_along(results, claim, trials):
    """The numbers of each trial along its layers or steps: a frame with trial, x, value."""
    rows = observations(results, claim, trials)
    rows = rows.assign(value=_evaluate(claim, rows))
    rows = rows[np.isfinite(rows["value"])]
    values = _aggregate(claim.take, rows.groupby(["trial", claim.over])["value"])
    return values.reset_index().rename(columns={claim.over: "x"})


def observations(results, claim, trials):
    """The rows of the claim's table that belong to these trials, layer and steps."""
    frame = results.curves if claim.table == "curves" else results.tables.get(claim.table)
    if frame is None:
        return pd.DataFrame({"trial": pd.Series(dtype=int), "step": pd.Series(dtype=float),
                             "layer": pd.Series(dtype=int)})
    rows = frame[frame["trial"].isin(trials.index)]
    if claim.layer:
        if claim.layer > 0:
            wanted = claim.layer
        else:
            wanted = rows.groupby("trial")["layer"].transform("max") + 1 + claim.layer
        rows = rows[rows["layer"] == wanted]
    if claim.layers == "hidden":
        rows = rows[rows["layer"] < rows.groupby("trial")["layer"].transform("max")]
    last = rows.groupby("trial")["step"].transform("max")
    return rows[(rows["step"] >= _step(claim.after, last))
                & (rows["step"] <= _step(claim.until, last))]


def _step(bound, last):
    """A bound below 1 is a share of the trial's last step."""
    return bound * last if 0 < bound < 1 else bound


def _evaluate(claim, rows):
    if rows.empty:
        return pd.Series(dtype=float)
    try:
        value = rows.eval(claim.column)
    except Exception as error:  # pandas raises nearly anything for a bad expression
        raise Misuse(f"claim {claim.id} reads the column '{claim.column}', which /{claim.table} of "
                     f"these results lacks: {error}") from error
    return pd.Series(value, index=rows.index).astype(float)


def _take(how, values):
    return _aggregate(how, values.groupby("trial")["value"])


def _aggregate(how, grouped):
    if how == "range":
        return grouped.max() - grouped.min()
    return getattr(grouped, how)().rename("value")


def _spent(claim, rows):
    """What `column` says when the target is first met; inf if it never is."""
    match = TARGET.fullmatch(claim.target)
    if not match:
        raise Misuse(f"claim {claim.id} has the target '{claim.target}', but it must be like "
                     "test_accuracy>=0.95")
    metric, sign, bound = match[1], match[2], float(match[3])
    rows = rows.assign(spent=_evaluate(claim, rows))
    spent = {trial: first_reached(own["spent"], own[metric], bound, sign == ">=")
             for trial, own in rows.groupby("trial")}
    return pd.Series(spent, dtype=float)
