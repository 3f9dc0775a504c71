"""One effect per seed, from trials that differ in nothing but what the claim compares."""

import dataclasses

import numpy as np
import pandas as pd
from scipy import stats

from . import selection
from .claim import COMPARING, WITHIN_TRIALS
from .quantities import observations, quantity, values_along

# What a missed target counts where the budget would flatter the claim: ten budgets.
MISS = 10.0


def forward(claim, effect):
    """The scale on which effects are averaged and tested: logarithms of ratios and factors."""
    return np.log(effect) if claim.statistic in ("ratio", "factor") else effect


def backward(claim, effect):
    return np.exp(effect) if claim.statistic in ("ratio", "factor") else effect


@dataclasses.dataclass(frozen=True)
class Effects:
    """by_seed: a Series on the scale of forward(). lost: share of pairs without a finite value."""

    by_seed: pd.Series
    lost: float


def effects(results, claim, trials):
    """The Effects of a claim on the trials that match its `where`.

    Several pairs of one seed (at several learning rates, on several problems) are averaged first:
    seeds are what is independent.
    """
    trials = trials[trials["outcome"] != "failed"]
    if claim.rate == "best":
        trials = selection.at_best_rate(results, claim, trials)
    setting = [selection.setting(results, claim, trials).rename("setting"), trials["seed"]]
    if claim.statistic in COMPARING:
        found = _compared(results, claim, trials, setting)
    elif claim.over in WITHIN_TRIALS:
        rows = values_along(results, claim, trials).join(trials["seed"], on="trial")
        found = _trends(claim, rows, [rows["trial"], rows["seed"]])
    elif claim.over:
        values = _bounded(results, claim, trials, quantity(results, claim, trials), safe=True)
        frame = trials.assign(x=trials[claim.over].astype(float), value=values)
        found = _trends(claim, frame, setting)
    else:
        found = trials.assign(effect=quantity(results, claim, trials))[["seed", "effect"]]
    finite = found[np.isfinite(found["effect"])]
    lost = 1 - len(finite) / len(found) if len(found) else 0.0
    return Effects(finite.groupby("seed")["effect"].mean(), lost)


def _compared(results, claim, trials, setting):
    """Pairs of a and b that agree in the setting and the seed."""
    # A miss of the side that should be slow is its budget at least; one of the other side is not.
    sides = {"a": (claim.a, claim.rule != "below"), "b": (claim.b, claim.rule == "below")}
    cells = {}
    for side, (patterns, slow) in sides.items():
        own = selection.select(results, trials, patterns)
        values = _bounded(results, claim, own, quantity(results, claim, own), slow)
        keys = [column.loc[own.index] for column in setting]
        cells[side] = values.groupby(keys).mean()
    pairs = pd.concat(cells, axis=1, join="inner").reset_index()
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = (pairs["a"] - pairs["b"] if claim.statistic == "difference"
                  else np.log(pairs["a"] / pairs["b"]))
    return pd.DataFrame({"seed": pairs["seed"], "effect": effect})


def _bounded(results, claim, trials, values, safe):
    """A missed target as a number: the trial's budget where that is safe, else ten of it."""
    if not claim.target or values.empty:
        return values
    rows = observations(results, claim, trials)
    budget = rows.assign(spent=rows.eval(claim.column)).groupby("trial")["spent"].max()
    return values.where(np.isfinite(values), budget.reindex(trials.index) * (1 if safe else MISS))


def _trends(claim, frame, keys):
    """The trend of value over x within every group."""
    rows = []
    for key, group in frame.groupby(keys, dropna=False):
        points = group.groupby("x")["value"].mean()
        if len(points) > 1:
            rows.append((key[-1], _trend(claim, points.index.to_numpy(float), points.to_numpy())))
    return pd.DataFrame(rows, columns=["seed", "effect"]).astype({"effect": float})


def _trend(claim, x, y):
    """Theil and Sen's slope: the median of the slopes between all pairs; or Spearman's rho.

    NaN where a value is not finite, or has no logarithm.
    """
    if not np.isfinite([x, y]).all():
        return np.nan
    if claim.statistic == "monotone":
        return float(stats.spearmanr(x, y).statistic) if np.ptp(y) > 0 else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.log(x) if claim.statistic == "exponent" else x
        y = np.log(y) if claim.statistic in ("exponent", "factor") else y
    return float(stats.theilslopes(y, x).slope) if np.isfinite([x, y]).all() else np.nan
