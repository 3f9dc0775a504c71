"""Skips the tests of the engine where it is not built, as in builds with sanitizers."""

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
