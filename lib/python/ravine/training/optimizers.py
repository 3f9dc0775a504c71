"""An optimizer by its text, or a class of one's own with values for its fields."""

from .declaration import describe
from .engine import engine


class Optimizer:
    """What trains: a text of the engine's grammar, and the classes that it may name.

    text: the canonical text, every field with its value.
    step(problem, theta, step, learning_rate, total_steps): one update of theta, in place; returns the loss of the
        mini-batch of that step.
    """

    def __init__(self, text, classes=(), precision="float"):
        self.precision = precision
        self.descriptions = tuple(describe(cls) for cls in classes)
        self.catalogs = catalogs_with(self.descriptions, precision)
        self.text = self.catalogs.canonical_optimizer(text)
        self._stepper = None

    def in_precision(self, precision):
        """The same optimizer for problems of another precision."""
        if precision == self.precision:
            return self
        other = Optimizer.__new__(Optimizer)
        other.precision, other.descriptions, other._stepper = precision, self.descriptions, None
        other.catalogs = catalogs_with(self.descriptions, precision)
        other.text = other.catalogs.canonical_optimizer(self.text)
        return other

    def step(self, problem, theta, step, learning_rate, total_steps=0):
        if self._stepper is None:
            self._stepper = engine(self.precision).Stepper(self.catalogs, self.text)
        return self._stepper.step(problem.view, theta, step, learning_rate, total_steps)

    def __repr__(self):
        return f"ravine.optimizer({self.text!r})"


def optimizer(what, *, classes=(), precision="float", **fields):
    """ravine.optimizer("adamw(beta2=0.95)"), ravine.optimizer(MyClass, beta=0.95), or a text that names classes of
    one's own: ravine.optimizer("lookahead(inner=sign_momentum)", classes=[SignMomentum])."""
    if isinstance(what, Optimizer):
        return what.in_precision(precision)
    if not isinstance(what, str):
        classes, what = [what, *classes], describe(what).name
    return Optimizer(with_fields(what, fields), classes, precision)


def with_fields(text, fields):
    """A plain name with values for its fields, as text."""
    if not fields:
        return text
    return f"{text}({', '.join(f'{key}={spell(value)}' for key, value in fields.items())})"


def spell(value):
    """A value of a field as component texts have it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return '"' + str(value).replace('"', '""') + '"'


def catalogs_with(descriptions, precision, problem=None):
    catalogs = engine(precision).Catalogs()
    for description in descriptions:
        catalogs.add_optimizer(description)
    if problem is not None:
        catalogs.add_problem(problem)
    return catalogs
