"""The quick runs that tests share: each suite once, whoever asks, and never half a file."""

import multiprocessing
import os
import time

import pytest
import quick_runs
from ravine import load


def slow_suite(program, output):
    """Takes long enough for the others to ask meanwhile, and says that it ran."""
    with open(output.parent / "runs", "a", encoding="utf-8") as log:
        log.write(f"{program}\n")
    output.write_text("half")
    time.sleep(0.2)
    output.write_text("whole")
    return 1


def ask(folder):
    quick_runs.measured_run = slow_suite
    assert quick_runs.QuickRuns(folder)("optimizers").read_text() == "whole"


def test_a_suite_runs_once_for_all_processes(tmp_path):
    context = multiprocessing.get_context("fork")
    asking = [context.Process(target=ask, args=(tmp_path,)) for _ in range(4)]
    for process in asking:
        process.start()
    for process in asking:
        process.join()
    assert [process.exitcode for process in asking] == [0] * 4
    assert (tmp_path / "runs").read_text() == "ravine-optimizers\n"


def test_a_run_that_failed_is_tried_again(tmp_path, monkeypatch):
    def fails(program, output):
        output.write_text("half")
        raise AssertionError("no such program")

    runs = quick_runs.QuickRuns(tmp_path)
    monkeypatch.setattr(quick_runs, "measured_run", fails)
    with pytest.raises(AssertionError):
        runs("averaging")
    monkeypatch.setattr(quick_runs, "measured_run", slow_suite)
    assert runs("ravine-averaging").read_text() == "whole"


@pytest.mark.parametrize("suite", quick_runs.NAMES)
def test_quick_results_of_every_suite_are_read(quick_results, suite):
    path = quick_results(suite)
    assert quick_results(suite) == path and not os.stat(path).st_mode & 0o222
    results = load(path)
    assert results.attributes["suite"] == suite and len(results.plan) and len(results.curves)
