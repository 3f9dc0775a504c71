"""Which learning rate speaks for an optimizer: chosen on validation, reported on test."""

import numpy as np
import pandas as pd

from ..results.identity import key, require_apart


def worst(results, metric):
    """What a diverged trial counts as."""
    return -np.inf if results.vocabulary.larger_is_better(metric) else np.inf


def criterion(results, problem):
    """The metric on which the learning rates of this problem are compared: the first it measures."""
    trials = results.plan.index[results.plan["problem"] == problem]
    curves = results.curves[results.curves["trial"].isin(trials)]
    for metric in results.vocabulary.selecting:
        if metric in curves and np.isfinite(curves[metric]).any():
            return metric
    return "objective"


def final_values(results, trials, metric):
    """The metric at the end of each trial, the worst value where it diverged or was not measured.

    The end is the last observation: a value from before says nothing about what came later.
    """
    last = results.curves.drop_duplicates("trial", keep="last").set_index("trial")
    values = last.get(metric, pd.Series(dtype=float)).reindex(trials.index).to_numpy(dtype=float)
    lost = (trials["outcome"] == "diverged").to_numpy() | ~np.isfinite(values)
    return pd.Series(np.where(lost, worst(results, metric), values), index=trials.index)


def rate_table(results, series, metric):
    """One row per learning rate, ascending: median and quartiles over seeds, seeds, diverged, lost.

    Lost is what counts as the worst value: what diverged, and what was not measured at the end.

    Of a search it is one row per setting, which may share their rates. Raises Misuse for trials
    that differ in more than rate and seed, unless they are a search.
    """
    if series.search is None:
        require_apart(results, series.trials, ("learning_rate",))
    values = final_values(results, series.tried, metric)
    rows = []
    settings = [series.tried["learning_rate"], key(results, series.tried)]
    diverged = series.tried["outcome"] == "diverged"
    for (rate, _), group in values.groupby(settings):
        low, median, high = quartiles(group.to_numpy())
        rows.append({"learning_rate": rate, "low": low, "median": median, "high": high,
                     "seeds": len(group), "diverged": int(diverged[group.index].sum()),
                     "lost": int(np.isinf(group).sum())})
    return pd.DataFrame(rows)


def best_rate(results, series, metric):
    """The rate with the fewest lost seeds, then the best median, then the smallest rate.

    Of a tuned series it is the rate of its final stage.
    """
    if series.search is not None:
        return float(series.trials["learning_rate"].iloc[0])
    table = rate_table(results, series, metric)
    sign = -1.0 if results.vocabulary.larger_is_better(metric) else 1.0
    ranked = table.assign(cost=sign * table["median"])
    ranked = ranked.sort_values(["lost", "cost", "learning_rate"], kind="stable")
    return float(ranked["learning_rate"].iloc[0])


def at_grid_end(series, rate):
    """True if the chosen rate is the largest or smallest tried: a better one may lie outside."""
    rates = series.tried["learning_rate"].unique()
    return len(rates) > 1 and rate in (rates.min(), rates.max())


def quartiles(values):
    """25 %, 50 % and 75 % points along the first axis; infinities count as values, NaN gives NaN."""
    huge = 1e300  # interpolating between a number and an infinity would give NaN
    points = np.quantile(np.clip(values, -huge, huge), [0.25, 0.5, 0.75], axis=0)
    return np.where(np.abs(points) > huge / 10, np.copysign(np.inf, points), points)
