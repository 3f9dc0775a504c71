"""Skips the tests of the engine where it is not built, as in builds with sanitizers."""

import time

import pytest

from ravine.errors import Misuse
from ravine.training.engine import engine

SMALL = "mlp(data=glyphs, hidden=16, train=500)"


def need(*precisions):
    for precision in precisions:
        try:
            engine(precision)
        except Misuse as error:
            pytest.skip(str(error), allow_module_level=True)


def interrupt(step, row):
    """A callback for Ctrl-C in the second step, which the trainer takes back: it then stands behind the first one, for
    the pause is longer than it lets its copies age."""
    if step == 1:
        time.sleep(1)
    if step == 2:
        raise KeyboardInterrupt
