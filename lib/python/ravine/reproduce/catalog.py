"""The figures that can be reproduced: figures.toml, read and checked."""

import dataclasses
import pathlib
import tomllib

from ..errors import Misuse

DATA = pathlib.Path(__file__).with_name("figures.toml")


@dataclasses.dataclass(frozen=True)
class Value:
    """One published number, or bound, and where ours is found.

    select: the trials, by factor; a word matches a component's name or its whole text, and
        { name = "reddi", stochastic = false } its arguments, too. Where several learning rates
        remain, the one with the lowest final objective speaks.
    quantity: a column of the curves, `error` (1 - test_accuracy, in per cent) or "steps_to
        test_accuracy>=0.95".
    epoch, step: where; else the end. against, how: a second selection, and whether ours is the
        "difference" to it or the "ratio" over it.
    published, within: reproduced if the mean over seeds is that close; at_most, at_least: bounds.
    """

    select: dict
    quantity: str
    epoch: float = None
    step: int = None
    against: dict = None
    how: str = "difference"
    published: float = None
    within: float = None
    at_most: float = None
    at_least: float = None
    says: str = ""


@dataclasses.dataclass(frozen=True)
class Figure:
    """One entry: commands that make one result file, what is drawn of it, and what was published.

    checks: prefixes of the exact checks of the suite that belong to it.
    claims: statistical claims of the suite (../claims) that decide it: A7 stands for A7a, A7b, ...
    deviates: what our set-up does otherwise than the paper's.
    """

    id: str
    title: str
    source: str
    program: str
    cost: str
    runs: list
    figures: list = dataclasses.field(default_factory=list)
    x: str = "epoch"
    data: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)
    claims: list = dataclasses.field(default_factory=list)
    deviates: str = ""
    values: list = dataclasses.field(default_factory=list)


def catalog():
    """{id: Figure}, in the order of the file."""
    with DATA.open("rb") as file:
        entries = tomllib.load(file)["figure"]
    return {entry["id"]: Figure(**{**entry, "values": [Value(**value)
                                                       for value in entry.get("values", ())]})
            for entry in entries}


def find(name, known):
    """The Figure of an id, upper or lower case."""
    for key, figure in known.items():
        if key.lower() == name.lower():
            return figure
    raise Misuse(f"unknown figure '{name}': scripts/reproduce --list lists them "
                 f"({', '.join(known)})")
