"""What the page says of one result file: facts, tables, charts, in the order of its sections."""

import collections

import numpy as np

from ..figures.axes import metric_label
from ..study import selection, statistics, tuning
from ..study.baseline import baseline
from ..study.per_problem import budget_values, common_labels, comparable, study
from ..study.series import problems
from ..study.summary import summarize
from . import curves, tables
from .diagram import critical_difference_svg

MOST_TRIALS = 100  # on the axis of "best of k"


def suite_content(results, claims=(), chosen=None):
    """Everything that the template needs; `model` and `columns` go to the page's script.

    chosen: the name of the baseline of comparisons; without one the default of study.baseline.
    """
    studied = study(results)
    compared = comparable(studied)
    reference = baseline(compared, chosen)
    summary = summarize(compared, baseline=reference) if compared else None
    columns = curves.columns_of(results)
    names = problems(results)
    content = {
        "name": results.attributes.get("suite", "suite"),
        "facts": facts(results),
        "protocol": protocol(results, studied),
        "spent": tables.spent(studied),
        "counts": counts(results),
        "problems": [{"label": one.label, "text": one.text} for one in studied],
        "finals": tables.finals(studied),
        "targets": [target_text(one, results.units) for one in studied],
        "times": tables.time_to_target(studied, reference),
        "sensitivity": tables.sensitivity(results, studied),
        "baseline": {"label": reference, "chosen": chosen is not None},
        "compared": comparison(results, studied, compared),
        "aggregate": tables.aggregate(summary, compared) if summary else None,
        "ranked": summary.ranked if summary else [],
        "improvement": improvement(summary) if summary else None,
        "paired": tables.paired(compared, reference),
        "ranks": ranks(summary, len(compared)) if summary else None,
        "least_problems": statistics.LEAST_PROBLEMS,
        "tuning": tables.tuning_gains(results, studied),
        "bias": tables.bias(results, studied),
        "failures": tables.failures(results, names),
        "claims": list(claims),
        "verdicts": verdicts(claims),
        "columns": columns,
    }
    content["model"] = {
        "trials": curves.trials_of(results),
        "axes": [{"name": name, "label": label} for name, label in curves.X_AXES.items()
                 if name in columns],
        "metrics": curves.metrics_of(results, columns),
        "problems": [problem_model(results, one) for one in studied],
        "profile": profile_model(summary, studied) if summary else None,
    }
    return content


def verdicts(claims):
    """Claims by verdict."""
    found = collections.Counter(verdict for verdict, *_ in claims)
    order = ("supported", "not supported", "inconclusive", "skipped")
    return [(name, found[name]) for name in order if found[name]]


def counts(results):
    """Trials by outcome, in the order in which they are good."""
    order = ("completed", "target_reached", "stuck", "diverged", "failed")
    found = results.plan["outcome"].value_counts()
    return [(name.replace("_", " "), int(found[name])) for name in order if name in found]


def facts(results):
    """Provenance: the file, the suite, the machine."""
    shown = {"file": results.path.rpartition("/")[2], **results.attributes, **results.environment}
    hidden = ("format", "Conventions", *(() if results.attributes.get("digest") else ("digest",)))
    return [(str(key).replace("_", " "), str(value)) for key, value in shown.items()
            if key not in hidden]


def protocol(results, studied):
    """Budget, seeds, selection rule."""
    plan = results.plan
    tuned = tuning.is_tuned(plan)
    searched = plan[plan["stage"] == "search"] if tuned else plan[:0]
    reported = plan[plan["stage"] == "final"] if tuned else plan
    seeds = sorted(reported["seed"].unique())
    run = f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"{seeds[0]}"
    rates = reported.groupby(["problem", "optimizer"])["learning_rate"].nunique()
    criteria = sorted({one.criterion.replace("_", " ") for one in studied})
    metrics = sorted({one.metric.replace("_", " ") for one in studied})
    few, many = rates.min(), rates.max()
    rows = [("trials", f"{len(plan):,}"), ("seeds", f"{len(seeds)} ({run})")]
    if tuned:
        sizes = searched.groupby(["problem", "contest"]).size()
        rows += [("tuning", f"{_range(sizes.min(), sizes.max())} settings per optimizer, each with "
                            f"seed {searched['seed'].iloc[0]}"),
                 ("selection", f"the setting with the best final {', '.join(criteria)}; it and the "
                               "untuned rule are rerun on the seeds above")]
    else:
        rows += [("learning rates", f"{_range(few, many)} per optimizer"),
                 ("selection", "per optimizer and problem, the rate with the fewest diverged "
                               f"seeds, then the best median final {', '.join(criteria)}")]
    unequal = [problem.label for problem in studied
               if any(one.unequal for one in tuning.spent(problem))]
    if unequal:
        rows.append(("warning", "optimizers had unequal numbers of settings to choose from on "
                                f"{', '.join(unequal)}: see the trials spent"))
    rows.append(("reported", ", ".join(metrics)))
    return rows + [row for row in curves.factors_of(results) if row[0] != "optimizer"]


