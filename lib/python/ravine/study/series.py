"""Series: the trials that differ in nothing but learning rate and seed; one line in a figure."""

import dataclasses

import pandas as pd

from ..results import identity
from . import tuning

# What may differ between the trials of a series, beside the seed.
WITHIN = ("learning_rate",)
# A tuned series has the setting that its search found: rule, fields of the rule and rate.
TUNED = ("learning_rate", "optimizer", "optimizer version")


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
    return results.components.labels(texts, always=("data",))


def titles(results):
    """{canonical problem text: its title in words}: "MLP 784-100-100-10 on glyphs".

    Problems whose titles are the same get what tells them apart, in parentheses.
    """
    texts = list(problems(results))
    told = results.plan.drop_duplicates("problem").set_index("problem").get("problem_title", {})
    words = {text: told.get(text) or _in_words(results.components.name(text)) for text in texts}
    for title in set(words.values()):
        same = [text for text in texts if words[text] == title]
        if len(same) > 1:
            for text, arguments in results.components.differing(same).items():
                said = [f"{key} {value}" for key, value in arguments.items()]
                words[text] = f"{title} ({', '.join(said)})" if said else title
    return words


def _in_words(name):
    """"Noisy quadratic" of noisy_quadratic."""
    return name.replace("_", " ").capitalize()


def series_of(results, problem):
    """The series of a problem in the order of the file. Failed trials have no curve to show.

    Raises Misuse if a series has a seed twice at one rate.
    """
    trials = results.plan
    trials = trials[(trials["problem"] == problem) & (trials["outcome"] != "failed")]
    if tuning.is_tuned(trials):
        return _tuned(results, trials)
    names = results.components.labels(list(dict.fromkeys(trials["optimizer"])))
    extra = identity.extra_words(results, trials, "optimizer")
    series = []
    for group in identity.groups(results, trials, WITHIN):
        first = group.iloc[0]
        label = ", ".join([names[first["optimizer"]], *extra[first.name]])
        identity.require_apart(results, group, WITHIN)
        series.append(Series(results.labels.get(label, label),
                             results.components.name(first["optimizer"]), group))
    return series


def _tuned(results, trials):
    """Per contest the tuned setting, then the untuned rule ("adam, default")."""
    extra = identity.extra_words(results, trials, "contest", TUNED)
    series = []
    settings = trials["contest"] + "\n" + identity.key(results, trials, TUNED)
    for _, group in trials.groupby(settings, sort=False):
        first = group.iloc[0]
        optimizer = results.components.name(first["optimizer"])
        search = group[group["stage"] == "search"]
        for role, words in (("tuned", []), ("default", ["default"])):
            own = tuning.final(group, role)
            if len(own):
                identity.require_apart(results, own)
                label = ", ".join([first["contest"], *words, *extra[first.name]])
                series.append(Series(results.labels.get(label, label), optimizer, own,
                                     search if role == "tuned" and len(search) else None))
    return series
