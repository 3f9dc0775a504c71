"""Parameters of optimizers under their present names, whatever a file calls them.

Files of ravine 0.1 have the letters of the lecture (rho1, delta, ...); those of today have the names of
the papers. This is the only table of the two; a test holds it against the aliases that the programs
understand.
"""

from .components import Component, spelt

_ADAM = {"rho1": "beta1", "rho2": "beta2", "delta": "epsilon"}
_GUARD = {"delta": "epsilon", "delta_inside": "epsilon_inside"}
RENAMED = {
    "momentum": {"alpha": "beta"}, "nesterov": {"alpha": "beta"},
    "adagrad": _GUARD, "rmsprop": _GUARD, "rmsprop_nesterov": {"alpha": "beta"} | _GUARD,
    "adam": _ADAM, "nadam": _ADAM, "amsgrad": _ADAM, "adamw": _ADAM,
    "lion": {"rho1": "beta1", "rho2": "beta2"}, "adadelta": {"delta": "epsilon"},
    "lookahead": {"period": "k", "share": "alpha"},
}


def present(component):
    """An optimizer's Component with the present names of its own parameters."""
    names = RENAMED.get(component.name, {})
    return Component(component.name, {names.get(key, key): value
                                      for key, value in component.arguments.items()})


def with_present_names(trials, components):
    """(trials, components) with present names in the texts of optimizers and in their columns."""
    texts, known = {}, {}
    for old in dict.fromkeys(trials["optimizer"]):
        now = present(components[old])
        changed = now.arguments.keys() != components.arguments(old).keys()
        texts[old] = _text(now) if changed else old
        known[texts[old]] = now
    if all(old == now for old, now in texts.items()):
        return trials, components
    rules = trials["optimizer"].map(components.name)
    trials = trials.assign(optimizer=trials["optimizer"].map(texts))
    for column in [name for name in trials if name.startswith("optimizer_")]:
        old = column.removeprefix("optimizer_")
        new = "optimizer_" + rules.map(lambda rule, old=old: RENAMED.get(rule, {}).get(old, old))
        for name in sorted(set(new) - {column}):
            moved = trials[column].where(new == name)
            trials[name] = moved.combine_first(trials[name]) if name in trials else moved
            trials[column] = trials[column].where(new != name)
        if trials[column].isna().all():
            trials = trials.drop(columns=column)
    return trials, components | known


def _text(component):
    return spelt(component.name, [f"{key}={value}" for key, value in component.arguments.items()])
