"""A room that can be called: ravine.figures(results) draws, and ravine.figures.drawing is still a module."""

import functools
import inspect
import sys
import types


def callable_as(name, function):
    """Makes calls of the room `name`, a module, calls of `function`, with its signature and documentation."""

    @functools.wraps(function)
    def call(self, *arguments, **named):
        return function(*arguments, **named)

    signature = inspect.signature(function)
    me = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    call.__signature__ = signature.replace(parameters=[me, *signature.parameters.values()])
    sys.modules[name].__class__ = type("Room", (types.ModuleType,), {"__call__": call})
