"""Series: the trials that differ in nothing but learning rate and seed; one line in a figure."""

import dataclasses

import pandas as pd

from . import labels, tuning

FACTORS = ["optimizer", "schedule", "initializer", "batch_norm", "batch_size", "shuffle",
           "averaging", "budget_steps", "divergence", "target"]


@dataclasses.dataclass(frozen=True)
class Series:
    """`optimizer` is the name that fixes the colour, `label` what the figure writes.

    search: of a tuned optimizer, the trials among which its setting was chosen.
    """

    label: str
    optimizer: str
    trials: pd.DataFrame
    search: pd.DataFrame = None

    @property
    def tried(self):
        """The trials that say how the optimizer fares at several learning rates."""
        return self.trials if self.search is None else self.search


def problems(results):
    """{canonical problem text: short label}, in the order of the file."""
    texts = list(dict.fromkeys(results.plan["problem"]))
    return labels.short_labels(texts, always=("data",))


def series_of(results, problem):
    """The series of a problem in the order of the file. Failed trials have no curve to show."""
    trials = results.plan
    trials = trials[(trials["problem"] == problem) & (trials["outcome"] != "failed")]
    if tuning.is_tuned(trials):
        return _tuned(trials)
    factors = [name for name in FACTORS if name in trials]
    varying = [name for name in factors if name != "optimizer" and trials[name].nunique() > 1]
    names = labels.short_labels(list(dict.fromkeys(trials["optimizer"])))
    values = {name: labels.short_labels([str(v) for v in trials[name].unique()])
              for name in varying}
    series = []
    setting = trials[factors].astype(str).agg("\n".join, axis=1) if len(trials) else []
    for _, group in trials.groupby(setting, sort=False):
        first = group.iloc[0]
        extra = [_say(name, values[name][str(first[name])]) for name in varying]
        label = ", ".join([names[first["optimizer"]], *extra])
        series.append(Series(label, labels.parse(first["optimizer"])[0], group))
    return series


def _tuned(trials):
    """Per contest the tuned setting, then the untuned rule ("adam, default")."""
    factors = [name for name in FACTORS if name in trials and name != "optimizer"]
    varying = [name for name in factors if trials[name].nunique() > 1]
    values = {name: labels.short_labels([str(v) for v in trials[name].unique()])
              for name in varying}
    series = []
    setting = trials[["contest", *factors]].astype(str).agg("\n".join, axis=1)
    for _, group in trials.groupby(setting, sort=False):
        first = group.iloc[0]
        extra = [_say(name, values[name][str(first[name])]) for name in varying]
        optimizer = labels.parse(first["optimizer"])[0]
        search = group[group["stage"] == "search"]
        for role, words in (("tuned", []), ("default", ["default"])):
            own = tuning.final(group, role)
            if len(own):
                series.append(Series(", ".join([first["contest"], *words, *extra]), optimizer, own,
                                     search if role == "tuned" and len(search) else None))
    return series


def _say(factor, value):
    """A factor that varies: components speak for themselves, other values need their name."""
    if factor in ("schedule", "initializer", "averaging"):
        return value
    return f"{factor.replace('_', ' ')} {value}"
