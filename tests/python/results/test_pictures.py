"""What notebooks show of results: valid SVG without scripts, whose curve goes where the numbers go."""

import math
import re
import xml.etree.ElementTree as xml

import pytest
import synthetic

import ravine
from ravine.results import pictures


def paths(svg):
    """The lines of a picture as lists of pieces of (x, y)."""
    found = [path.attrib["d"] for path in xml.fromstring(svg).iter("path") if "stroke-dasharray" in path.attrib]
    return [[[tuple(map(float, point.split())) for point in re.split("L", piece)] for piece in d.split("M")[1:]]
            for d in found if "h" not in d]


def test_a_curve_is_drawn_on_a_logarithmic_axis():
    (line,), = paths(pictures.curve_svg({"train_loss": ([0, 50, 100], [100, 1, 0.01])}))
    (x0, y0), (x1, y1), (x2, y2) = line
    assert x1 - x0 == pytest.approx(x2 - x1) and x0 < x1
    assert y1 - y0 == pytest.approx(y2 - y1) and y0 < y1  # two decades down each, y points down


def test_a_curve_with_values_below_zero_is_linear():
    (line,), = paths(pictures.curve_svg({"objective": ([0, 1, 2], [3, 1, -1])}))
    (_, y0), (_, y1), (_, y2) = line
    assert y1 - y0 == pytest.approx(y2 - y1)


def test_values_that_are_not_finite_leave_a_gap():
    line, = paths(pictures.curve_svg({"a": (range(5), [3, 2, math.nan, 2, 1])}))
    assert [len(piece) for piece in line] == [2, 2]
    assert pictures.curve_svg({"a": ([0], [math.inf])}) == ""


def test_a_seed_without_a_value_does_not_improve_the_median(tmp_path):
    synthetic.write(tmp_path / "x.h5")
    results = ravine.load(tmp_path / "x.h5")
    plan = results.plan[results.plan["problem"] == results.plan["problem"].iloc[0]]
    (name, curve), *_ = pictures._best_settings(results, plan).items()
    own = [trial for trial in plan.index if results.components.name(plan["optimizer"][trial]) == name]
    lost = [trial for trial in own if plan["seed"][trial] != plan["seed"].min()]  # one seed of each setting is left
    results.curves.loc[results.curves["trial"].isin(lost), "objective"] = math.nan
    assert len(lost) > len(own) / 2 and math.isfinite(curve.iloc[-1])
    assert name not in pictures._best_settings(results, plan)


@pytest.mark.parametrize("values", [[1], [1, 1, 1], [0, 0]])
def test_short_and_flat_curves_are_drawn(values):
    assert len(paths(pictures.curve_svg({"a": (range(len(values)), values)}))) == 1


def test_names_are_escaped():
    assert "<b>" not in pictures.curve_svg({"<b>": ([0], [1])}, "<b>") + pictures.table([("<b>", "<b>")])


def test_a_file_shows_the_best_settings_of_three_optimizers(tmp_path):
    synthetic.write(tmp_path / "x.h5")
    results = ravine.load(tmp_path / "x.h5")
    shown = results._repr_html_()
    assert "<script" not in shown and len(shown) < 20_000
    xml.fromstring(shown)
    assert len(paths(shown)) == 3
    last = results.curves.groupby("trial").last().join(results.trials[["optimizer", "learning_rate", "problem", "outcome"]])
    last = last[last["problem"] == results.plan["problem"].iloc[0]]
    settings = last.groupby(["optimizer", "learning_rate"])
    medians = settings["objective"].median()[settings["outcome"].agg(lambda one: (one == "completed").all())]
    best = medians.groupby("optimizer").min().sort_values().index[:3]
    labels = [text.text for text in xml.fromstring(shown).iter("text")][-3:]
    assert labels == [results.components.name(text) for text in best]
    assert "135 (98 completed, 37 diverged)" in shown
    assert repr(results) == f"<ravine results '{tmp_path / 'x.h5'}': 135 trials of the suite optimizers>"
