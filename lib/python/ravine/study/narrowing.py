"""Part of a result file, as a paper shows it: some problems and optimizers, in an order, under names."""

import dataclasses
import difflib

import pandas as pd

from .. import errors
from .series import problems, series_of, titles


@dataclasses.dataclass(frozen=True)
class Choice:
    """What is shown of result files; without names, everything as the files have it.

    problems: canonical texts, labels, titles or names ("mlp"). optimizers, order: names ("adam") or
    labels of lines ("adam(beta1=0.9)"). labels: {such a name: what is written instead}.
    """

    problems: tuple = ()
    optimizers: tuple = ()
    order: tuple = ()
    labels: dict = dataclasses.field(default_factory=dict)

    def __bool__(self):
        return bool(self.problems or self.optimizers or self.order or self.labels)


def require_known(choice, found):
    """Raises Misuse for a name that means nothing in any of these Results."""
    of_problems = {name for one in found for text in problems(one) for name in _problem_names(one, text)}
    of_lines = {name for one in found for text in problems(one)
                for line in series_of(one, text) for name in _names(line)}
    for flag, wanted, known in (("--problem", choice.problems, of_problems),
                                ("--optimizer", choice.optimizers, of_lines),
                                ("--order", choice.order, of_lines),
                                ("--label", choice.labels, of_lines)):
        for name in wanted:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                told = f"did you mean '{near[0]}'?" if near else (
                    f"choose among {', '.join(sorted(known, key=lambda one: (len(one), one))[:12])}")
                raise errors.Misuse(f"{flag} names '{name}', which these results do not have: {told}")


def narrow(results, choice):
    """The Results that a Choice leaves. Raises Misuse if nothing is left."""
    if not choice:
        return results
    kept, ranks = [], {}
    for text in problems(results):
        if choice.problems and not {*choice.problems} & _problem_names(results, text):
            continue
        for line in series_of(results, text):
            if choice.optimizers and not {*choice.optimizers} & _names(line):
                continue
            rank = next((nth for nth, name in enumerate(choice.order) if name in _names(line)),
                        len(choice.order))
            for trials in (line.trials, line.search):
                own = [] if trials is None else trials.index
                kept += [*own]
                ranks.update(dict.fromkeys(own, rank))
    if not kept:
        raise errors.Misuse(f"'{results.path}' has nothing of what --problem and --optimizer name: leave "
                            "it out, or name something that it has")
    # In the order of the file but for `order`; a search may stand in two series.
    index = pd.Index(sorted(dict.fromkeys(kept), key=lambda trial: (ranks[trial], trial)),
                     name=results.trials.index.name)
    left = dataclasses.replace(
        results, trials=results.trials.loc[index],
        curves=results.curves[results.curves["trial"].isin(index)],
        tables={name: table[table["trial"].isin(index)] for name, table in results.tables.items()})
    return dataclasses.replace(left, labels=_labels(left, choice.labels))


def _labels(results, wanted):
    """{label: what is written instead}. Raises Misuse where two lines would have one name."""
    found = {}
    for text in problems(results):
        shown = {}
        for line in series_of(results, text):
            new = wanted.get(line.label)
            if new is None and line.optimizer in wanted and line.label.startswith(line.optimizer):
                new = wanted[line.optimizer] + line.label[len(line.optimizer):]
            written = line.label if new is None else new
            if shown.setdefault(written, line.label) != line.label:
                raise errors.Misuse(f"--label gives '{shown[written]}' and '{line.label}' one name, "
                                    f"'{written}': they are different lines; name them apart")
            if new is not None:
                found[line.label] = new
    return found


def _problem_names(results, text):
    return {text, problems(results)[text], titles(results)[text], results.components.name(text)}


def _names(line):
    """What a line answers to."""
    return {line.label, line.optimizer}
