"""The compiled part of the package, one module per precision; files can be read without it."""

import functools
import importlib.machinery
import importlib.util
import sys

from .. import places
from ..errors import Misuse

NAMES = {"float": "_engine", "double": "_engine_double"}


@functools.cache
def engine(precision="float"):
    """The engine of a precision. Raises Misuse, with the remedy, where it is not built."""
    if precision not in NAMES:
        raise Misuse(f"precision is {precision!r}: choose float or double")
    name = NAMES[precision]
    path = _find(name)
    if path is None:
        raise Misuse(f"ravine's engine for Python ({name}) is not built: install pybind11 (scripts/setup does), "
                     f"then run cmake --build build/release --target ravine{name}")
    full = f"ravine.{name}"
    loader = importlib.machinery.ExtensionFileLoader(full, str(path))
    spec = importlib.util.spec_from_file_location(full, path, loader=loader)
    try:
        module = importlib.util.module_from_spec(spec)
        loader.exec_module(module)
    except ImportError as error:
        raise Misuse(f"'{path}' cannot be loaded ({error}): build it again for Python "
                     f"{sys.version_info.major}.{sys.version_info.minor}") from error
    sys.modules[full] = module
    return module


def _find(name):
    folders = (places.PACKAGE, places.programs() / "python")
    return next(((folder / f"{name}{suffix}").resolve() for folder in folders
                 for suffix in importlib.machinery.EXTENSION_SUFFIXES if (folder / f"{name}{suffix}").is_file()), None)
