"""The check of figures finds what it is there to find."""

import frames
import matplotlib.pyplot as plt
import numpy as np
import pytest

from ravine.figures import style
from ravine.figures.axes import name_empty_panels


@pytest.fixture
def axes():
    style.apply()
    yield plt.figure().add_subplot()
    plt.close("all")


def test_an_honest_figure_has_no_faults(axes):
    axes.plot([0, 1], [1, 2])
    axes.fill_between([0, 1], [0, 1], [2, 3])
    axes.axhline(1)
    assert frames.faults(axes.figure) == []


def test_a_line_beyond_the_frame_is_found(axes):
    axes.plot([0, 1, 2], [1, 2, 30])
    axes.set_ylim(0, 3)
    fault, = frames.faults(axes.figure)
    assert "1 of 3 points" in fault


def test_a_band_beyond_the_frame_is_found(axes):
    axes.fill_between([0, 1], [0, 1], [2, 3])
    axes.set_ylim(0.5, 3)
    assert len(frames.faults(axes.figure)) == 1


def test_a_zero_on_a_log_axis_is_found(axes):
    axes.plot([0, 1, 2], [1, 0, 1])
    axes.set_yscale("log")
    assert any("points" in fault for fault in frames.faults(axes.figure))


def test_empty_axes_are_found(axes):
    axes.plot([], [])
    fault, = frames.faults(axes.figure)
    assert "is empty" in fault
    axes.text(1.06, 0.5, "label of a line", transform=axes.transAxes)
    assert len(frames.faults(axes.figure)) == 1
    name_empty_panels(axes.figure)
    assert frames.faults(axes.figure) == []


def test_only_empty_panels_are_named_empty(axes):
    axes.plot([1, 2], [np.nan, np.nan])
    full, told, picture = axes.figure.subplots(1, 3)
    full.plot([1, np.nan, 2], [1, 2, np.nan])
    told.text(0.5, 0.5, "diverged", transform=told.transAxes)
    picture.imshow(np.zeros((2, 2)))
    name_empty_panels(axes.figure)
    assert [text.get_text() for one in axes.figure.axes for text in one.texts] == ["no values", "diverged"]


def test_a_scale_that_nobody_names_is_found(axes):
    axes.plot([1, 2, 5], [1, 2, 3])
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5], ["1", "2", "5"])
    axes.minorticks_off()
    fault, = frames.faults(axes.figure)
    assert "log axis" in fault
    axes.set_xlabel("examples, log scale")
    assert frames.faults(axes.figure) == []


def test_a_key_of_the_legend_without_a_line_is_found(axes):
    line, = axes.plot([0, 1], [1, 2], ls="--", label="average")
    axes.legend()
    assert frames.faults(axes.figure) == []
    line.set_ydata([float("nan")] * 2)
    axes.plot([0, 1], [1, 2])
    fault, = frames.faults(axes.figure)
    assert fault == "the legend names 'average', but no line has its dashes"


def test_words_on_other_words_are_found(axes):
    axes.plot([0, 1], [0, 1])
    axes.text(0.5, 0.5, "sgd")
    assert frames.unreadable(axes.figure) == []
    axes.text(0.51, 0.51, "adam")
    assert frames.unreadable(axes.figure) == ["'adam' and 'sgd' overlap"]


def test_words_beyond_the_page_are_found(axes):
    axes.plot([0, 1], [0, 1])
    axes.figure.text(0.99, 0.5, "cut")
    assert "'cut' is cut off at the edge of the page" in frames.unreadable(axes.figure)


def test_pale_words_are_found(axes):
    axes.plot([0, 1], [0, 1])
    axes.set_title("pale", color="#b9b9b9")
    fault, = frames.faults(axes.figure)
    assert fault.startswith("'pale' is too pale: 1.9")
