"""Problems that are Python classes: a torch module, a JAX function or plain NumPy under ravine's optimizers.

    class Regression:
        "Least squares on ten features."
        examples = 1000                                  # left out: one function without mini-batches
        blocks = {"w": (10, 1), "b": (1, 1)}             # the parameters by name

        def start(self, theta, seed):                    # theta: {"w": array, "b": array}, zeros
            theta["w"][:] = np.random.default_rng(seed).normal(size=(10, 1))

        def evaluate(self, theta, gradient, batch):      # the loss of the mini-batch; fills gradient in place
            residual = X[batch] @ theta["w"] + theta["b"] - y[batch]
            if gradient is not None:
                gradient["w"][:] = 2 * X[batch].T @ residual / len(batch)
                gradient["b"][:] = 2 * residual.mean()
            return (residual**2).mean()

        def measure(self, theta):                        # optional: metrics of an observation
            return {"test_loss": ...}

The objective of an observation is evaluate() on all examples, unless measure() says it. The same theta, batch and
seed must give the same numbers, or no trial can be repeated. Fields are declared as those of optimizers are. Arrays
are valid during a call.
"""

import inspect
import numbers

import numpy as np

from ..errors import Misuse
from .declaration import Description, declared_fields, declared_name, declared_version, source_digest
from .driver import Block

METRICS = ("objective", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss",
           "test_accuracy")


def describe_problem(cls):
    """The Description of a class. Raises Misuse for one that cannot be a problem."""
    if not inspect.isclass(cls):
        raise Misuse(f"{cls!r} is not a problem: give a text such as 'mlp(data=glyphs)', or a class with "
                     "evaluate(theta, gradient, batch)")
    evaluate = getattr(cls, "evaluate", None)
    if not callable(evaluate) or len(inspect.signature(evaluate).parameters) != 4:
        raise Misuse(f"{cls.__name__} has no evaluate(self, theta, gradient, batch): define it")
    if not hasattr(cls, "blocks"):
        raise Misuse(f"{cls.__name__} has no blocks: declare its parameters as blocks = {{\"w\": (rows, columns)}}")
    source = source_digest(cls)
    fields = *declared_fields(cls), ("source", source, source, "digest of the class: another source is another problem",
                                     "")
    summary = (inspect.getdoc(cls) or "problem written in Python").splitlines()[0].rstrip(".")
    return Description(declared_name(cls), summary, getattr(cls, "citation", "your own"), declared_version(cls),
                       fields, 1.0, "", True, lambda fields: ProblemDriver(cls, fields))


class ProblemDriver:
    """One object of a user's class, which all trials of a problem share."""

    def __init__(self, cls, fields):
        self.object = cls.__new__(cls)
        for name, value in fields.items():
            if name != "source":
                setattr(self.object, name, value)
        self.object.__init__()
        self.name = cls.__name__
        self.examples = getattr(self.object, "examples", 1)
        if not isinstance(self.examples, numbers.Integral) or self.examples < 1:
            raise Misuse(f"{self.name}.examples is {self.examples!r}: give a whole number from 1")
        if not isinstance(self.object.blocks, dict) or not self.object.blocks:
            raise Misuse(f"{self.name}.blocks is {self.object.blocks!r}: declare the parameters as "
                         "{\"w\": (rows, columns)}")
        self.blocks = [self._row(name, shape) for name, shape in self.object.blocks.items()]
        measured = getattr(self.object, "metrics", ())
        self.metrics = ["objective", *(name for name in measured if name != "objective")]
        self.all = np.arange(self.examples, dtype=np.int32)

    def _row(self, name, shape):
        if not (isinstance(shape, tuple) and len(shape) == 2 and all(isinstance(n, int) and n > 0 for n in shape)):
            raise Misuse(f"the block {name!r} of {self.name} has the shape {shape!r}: give (rows, columns)")
        return str(name), *shape, shape[0] == 1

    def place(self, rows):
        self.placed = [Block(*row) for row in rows]

    def start(self, vector, seed):
        if start := getattr(self.object, "start", None):
            start(self.named(vector), seed)

    def named(self, vector):
        return {block.name: block.of(vector) for block in self.placed}

    def session(self, theta, gradient):
        return Session(self, theta, gradient)


class Session:
    """One trial's views of its vectors, and its mini-batch."""

    def __init__(self, driver, theta, gradient):
        self.driver, self.call = driver, driver.object.evaluate
        self.theta, self.gradient = driver.named(theta), driver.named(gradient)
        self.batch = driver.all

    def evaluate(self, with_gradient):
        return self._number(self.call(self.theta, self.gradient if with_gradient else None, self.batch), "evaluate")

    def measure(self):
        own = getattr(self.driver.object, "measure", None)
        measured = {name: self._number(value, "measure") for name, value in own(self.theta).items()} if own else {}
        if unknown := set(measured) - set(METRICS):
            raise Misuse(f"{self.driver.name}.measure gives {sorted(unknown)}: choose from {', '.join(METRICS)}")
        if "objective" not in measured:
            measured["objective"] = self._number(self.call(self.theta, None, self.driver.all), "evaluate")
        return measured

    def _number(self, value, where):
        try:
            return float(value)
        except (TypeError, ValueError) as error:
            raise Misuse(f"{self.driver.name}.{where} gave {value!r}: give a number") from error
