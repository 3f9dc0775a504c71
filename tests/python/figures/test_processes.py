"""Figures drawn side by side: the same files, and a word where a process is killed."""

import os
import signal

import pytest
import synthetic
from ravine.errors import Misuse
from ravine.figures import drawing
from suites import PROJECT


def draw(path, folder, processes, missing):
    return drawing.draw_file(path, list(drawing.figure_makers() | drawing.suite_figure_makers()), ["png", "pdf"], folder,
                             "epoch", missing, processes=processes)


def test_bytes_order_and_what_is_missing_do_not_depend_on_processes(tmp_path):
    synthetic.write(tmp_path / "x.h5")
    one, two = [], []
    alone = draw(tmp_path / "x.h5", tmp_path / "one", 1, one)
    beside = draw(tmp_path / "x.h5", tmp_path / "two", 3, two)
    assert [path.name for path in alone] == [path.name for path in beside] and len(alone) > 4
    assert [path.read_bytes() for path in alone] == [path.read_bytes() for path in beside]
    assert one == two


def test_a_killed_process_is_told(tmp_path, monkeypatch):
    def killed(target, make, formats):
        os.kill(os.getpid(), signal.SIGKILL)

    synthetic.write(tmp_path / "x.h5")
    monkeypatch.setattr(drawing, "draw_one", killed)
    with pytest.raises(Misuse, match="was killed"):
        draw(tmp_path / "x.h5", tmp_path / "out", 2, [])


def test_a_baseline_without_times_has_no_cost_of_an_update(tmp_path):
    missing = []
    drawing.draw_file(PROJECT / "results" / "baselines" / "batch-size.h5", ["curves", "update-cost"], ["png"], tmp_path,
                      "epoch", missing)
    assert [one.reason for one in missing if one.name == "update-cost"] == [drawing.NOTHING]
