"""The baseline of comparisons: a name, or a rule that depends neither on the order of a file nor on who won."""

import re

import pytest
import synthetic
from ravine import load
from ravine.errors import Misuse
from ravine.study import against, baseline, study, summarize


def studied(tmp_path, *optimizers):
    synthetic.write(tmp_path / "x.h5", optimizers=optimizers)
    return study(load(tmp_path / "x.h5"))


@pytest.mark.parametrize(("optimizers", "expected"), [
    (("adam", "momentum", "sgd"), "sgd"), (("lion", "adam", "momentum"), "momentum"), (("lion", "adam"), "adam"),
    (("rmsprop", "nesterov"), "nesterov")])
def test_the_default_depends_on_names_alone(tmp_path, optimizers, expected):
    assert baseline.baseline(studied(tmp_path, *optimizers)) == expected
    assert baseline.baseline(studied(tmp_path, *reversed(optimizers))) == expected


def test_differences_are_to_the_baseline(tmp_path):
    found = studied(tmp_path, "adam", "momentum", "sgd")
    reference, rows = against(found)
    assert reference == "sgd" and {one.label for one in rows} == {"adam", "momentum"}
    own = {label: found[0].entry(label).finals for label in ("adam", "momentum", "sgd")}
    for one in rows:
        assert one.difference.mean == pytest.approx((own[one.label] - own["sgd"]).mean())
    reference, rows = against(found, "adam")
    assert {one.label: one.difference.mean for one in rows} == pytest.approx(
        {label: (own[label] - own["adam"]).mean() for label in ("momentum", "sgd")})


def test_speed_ups_are_over_the_baseline_where_it_reaches_its_targets(tmp_path):
    found = studied(tmp_path, "sgd", "momentum", "adam")
    over = summarize(found, baseline="adam")
    assert over.reference == "adam" and over.speed_up[over.labels.index("adam")] == 1
    assert summarize(found, baseline="sgd").reference == "adam", "sgd misses the target"


def test_a_name_that_did_not_run_is_refused(tmp_path):
    found = studied(tmp_path, "sgd", "adam")
    with pytest.raises(Misuse, match=re.escape("names 'adm', which did not run on every problem that is compared (did "
                                               "you mean 'adam'?): choose one of sgd, adam")):
        baseline.baseline(found, "adm")


def test_a_name_that_several_lines_share_is_refused(tmp_path):
    def change(row, _):
        if row["optimizer"] == "sgd" and row["seed"] == 1:
            row.update(seed=0, schedule="cosine")

    synthetic.write(tmp_path / "x.h5", optimizers=("sgd", "adam"), change=change)
    found = study(load(tmp_path / "x.h5"))
    with pytest.raises(Misuse, match="several lines share: choose one of sgd, constant, sgd, cosine"):
        baseline.baseline(found, "sgd")
    assert baseline.baseline(found, "sgd, cosine") == "sgd, cosine"
