"""What the engine calls at every step: one object of a user's class, its arrays and its state."""

import functools
import os
import sys
import types

import numpy as np

from ..errors import INTERNAL, Misuse
from . import state_bytes


def make_driver(cls, per_block):
    """What the engine calls once per trial: (fields, blocks, theta, gradient) -> a driver."""
    return functools.partial(BlockDriver if per_block else Driver, cls)


class Block:
    """A named matrix of the parameter vector: name, kind (weight, bias, ...), shape and place."""

    __slots__ = ("kind", "name", "part", "shape")

    def __init__(self, name, kind, offset, rows, cols):
        self.name, self.kind, self.shape = name, kind, (rows, cols)
        self.part = slice(offset, offset + rows * cols)

    def of(self, vector):
        """The block's matrix in a whole vector, without a copy."""
        return vector[self.part].reshape(self.shape)

    def __repr__(self):
        return f"Block({self.name!r}, {self.kind!r}, {self.shape})"


class Driver:
    """Gives whole vectors to step()."""

    def __init__(self, cls, fields, blocks, theta, gradient):
        self.theta, self.gradient = theta, gradient
        self.blocks = [Block(*row) for row in blocks]
        self.object = cls.__new__(cls)
        self.set_fields(fields)
        self.object.__init__()
        if prepare := getattr(self.object, "prepare", None):
            prepare(theta, gradient, self.blocks)
        self.state = {}
        self.info = types.SimpleNamespace(step=0, learning_rate=0.0, total_steps=0, block=None, blocks=self.blocks)
        self.call = self.object.step
        self.fields = set(fields) - {"source"}
        self.kept = None if hasattr(self.object, "save_state") else self._own_values()
        self.is_first = True
        self.process = os.getpid()

    def set_fields(self, fields):
        for name, value in fields.items():
            if name != "source":
                setattr(self.object, name, value)

    def require_state(self):
        """Raises Misuse where step() left something on the object: checkpoints would lose it in silence."""
        if self.kept is None:
            return
        changed = {name for name, _ in self.kept.items() ^ self._own_values().items()}
        if changed:
            raise Misuse(f"{type(self.object).__name__}.step changed self.{min(changed)}, which checkpoints would lose: "
                         "keep it in `state`, or define save_state(self) and load_state(self, state)")

    def _own_values(self):
        return {name: fingerprint(value) for name, value in vars(self.object).items() if name not in self.fields}

    def step(self, step, learning_rate, total_steps, objective):
        info = self.info
        info.step, info.learning_rate, info.total_steps = step, learning_rate, total_steps
        moved = self.call(self.theta, self.gradient if objective is None else objective, self.state, info)
        if moved is not None:
            replace(self.theta, moved, self.object)
        self._check()

    def _check(self):
        if os.getpid() != self.process:  # the run, its locks and its files belong to the process that began it
            sys.stderr.write(f"ravine: {type(self.object).__name__}.step returned in a process that it forked, which "
                             "ends here: end such a process within step() with os._exit()\n")
            sys.stderr.flush()
            os._exit(INTERNAL)
        if self.is_first:
            self.is_first = False
            self.save()  # what cannot be saved is refused here, not hours later with the first checkpoint

    def save(self):
        self.require_state()
        own = getattr(self.object, "save_state", None)
        return state_bytes.write(own() if own else self.state)

    def load(self, data):
        state = state_bytes.read(data)
        if own := getattr(self.object, "load_state", None):
            own(state)
        else:
            self.state.clear()
            self.state.update(state)


class BlockDriver(Driver):
    """Gives one matrix after the other to step(), each with a state of its own."""

    def __init__(self, cls, fields, blocks, theta, gradient):
        super().__init__(cls, fields, blocks, theta, gradient)
        self.matrices = [(block, block.of(theta), block.of(gradient)) for block in self.blocks]
        self.state = {block.name: {} for block in self.blocks}

    def step(self, step, learning_rate, total_steps, objective):
        info = self.info
        info.step, info.learning_rate, info.total_steps = step, learning_rate, total_steps
        for block, theta, gradient in self.matrices:
            info.block = block
            moved = self.call(theta, gradient, self.state[block.name], info)
            if moved is not None:
                replace(theta, moved, self.object)
        self._check()


def fingerprint(value):
    """What tells whether a value was changed: the content of plain values and arrays, else which object it is."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, hash(value.tobytes())
    if isinstance(value, (list, tuple)):
        return type(value).__name__, tuple(map(fingerprint, value))
    if isinstance(value, dict):
        return tuple((repr(key), fingerprint(one)) for key, one in value.items())
    return repr(value) if isinstance(value, (bool, int, float, complex, str, bytes, type(None))) else id(value)


def replace(theta, moved, optimizer):
    """theta <- what step() returned."""
    if moved is theta:
        return
    moved = np.asarray(moved)
    if moved.shape != theta.shape or moved.dtype.kind not in "fiu":
        raise Misuse(f"{type(optimizer).__name__}.step returned an array of {moved.dtype} and shape {moved.shape}, but "
                     f"theta has the shape {theta.shape}: return the new theta, or change it in place")
    theta[...] = moved
