"""A problem as an optimizer gets it: losses, gradients and curvature products on mini-batches by step."""

from .driver import Block
from .engine import engine
from .optimizers import catalogs_with
from .own_problems import describe_problem


class Problem:
    """The objective of a problem on the mini-batch of one step.

    Parameter vectors are NumPy arrays of `size` numbers of the problem's precision. Blocks start at multiples of 64
    bytes, so that there are a few zeros behind some of them; `blocks(theta)` gives the matrices.
    """

    def __init__(self, text, *, precision="float", seed=0, data_dir="", threads=1, **fields):
        self.precision = precision
        self.description = None if isinstance(text, str) else describe_problem(text)
        self.fields = {"problem": self.description.name if self.description else text, **fields}
        self.data_dir = data_dir
        self.view = engine(precision).ProblemView(catalogs_with((), precision, self.description),
                                                  {"steps": 1, **self.fields, "seed": seed}, data_dir, threads)
        self._blocks = [Block(*row) for row in self.view.blocks]

    @property
    def text(self):
        """The canonical text."""
        return self.view.text

    @property
    def size(self):
        """The length of a parameter vector."""
        return self.view.size

    def initial(self):
        """Where a trial of this seed and initializer starts."""
        return self.view.initial()

    def select(self, step):
        """Makes the mini-batch of step t = 1, 2, ... the one of all evaluations; returns self."""
        self.view.select(step)
        return self

    def batch(self, step):
        """The indices of the examples in the mini-batch of a step."""
        return self.view.batch(step)

    def loss(self, theta):
        return self.view.loss(theta)

    def gradient(self, theta):
        """(loss, gradient)"""
        return self.view.gradient(theta)

    def hessian_vector(self, theta, v):
        """H(theta) v, exact."""
        return self.view.hessian_vector(theta, v)

    def gauss_newton_vector(self, theta, v):
        """G(theta) v with the Gauss-Newton matrix G."""
        return self.view.gauss_newton_vector(theta, v)

    def measure(self, theta):
        """What an observation measures: losses and accuracies on training, validation and test examples."""
        return self.view.measure(theta)

    def blocks(self, vector):
        """The matrices in a vector by their names, views without a copy: {"dense0/weight": (in, out), ...}."""
        return {block.name: block.of(vector) for block in self._blocks}

    def __repr__(self):
        return f"ravine.problem({self.text!r})"


def problem(text, **options):
    """ravine.problem("mlp(data=glyphs)"), or a class of one's own (own_problems): see Problem. Options are precision, seed, data_dir, threads and the fields of
    trials that the problem or its batches depend on: batch_size, initializer, batch_norm, shuffle."""
    return Problem(text, **options)
