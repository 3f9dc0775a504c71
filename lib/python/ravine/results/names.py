"""Parameters of optimizers under their present names, whatever a file calls them.

Files of ravine 0.1 have the letters of the lecture (rho1, delta, ...); those of today have the names of
the papers. This is the only table of the two; a test holds it against the aliases that the programs
understand.
"""

from . import labels

_ADAM = {"rho1": "beta1", "rho2": "beta2", "delta": "epsilon"}
_GUARD = {"delta": "epsilon", "delta_inside": "epsilon_inside"}
RENAMED = {
    "momentum": {"alpha": "beta"}, "nesterov": {"alpha": "beta"},
    "adagrad": _GUARD, "rmsprop": _GUARD, "rmsprop_nesterov": {"alpha": "beta"} | _GUARD,
    "adam": _ADAM, "nadam": _ADAM, "amsgrad": _ADAM, "adamw": _ADAM,
    "lion": {"rho1": "beta1", "rho2": "beta2"}, "adadelta": {"delta": "epsilon"},
    "lookahead": {"period": "k", "share": "alpha"},
}


def present(text):
    """The text of an optimizer with the present names of its own parameters."""
    rule, arguments = labels.parse(text)
    names = RENAMED.get(rule, {})
    if not names.keys() & arguments.keys():
        return text
    return f"{rule}({', '.join(f'{names.get(key, key)}={value}' for key, value in arguments.items())})"


def with_present_names(trials):
    """The frame of trials with present names in the texts of optimizers and in their columns."""
    texts = trials["optimizer"].map(present)
    if (texts == trials["optimizer"]).all():
        return trials
    rules = texts.map(lambda text: labels.parse(text)[0])
    trials = trials.assign(optimizer=texts)
    for column in [name for name in trials if name.startswith("optimizer_")]:
        old = column.removeprefix("optimizer_")
        new = "optimizer_" + rules.map(lambda rule, old=old: RENAMED.get(rule, {}).get(old, old))
        for name in sorted(set(new) - {column}):
            moved = trials[column].where(new == name)
            trials[name] = moved.combine_first(trials[name]) if name in trials else moved
            trials[column] = trials[column].where(new != name)
        if trials[column].isna().all():
            trials = trials.drop(columns=column)
    return trials
