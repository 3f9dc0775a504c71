"""The exact checks of the lecture, as the quick runs of their suites store them."""

import pytest

from ravine import load


@pytest.mark.parametrize("suite", ["illustrations", "schedules", "batch-size"])
def test_all_exact_checks_hold_and_are_in_the_file(suite, quick_results):
    checks = load(quick_results(suite)).checks
    assert len(checks) > 0 and checks["id"].is_unique
    off = (checks["actual"] - checks["predicted"]).abs()
    bad = checks[off > checks["tolerance"] * checks["predicted"].abs().clip(lower=1)]
    assert bad.empty, bad
