"""The tables of the report: heads, and cells as (text, number to sort by)."""

import math

import numpy as np

from ..study import selection, statistics, tuning
from ..study.differences import against
from ..study.per_problem import reference_label, scores, selection_bias


def number(value, digits=4):
    """A cell of a number; misses and missing values are words that sort last."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ("–", math.inf)
    if math.isinf(value):
        return ("miss", value)
    counted = 10**digits <= abs(value) < 1e12
    return (f"{value:,.0f}" if counted else f"{value:,.{digits}g}", float(value))


def percent(value):
    return (f"{100 * value:.2f} %", float(value))


def metric_value(value, fraction, lost="diverged"):
    """A final metric: fractions in per cent, infinities are what was lost, NaN is not measured."""
    if math.isnan(value):
        return ("–", math.inf)
    if math.isinf(value):
        return (lost, value)
    return percent(value) if fraction else number(value)


def interval(one, index=(), scale=1.0, digits=3, bounded=True):
    value, low, high = (float(np.asarray(part)[index]) * scale
                        for part in (one.value, one.low, one.high))
    if math.isnan(value):
        return ("–", math.inf)
    bounds = f" [{low:.{digits}f}, {high:.{digits}f}]" if bounded else ""
    return (f"{value:.{digits}f}{bounds}", value)


def _spread(values, fraction, lost="diverged"):
    low, median, high = selection.quartiles(np.asarray(values))
    texts = [metric_value(v, fraction, lost)[0] for v in (median, low, high)]
    return (f"{texts[0]} [{texts[1]}, {texts[2]}]" if len(values) > 1 else texts[0], float(median))


def tuned_or_all(problem):
    """The entries that chose among settings: the untuned rule beside a tuned one did not."""
    return [one for one in problem.entries if one.search is not None] or problem.entries


def finals(studied):
    head = ["problem", "optimizer", "learning rate", "seeds", "diverged", "final metric, median "
            "[quartiles]", "metric"]
    rows = []
    for problem in studied:
        for one in problem.entries:
            rate = number(one.rate)
            diverged = int((one.chosen["outcome"] == "diverged").sum())
            unmeasured = int(np.isinf(one.finals).sum()) - diverged
            count = number(diverged)
            if unmeasured:
                count = (f"{count[0]}, and {unmeasured} not measured", count[1])
            rows.append([problem.label, one.label,
                         (rate[0] + (" (end of grid)" if one.at_grid_end else ""), rate[1]),
                         number(len(one.seeds)), count,
                         _spread(one.finals, problem.at_least,
                                 "lost" if unmeasured else "diverged"), problem.metric.replace("_", " ")])
    return {"head": head, "rows": rows}


def time_to_target(studied, baseline=None):
    head = ["problem", "optimizer", "reached", "median steps", "median seconds",
            "expected running time (steps)", "speed-up"]
    rows, label = [], reference_label(studied, baseline)
    head[-1] += f" over {label}" if label else ""
    for problem in studied:
        reference = problem.entry(label)
        reference = statistics.median_time(reference.steps) if reference else np.nan
        for one in problem.entries:
            reached = np.isfinite(one.steps)
            median = statistics.median_time(one.steps)
            rows.append([problem.label, one.label,
                         (f"{reached.sum()} of {len(reached)}", float(reached.mean())),
                         number(median), number(statistics.median_time(one.seconds)),
                         number(statistics.expected_running_time(one.spent, reached)),
                         number(statistics.speed_up([median], [reference]), 3) if label else ("–", math.inf)])
    return {"head": head, "rows": rows}


def spent(studied):
    """Trials that every optimizer was given, with a warning where one had fewer than another."""
    head = ["problem", "optimizer", "settings tried", "trials of the search", "reported trials",
            "dealt"]
    rows = []
    for problem in studied:
        for one in tuning.spent(problem):
            dealt = (f"unequal: {one.settings} settings, others up to {one.most}"
                     if one.settings < one.most else
                     f"unequal: {one.settings} settings, others down to {one.least}"
                     if one.unequal else "as many settings as the others")
            rows.append([problem.label, one.label, number(one.settings), number(one.search),
                         number(one.final), dealt])
    return {"head": head, "rows": rows}


def sensitivity(results, studied):
    head = ["problem", "optimizer", "best learning rate", "rates tried", "basin width (decades)",
            "worst rate", "diverged trials"]
    tuned = any(one.search is not None for problem in studied for one in problem.entries)
    head += ["regret of the default"] if tuned else []
    rows = []
    for problem in studied:
        at_least = problem.selects_largest
        for one in tuned_or_all(problem):
            table = selection.rate_table(results, one, problem.criterion)
            medians = table["median"].to_numpy()
            # Settings of a search differ in more than their rate: neighbours do not form a basin.
            basin = statistics.basin_width if one.search is None else statistics.basin_span
            width = basin(table["learning_rate"], medians, at_least=at_least)
            worst = medians.min() if at_least else medians.max()
            rows.append([problem.label, one.label, number(one.rate), number(len(table)),
                         number(width, 3), metric_value(float(worst), at_least),
                         number(int(table["diverged"].sum())),
                         *([_regret(results, problem, one)] if tuned else [])])
    return {"head": head, "rows": rows}


def _regret(results, problem, entry):
    """What the untuned rule loses against the best setting, both on the seed of the search."""
    if entry.search is None:
        return ("–", math.inf)
    values = selection.final_values(results, entry.search, problem.criterion)
    default = values[entry.search["setting"].str.contains("default")].iloc[0]
    lost = statistics.regret(values, default, problem.selects_largest)
    if not math.isfinite(lost):
        return ("diverged", math.inf)
    return (f"{100 * lost:.2f} points", lost) if problem.selects_largest else number(lost)


def tuning_gains(results, studied):
    """Tuned against default on fresh seeds, or None for a run that was not tuned."""
    head = ["problem", "optimizer", "tried", "diverged", "chosen", "tuned [quartiles]",
            "default [quartiles]", "mean gain [95 % CI]", "metric"]
    rows = []
    for problem in studied:
        scale, digits = (100, 2) if problem.at_least else (1, 4)
        for one in tuning.gains(results, problem):
            gain = ("–", math.inf) if one.gain is None else (
                f"{scale * one.gain.mean:.{digits}f} [{scale * one.gain.low:.{digits}f}, "
                f"{scale * one.gain.high:.{digits}f}]" + (" points" if problem.at_least else ""),
                one.gain.mean)
            rows.append([problem.label, one.label, number(one.tried), number(one.diverged),
                         one.setting, _spread(one.tuned, problem.at_least),
                         _spread(one.default, problem.at_least), gain,
                         problem.metric.replace("_", " ")])
    return {"head": head, "rows": rows} if rows else None


def aggregate(summary, studied):
    """One row per optimizer, the best profile first: its statistics over the problems. A problem with one seed adds
    nothing to an interval over seeds, so none is given then."""
    bounded = min(len(problem.entry(label).seeds) for problem in studied for label in summary.labels) > 1
    ci = " [95 % CI]" if bounded else ""
    over = f" over {summary.reference}" if summary.reference else ""
    head = ["optimizer", f"profile score B{ci}", "mean rank", "first places", "diverged trials",
            f"IQM of scores{ci}", "speed-up" + over]
    order = sorted(range(len(summary.labels)), key=lambda j: (
        -summary.integrated.value[j], summary.ranks[j], j))
    means = scores(studied, summary.labels)
    first = (means == means.max(axis=1, keepdims=True)) & np.isfinite(means)
    rows = []
    for j in order:
        label = summary.labels[j]
        own = [problem.entry(label).chosen["outcome"] for problem in studied]
        diverged, trials = sum(int((one == "diverged").sum()) for one in own), sum(map(len, own))
        rows.append([label, interval(summary.integrated, j, bounded=bounded), number(float(summary.ranks[j]), 3),
                     (f"{first[:, j].sum()} of {len(studied)}", float(first[:, j].sum())),
                     (f"{diverged} of {trials}", diverged / trials),
                     interval(summary.iqm, j, digits=4, bounded=bounded), number(float(summary.speed_up[j]), 3)])
    return {"head": head, "rows": rows}


def paired(studied, baseline):
    """Differences to the baseline, paired by seed; None with fewer than two optimizers."""
    reference, rows = against(studied, baseline)
    if not rows:
        return None
    head = ["problem", "optimizer", f"mean difference to {reference} [95 % CI]", "seeds",
            "Wilcoxon p", "p, Holm over problems", "metric"]
    return {"head": head, "rows": [
        [one.problem, one.label, *_paired_cells(one), one.metric.replace("_", " ")]
        for one in rows]}


def _paired_cells(one):
    d = one.difference
    if d is None:
        return [("–", math.inf)] * 4
    scale, form = (100, "{:+.2f}") if one.at_least else (1, "{:+.4g}")
    text = "{} [{}, {}]".format(*(form.format(scale * v) for v in (d.mean, d.low, d.high)))
    return [(text + (" points" if one.at_least else ""), d.mean), number(d.pairs),
            number(d.wilcoxon_p, 2), number(one.adjusted_p, 2)]


def bias(results, studied):
    head = ["problem", "optimizer", "metric(selected seed) − mean(fresh seeds) [95 % CI]",
            "fresh seeds", "metric"]
    rows = []
    for problem in studied:
        scale, digits = (100, 2) if problem.at_least else (1, 4)
        for one in tuned_or_all(problem):
            found = selection_bias(results, problem, one)
            cell = interval(found, (), scale, digits) if found else ("–", math.inf)
            unit = " points" if problem.at_least and found else ""
            fresh = len(one.seeds) - (one.search is None)
            rows.append([problem.label, one.label, (cell[0] + unit, cell[1]), number(fresh), problem.metric.replace("_", " ")])
    return {"head": head, "rows": rows}


def failures(results, names):
    """Trials that got stuck, diverged or failed, with what they said. names: {problem: label}."""
    head = ["outcome", "problem", "optimizer", "learning rate", "seed", "message", "trial"]
    bad = results.plan[results.plan["outcome"].isin(("stuck", "diverged", "failed"))]
    rows = [[row["outcome"], names[row["problem"]], row["optimizer"], number(row["learning_rate"]),
             (str(row["seed"]), float(row["seed"])), row.get("message") or "–", row["id"]]
            for _, row in bad.sort_values("outcome", ascending=False, kind="stable").iterrows()]
    return {"head": head, "rows": rows}
