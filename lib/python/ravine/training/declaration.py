"""Optimizers that are Python classes: what a class declares, once, and what the engine makes of it.

    class SignMomentum:
        "Sign of the momentum."
        beta = Field(0.9, "[0, 1)", "share of the average that is kept", search="one_minus_log(0.5, 0.999)")
        learning_rate = 1e-3, "log(1e-5, 0.1)"      # customary rate, scale of its tuning

        def step(self, theta, gradient, state, info):
            if not state:
                state["m"] = np.zeros_like(theta)
            m = state["m"]
            m *= self.beta
            m += (1 - self.beta) * gradient
            theta -= info.learning_rate * np.sign(m)

`step` changes `theta` in place or returns the new one. `state` is a dict of the trial's own: whatever it holds
(arrays, numbers, texts, and lists or dicts of them) is part of checkpoints. `info` has step, learning_rate,
total_steps and, for a class with `per_block = True`, whose step() gets one matrix at a time, block. A step whose
second parameter is called `objective` gets, in place of the gradient, a function that returns loss and gradient at
any point (`objective(theta)`, `objective.loss(theta)`, `objective.hessian_vector(theta, v)`).

The arrays of a step are valid until it returns; copy what is to be kept.
"""

import dataclasses
import hashlib
import inspect
import math
import numbers
import re

from ..errors import Misuse
from .driver import make_driver


@dataclasses.dataclass(frozen=True)
class Field:
    """A hyperparameter: its default, the range that its values must be in ("[0, 1)", or "zero|mean" for words),
    what it means, and the scale on which --tune searches it ("" leaves it alone)."""

    default: "float | int | bool | str"
    rule: str = ""
    meaning: str = ""
    search: str = ""


@dataclasses.dataclass(frozen=True)
class Description:
    """What a row of the engine's catalog says of a class."""

    name: str
    summary: str
    citation: str
    version: int
    fields: tuple  # (name, default, rule, meaning, search)
    learning_rate: float
    search: str
    evaluates: bool
    make_driver: object


def describe(cls):
    """The Description of a class. Raises Misuse for one that cannot be an optimizer."""
    if not inspect.isclass(cls):
        raise Misuse(f"{cls!r} is not an optimizer: give a text such as 'adam', or a class with "
                     "step(theta, gradient, state, info)")
    step = getattr(cls, "step", None)
    if not callable(step):
        raise Misuse(f"the class {cls.__name__} has no step(): define step(self, theta, gradient, state, info)")
    parameters = list(inspect.signature(step).parameters)
    if len(parameters) != 5:
        raise Misuse(f"{cls.__name__}.step has the parameters ({', '.join(parameters)}): "
                     "define step(self, theta, gradient, state, info)")
    evaluates = parameters[2] == "objective"
    per_block = bool(getattr(cls, "per_block", False))
    if evaluates and per_block:
        raise Misuse(f"{cls.__name__} asks for the objective and for one block at a time: choose one of the two")
    name = declared_name(cls)
    rate, search = _rate(cls)
    version = declared_version(cls)
    source = source_digest(cls)
    fields = *declared_fields(cls), ("source", source, source, "digest of the class: another source is another optimizer", "")
    lines = (inspect.getdoc(cls) or "optimizer written in Python").splitlines()
    return Description(name, lines[0].rstrip("."), getattr(cls, "citation", "your own"), version, fields, rate, search,
                       evaluates, make_driver(cls, per_block))


def source_digest(cls):
    """12 hexadecimal digits that change with the file of the class or of a class that it derives from: functions and
    constants beside it matter, too. In a notebook they change with the source of the class, and where there is
    none to read, with its compiled code. Modules that the file imports, and data, do not count: raise `version`."""
    if own := getattr(cls, "__ravine_source__", None):
        return own
    digest = hashlib.sha256()
    for one in cls.__mro__:
        if one is object:
            continue
        try:
            digest.update(_source(one).encode())
        except (OSError, TypeError):
            for name, value in sorted(vars(one).items()):
                if inspect.isfunction(value):
                    digest.update(f"{name} {_code(value.__code__)}".encode())
    return digest.hexdigest()[:12]


def _source(cls):
    module = inspect.getmodule(cls)
    return inspect.getsource(module if getattr(module, "__file__", None) else cls)


def _code(code):
    constants = [_code(one) if inspect.iscode(one) else sorted(map(repr, one)) if isinstance(one, frozenset)
                 else repr(one) for one in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"


def declared_version(cls):
    """The `version` of a class, which is part of its trials' identity."""
    version = getattr(cls, "version", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Misuse(f"{cls.__name__}.version is {version!r}: give a whole number from 1")
    return version


def declared_name(cls):
    """What texts call a class: its `name`, or that of the class in snake_case."""
    name = getattr(cls, "name", None) or _snake_case(cls.__name__)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(name)):
        raise Misuse(f"{cls.__name__}.name is {name!r}: use lower-case letters, digits and '_'")
    return name


def declared_fields(cls):
    """(name, default, rule, meaning, search) of each Field, those of base classes first."""
    seen = {}
    for one in reversed(cls.__mro__):
        for name, value in vars(one).items():
            if isinstance(value, Field):
                seen[name] = value
            elif name in seen and not isinstance(value, Field):
                del seen[name]
    for name, field in seen.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name == "source":
            raise Misuse(f"the field {name!r} of {cls.__name__} has a name that cannot be written in a trial: "
                         "use lower-case letters, digits and '_', and not 'source'")
        default = field.default
        if not isinstance(default, (bool, numbers.Real, str)) or isinstance(default, float) and math.isnan(default):
            raise Misuse(f"the default of {cls.__name__}.{name} is {default!r}: "
                         "give a number, True or False, or a text")
        yield name, default, field.rule, field.meaning, field.search


def _rate(cls):
    declared = getattr(cls, "learning_rate", 1.0)
    rate, search = declared if isinstance(declared, tuple) and len(declared) == 2 else (declared, "")
    if not isinstance(rate, numbers.Real) or not 0 <= rate < math.inf or not isinstance(search, str):
        raise Misuse(f"{cls.__name__}.learning_rate is {declared!r}: give the customary rate, or the pair of it and "
                     "the scale of its search, such as (1e-3, \"log(1e-5, 0.1)\")")
    return float(rate), search


def _snake_case(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
