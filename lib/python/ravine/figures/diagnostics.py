"""Statistics of layers over training, as figures need them: medians over seeds."""

from ..study import selection
from ..study.series import Series

PLACEMENTS = {"off": "#222222", "hidden": "#0072b2", "input+hidden": "#d55e00"}
LEAST_LAYERS = 3


def recorded(results, problem):
    """The trials of a problem that have diagnostics and did not fail; None without any."""
    table = results.tables.get("diagnostics")
    trials = results.plan
    trials = trials[(trials["problem"] == problem) & (trials["outcome"] != "failed")]
    if table is None:
        return None
    trials = trials[trials.index.isin(table["trial"].unique())]
    return trials if len(trials) else None


def of_several_starts(results, problem):
    """`recorded` of a network with several hidden layers, if it ran from several starts; or None."""
    trials = recorded(results, problem)
    if trials is None or trials["initializer"].nunique() < 2:
        return None
    return trials if hidden_layers(results, trials)["layer"].max() >= LEAST_LAYERS else None


def of_layer(results, trials, layer):
    """The rows of one layer, counted as -1 from the output."""
    rows = results.tables["diagnostics"]
    rows = rows[rows["trial"].isin(trials.index)]
    last = rows.groupby("trial")["layer"].transform("max")
    return rows[rows["layer"] == last + 1 + layer]


def hidden_layers(results, trials):
    """The rows of all layers but that of the outputs."""
    rows = results.tables["diagnostics"]
    rows = rows[rows["trial"].isin(trials.index)]
    return rows[rows["layer"] < rows.groupby("trial")["layer"].transform("max")]


def start_and_end(rows, trials):
    """The rows of the first observations, and of the last ones of trials that did not diverge."""
    steps = rows.groupby("trial")["step"]
    sound = rows["trial"].isin(trials.index[trials["outcome"] != "diverged"])
    return (rows[rows["step"] == steps.transform("min")],
            rows[(rows["step"] == steps.transform("max")) & sound])


def at_best_rate(results, trials):
    """(the trials at the learning rate that validation chooses, that rate)."""
    metric = selection.criterion(results, trials["problem"].iloc[0])
    rate = selection.best_rate(results, Series("", "", trials), metric)
    return trials[trials["learning_rate"] == rate], rate


def initializer_labels(results, trials):
    return results.components.labels(list(dict.fromkeys(trials["initializer"])))