def _range(low, high):
    return f"{low}" if low == high else f"{low} to {high}"


def target_text(problem, units):
    if np.isnan(problem.target):
        return (problem.label, "no target", "none is published, and every optimizer diverged: all "
                                            "times are misses")
    at_least = problem.vocabulary.larger_is_better(problem.target_metric)
    sign = "≥" if at_least else "≤"
    value = tables.metric_value(problem.target, at_least)[0]
    source = "given by the suite" if problem.target_given else (
        "no published target: the median final value of the median optimizer that trained")
    return (problem.label, f"{metric_label(problem.target_metric, units).split(' (')[0]} "
                           f"{sign} {value}", source)


def improvement(summary):
    """The matrix P(row better than column)."""
    head = ["P(row better than column)", *summary.labels]
    rows = []
    for i, label in enumerate(summary.labels):
        cells = [("–", -1.0) if i == j else
                 (f"{summary.improvement.value[i, j]:.2f} [{summary.improvement.low[i, j]:.2f}, "
                  f"{summary.improvement.high[i, j]:.2f}]", float(summary.improvement.value[i, j]))
                 for j in range(len(summary.labels))]
        rows.append([label, *cells])
    return {"head": head, "rows": rows, "paired": summary.improvement.paired}


def ranks(summary, count):
    """Friedman's test in words, and the diagram; None with too few problems."""
    if count < statistics.LEAST_PROBLEMS:
        return None
    test = summary.friedman
    separated = summary.friedman.f_p < 0.05
    return {"chi2": f"{test.chi2:.3f}", "f": f"{test.f:.3f}", "p": f"{test.f_p:.3g}",
            "separated": separated, "problems": count,
            "svg": critical_difference_svg(summary.labels, summary.ranks,
                                           summary.critical_difference)}


def problem_model(results, problem):
    """The charts of one problem: series with their trials, rates, times, best of k."""
    series = curves.series_of_problem(problem)
    for one, entry in zip(series, problem.entries):
        table = selection.rate_table(results, entry, problem.criterion)
        one["rates"] = {name: _finite(table[name]) for name in
                        ("learning_rate", "low", "median", "high", "diverged", "seeds")}
        one["searched"] = entry.search is not None
        one["steps"] = _finite([statistics.median_time(entry.steps)])[0]
        one["reached"] = f"{int(np.isfinite(entry.steps).sum())} of {len(entry.steps)}"
        values = budget_values(results, problem, entry)
        k = range(1, min(len(values), MOST_TRIALS) + 1)
        one["best_of_k"] = _finite([statistics.expected_best_of_k(values, n, problem.selects_largest)
                                    for n in k])
    units = results.units_of(problem.text)
    return {"label": problem.label, "text": problem.text, "metric": problem.metric,
            "criterion": problem.criterion,
            "criterion_label": metric_label(problem.criterion, units), "series": series,
            "metric_labels": {name: metric_label(name, units) for name in results.curves}}


def comparison(results, studied, compared):
    """What is compared, on what, over how many seeds, and which problems are left out."""
    labels = common_labels(compared)
    seeds = {len(problem.entry(label).seeds) for problem in compared for label in labels} or {0}
    return {"optimizers": len(labels), "problems": [problem.label for problem in compared],
            "left_out": [problem.label for problem in studied if problem not in compared],
            "seeds": _range(min(seeds), max(seeds)), "one_seed": max(seeds) == 1,
            "trials": f"{len(results.plan):,}"}


def profile_model(summary, studied):
    taus = np.unique(np.concatenate([np.linspace(1, statistics.R_MAX, 61),
                                     summary.ratios[summary.ratios <= statistics.R_MAX]]))
    rho = statistics.profile(summary.ratios, taus)
    colours = {one["label"]: one["colours"] for problem in studied
               for one in curves.series_of_problem(problem)}
    return {"labels": summary.labels, "colours": [colours[label] for label in summary.labels],
            "tau": taus.tolist(), "rho": rho.T.tolist()}


def _finite(values):
    """JSON has no infinity: None."""
    return [float(value) if np.isfinite(value) else None for value in values]
