"""Shared by all Python tests: the package `ravine` is importable, long tests run on demand."""

import os
import pathlib
import sys

import pytest

PROJECT = pathlib.Path(__file__).parents[1]
sys.dont_write_bytecode = True
sys.path[:0] = [str(PROJECT / folder) for folder in ("lib/python", "tests", "tests/python/support",
                                                "tests/docs", "tests/end_to_end", "tests/cluster")]


@pytest.fixture(scope="session")
def quick_results(tmp_path_factory):
    """quick_results("optimizers"): the path of that suite's quick results, run once a session."""
    from quick_runs import QuickRuns

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return QuickRuns(shared / "quick-runs")


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the tests marked `long`, too")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="long: scripts/test --long")
        for item in items:
            if "long" in item.keywords:
                item.add_marker(skip)
