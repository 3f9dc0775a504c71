"""The stub of the engine has the engine's names, and as many parameters of each function."""

import ast
import inspect
import re

import pytest
from engines import need
from ravine import places
from ravine.training.engine import engine

TREE = ast.parse((places.PACKAGE / "_engine.pyi").read_text(encoding="utf-8"))


def stubs(body):
    """{name: number of parameters but self; None for what is no function}."""
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            is_property = any(getattr(one, "id", "") == "property" for one in node.decorator_list)
            names = [one.arg for one in node.args.posonlyargs + node.args.args if one.arg != "self"]
            found[node.name] = None if is_property else len(names)
        elif isinstance(node, ast.ClassDef):
            found[node.name] = stubs(node.body)
        elif isinstance(node, ast.AnnAssign):
            found[node.target.id] = None
    return found


def compiled(owner):
    found = {}
    for name, value in vars(owner).items():
        # Newer versions of pybind11 add names of their own, "_pybind11_conduit_v1_".
        if name.startswith("_") and not (name == "__init__" and inspect.isclass(owner)):
            continue
        if inspect.isclass(value):
            found[name] = compiled(value)
        elif callable(value) and (signature := re.match(r"\w+\((.*?)\) ->", value.__doc__ or "")):
            found[name] = len([one for one in signature[1].split(", ") if one and not one.startswith("self")])
        elif name != "__init__":  # that of a class which nobody makes
            found[name] = None
    return found


@pytest.mark.parametrize("precision", ["float", "double"])
def test_the_stub_is_that_of_the_engine(precision):
    need(precision)
    assert stubs(TREE.body) == compiled(engine(precision))


def test_types_are_marked_as_there():
    assert (places.PACKAGE / "py.typed").is_file()
