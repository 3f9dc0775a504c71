"""What tells trials apart: every line of their canonical text, never a list kept by hand.

Seeds are what is independent. Trials that differ in anything but the seed answer different
questions, so no statistic takes them for more seeds of one.
"""

import re

import pandas as pd

from ..errors import Misuse

# What a trial gave, where it ran and what role it had; only files without canonical texts need it.
NOT_IDENTITY = ("id", "spec", "build_id", "in_plan", "seed", "outcome", "message", "steps",
                "gradient_evaluations", "loss_evaluations", "curvature_products", "contest",
                "stage", "setting")
# What files say that were made before trials could say anything else: a baseline stays one.
IMPLIED = {"divergence": "10000"}
# Columns "optimizer_alpha", ... of such a file go with the component.
COMPONENTS = ("problem", "optimizer", "schedule", "initializer")
NOT_IDENTITY_ENDS = ("_seconds", "_bytes", "_unit")


def fields_of(trials):
    """A frame of texts, a row per trial: everything that identifies it but the seed.

    The columns are the lines of `spec`, in their order; "versions" becomes a column for each
    component, such as "optimizer version", so that an optimizer's version goes with the optimizer.
    A file without canonical texts has its own columns instead, whatever it calls them.
    """
    if "spec" in trials and trials["spec"].map(lambda text: isinstance(text, str) and text != "").all():
        rows = [_lines(text) for text in trials["spec"]]
        # In the order of the texts; versions go last.
        names = sorted({name: None for row in rows for name in row},
                       key=lambda name: name.endswith(" version"))
        return pd.DataFrame({name: [row.get(name, "") for row in rows] for name in names},
                            index=trials.index, dtype=object)
    names = [name for name in trials if name not in NOT_IDENTITY
             and not name.endswith(NOT_IDENTITY_ENDS)]
    return trials[names].astype(str)


def _lines(text):
    found = dict(IMPLIED)
    for line in text.splitlines():
        name, _, value = line.partition(" = ")
        if name == "versions":
            for version in value.split(", "):
                component, _, number = version.rpartition(" ")
                key = f"{component} version"
                found[key] = f"{found[key]}, {number}" if key in found else number
        elif name != "seed":
            found[name] = value
    return found


def key(results, trials, free=()):
    """One text per trial, equal for trials that agree in every field but the seed and `free`."""
    own = results.identity
    names = tuple(name for name in own if name not in free
                  and name.partition("_")[0] not in {*COMPONENTS} & {*free})
    if ("key", names) not in results.remembered:
        rows = zip(*(own[name] for name in names))
        results.remembered["key", names] = pd.Series(
            ["\n".join(row) for row in rows] if names else "", index=own.index, dtype=object)
    return results.remembered["key", names].loc[trials.index]


def groups(results, trials, free=()):
    """The trials that agree in every field but `free` and the seed, in the order of the file."""
    return [group for _, group in trials.groupby(key(results, trials, free), sort=False)]


def extra_words(results, trials, named, free=()):
    """{trial: ["schedule", ...]}: beside its name, what tells a setting of a problem from others.

    named: the column of the trials that gives the name, such as "optimizer".
    """
    own = results.identity.loc[trials.index].drop(columns=list(free), errors="ignore")
    return words(results, own, trials[named], trials.get("budget_steps"))


def words(results, fields, named, budget=None):
    """{row: ["schedule", ...]} of a frame of fields; results: whose vocabulary and components count.

    A factor or budget that varies is told; anything else only if rows of one name differ in it. So
    two settings that share a name never share their words.
    """
    fields = fields.drop(columns=["problem", "optimizer", "learning_rate"], errors="ignore")
    vocabulary = results.vocabulary
    told = (*vocabulary.factors, *vocabulary.budget)
    names = [name for name in fields if fields[name].nunique() > 1
             and (name in told or _differs_within(fields, name, named))]
    shown = {name: fields[name] for name in names}
    if budget is not None and {*vocabulary.budget} & set(names):
        given = fields[[name for name in vocabulary.budget if name in fields]]
        steps = budget.map(lambda count: f"{count:g}")
        # The number of steps says more than how it was given, unless that is the only difference.
        if len(given.assign(at=steps).drop_duplicates()) == steps.nunique():
            shown = {name: values for name, values in shown.items()
                     if name not in vocabulary.budget} | {"budget_steps": steps}
    columns = []
    for name in shown:
        texts = list(dict.fromkeys(shown[name]))
        short = list(dict.fromkeys(short_value(text, name) for text in texts))
        if len(short) < len(texts):  # digests that begin alike
            short = texts
        said = results.components.labels(short)
        said = {text: said[of] for text, of in zip(texts, short)}
        columns.append([say(name, said[value]) for value in shown[name]])
    return {row: [column[i] for column in columns] for i, row in enumerate(fields.index)}


def _differs_within(fields, name, named):
    """Whether rows of one name differ in the field; a version, whether rows of one component do."""
    component = name.removesuffix(" version").replace(" ", "_")
    of = [named.to_numpy()]
    if component != name and component in fields:
        of.append(fields[component].to_numpy())
    return fields[name].groupby(of).nunique().max() > 1


def short_value(value, field=""):
    """A digest as its first digits; the full batch, which a file counts as 0, by its word."""
    if field == "batch_size" and value == "0":
        return "full"
    return re.sub(r"\b([0-9a-f]{8})[0-9a-f]{56}\b", r"\1", value)


def say(field, value):
    """A field that varies: components speak for themselves, other values need their name."""
    if field in ("schedule", "initializer", "averaging"):
        return value
    if (field, value) == ("batch_size", "full"):
        return "full batch"
    return f"{field.replace('_', ' ')} {value or 'none'}"


def require_apart(results, trials, by=None):
    """Raises Misuse if trials that agree in the fields `by` differ in another, or repeat a seed.

    Whoever takes a median or a mean over seeds asks first. by: None says that all trials are meant
    to be seeds of one setting.
    """
    own = results.identity.loc[trials.index]
    part = key(results, trials, [name for name in own if name not in (by or ())])
    whole = key(results, trials)
    mixed = whole.groupby(part).nunique()
    if (mixed > 1).any():
        group = own[part == mixed.index[mixed > 1][0]]
        name = next(name for name in own if group[name].nunique() > 1)
        one, other, *_ = (short_value(value, name) or "none" for value in group[name].unique())
        raise Misuse(f"'{results.path}' has trials of {_problem(results, trials)} that differ in "
                     f"{name.replace('_', ' ')} ({one} and {other}): they are not seeds of one "
                     "setting; give each setting its own file")
    twice = trials["seed"][pd.DataFrame({"setting": whole, "seed": trials["seed"]}).duplicated()]
    if len(twice):
        raise Misuse(f"'{results.path}' has seed {twice.iloc[0]:g} of one setting of "
                     f"{_problem(results, trials)} twice: a repeated seed is not independent; merge each "
                     "trial once")


def _problem(results, trials):
    text = trials["problem"].iloc[0]
    return results.components.labels([text], always=("data",))[text]


def differences(one, other):
    """{field: (its value in `one`, in `other`)} of two rows of fields."""
    names = list(dict.fromkeys([*one, *other]))
    return {name: (one.get(name, ""), other.get(name, "")) for name in names
            if one.get(name, "") != other.get(name, "")}


def field_names(column):
    """The fields that go with a column of the trials: a component's version, a problem's data."""
    if column == "budget_steps":
        return {"budget_steps", "epochs", "steps"}
    if column in ("problem", "depth"):
        return {"problem", "problem version", "data"}
    return {column, column.replace('_', ' ') + ' version'}
