"""Shared by all Python tests: the analysis package is importable, long tests run on demand."""

import pathlib
import sys

import pytest

PROJECT = pathlib.Path(__file__).parents[1]
sys.dont_write_bytecode = True
sys.path[:0] = [str(PROJECT / folder) for folder in ("scripts", "tests", "tests/analysis",
                                                "tests/end_to_end", "tests/cluster")]


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the tests marked `long`, too")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="long: scripts/test --long")
        for item in items:
            if "long" in item.keywords:
                item.add_marker(skip)
