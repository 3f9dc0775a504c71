"""Averaged SGD beside SGD: training cost and test error by passes (Bottou 2010, 2012)."""

import matplotlib.pyplot as plt

from ...study import selection
from ...study.series import Series
from .. import bands, style

SGD, ITERATE, AVERAGE = style.COLOURS["sgd"], "#c9a227", style.COLOURS["momentum"]
METRICS = {"objective": "training cost (nats)", "test_accuracy": "test error (%)"}


def draw(results):
    trials = results.plan
    kinds = trials["schedule"].map(results.components.name)
    averaged = trials[(kinds == "inverse_power") & _measured(results, trials, "averaged_polyak_")]
    plain = trials[(kinds == "inverse") & trials["problem"].isin(averaged["problem"])
                   & _measured(results, trials, "")]
    if plain.empty:
        return None
    problem = plain["problem"].iloc[0]
    sides = {"sgd": plain[plain["problem"] == problem],
             "asgd": averaged[averaged["problem"] == problem]}
    criterion = selection.criterion(results, problem)
    rates = {name: selection.best_rate(results, Series("", "", own), criterion)
             for name, own in sides.items()}
    sides = {name: own[own["learning_rate"] == rates[name]] for name, own in sides.items()}
    figure, panels = plt.subplots(1, 2, figsize=(style.width(), 3.0))
    for axes, (metric, label) in zip(panels, METRICS.items()):
        for name, column, colour, said in (
                ("sgd", metric, SGD, f"SGD, rate {style.rate_text(rates['sgd'])}"),
                ("asgd", metric, ITERATE, f"averaged SGD, rate {style.rate_text(rates['asgd'])}: its iterate"),
                ("asgd", f"averaged_polyak_{metric}", AVERAGE, "averaged SGD: the average")):
            line = bands.band(results, sides[name], column)
            line = line[line["x"] > 0]
            if metric == "test_accuracy":
                line[["low", "median", "high"]] = 100 * (1 - line[["high", "median", "low"]])
            axes.fill_between(line["x"], line["low"], line["high"], color=colour, alpha=0.2, lw=0)
            axes.plot(line["x"], line["median"], "o-", ms=2.5, color=colour, label=said)
        axes.set_xscale("log")
        axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 5, 10, 20],
                        ["0.1", "0.2", "0.5", "1", "2", "5", "10", "20"])
        axes.minorticks_off()
        axes.set_xlabel("passes over the training examples, log scale")
        axes.set_ylabel(label)
    panels[0].legend(frameon=False)
    style.heading(figure, "Averaged SGD", problem)
    style.caption(figure, f"Median and quartiles over {sides['sgd']['seed'].nunique()} seeds. SGD: eps / "
                          "(1 + lambda eps t); averaged SGD: its power 3/4, averaging from the "
                          "second pass on. Rates chosen on validation. Bottou (2010, 2012).")
    return figure


def _measured(results, trials, prefix):
    """Which trials have values of both metrics: a function, for example, has no accuracy."""
    names = [prefix + metric for metric in METRICS]
    if not set(names) <= set(results.curves):
        return trials["seed"].isin([])
    rows = results.curves[["trial", *names]].groupby("trial").count() > 0
    return rows.all(axis=1).reindex(trials.index, fill_value=False)
