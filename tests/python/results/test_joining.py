"""Several files as one: the same as if one file had everything, or a refusal in one sentence."""

import dataclasses
import pathlib

import numpy as np
import pandas as pd
import pytest
import synthetic
from ravine import load
from ravine.errors import Misuse
from ravine.figures.__main__ import main as figures
from ravine.results.joining import join
from ravine.study import common_labels, study

PROBLEMS = ("mlp(data=glyphs, hidden=8)", "logreg(data=glyphs)")
BASELINES = pathlib.Path(__file__).parents[3] / "results" / "baselines"


def write(path, *optimizers, problems=PROBLEMS, change=None, suite="optimizers", **fields):
    def named(row, columns):
        row.update(fields)
        row["id"] = f"{row['problem']} {row['optimizer']} {row['learning_rate']} {row['seed']}"
        if change:
            change(row, columns)

    synthetic.write(path, optimizers=optimizers, problems=problems, change=named, suite=suite)
    return load(path)


def require_same_study(found, expected):
    for own, other in zip(found, expected, strict=True):
        assert (own.label, own.metric, own.target) == (other.label, other.metric, other.target)
        assert {one.label for one in own.entries} == {one.label for one in other.entries}
        for one in own.entries:
            same = other.entry(one.label)
            assert one.rate == same.rate
            for name in ("seeds", "finals", "steps"):
                np.testing.assert_array_equal(getattr(one, name), getattr(same, name))


def test_parts_say_what_the_whole_says(tmp_path):
    whole = write(tmp_path / "whole.h5", "sgd", "momentum", "adam")
    parts = [write(tmp_path / "a.h5", "sgd", "momentum"), write(tmp_path / "b.h5", "adam", suite="mine")]
    found = join(parts)
    require_same_study(study(found), study(whole))
    assert found.attributes["suite"] == "optimizers + mine" and found.attributes["file"] == "a.h5 + b.h5"
    assert pathlib.Path(found.path) == tmp_path / "a+b.h5"


def test_parts_of_a_real_file_say_what_it_says():
    whole = load(BASELINES / "optimizers.h5")
    own = whole.trials["optimizer"].str.startswith("adam(")
    parts = [dataclasses.replace(whole, trials=whole.trials[keep]) for keep in (~own, own)]
    assert len(parts[1].plan) > 10
    found = join(parts)
    assert len(found.plan) == len(whole.plan) and len(found.curves) == len(whole.curves)
    require_same_study(study(found), study(whole))


def test_a_file_and_itself_are_the_file(tmp_path):
    one = write(tmp_path / "a.h5", "sgd", "adam")
    found = join([one, one])
    pd.testing.assert_frame_equal(found.trials, one.trials)
    pd.testing.assert_frame_equal(found.curves, one.curves)


def test_what_only_one_file_has_is_missing_in_the_rest(tmp_path):
    one = write(tmp_path / "a.h5", "sgd", optimizer_alpha=0.5, note="here")
    other = write(tmp_path / "b.h5", "adam", optimizer_alpha="linear(0.1)", optimizer_beta=0.9)
    found = join([one, other]).trials.groupby("optimizer").first()
    adam = next(name for name in found.index if name != "sgd")
    assert list(found.loc["sgd", ["optimizer_alpha", "note"]]) == ["0.5", "here"]
    assert list(found.loc[adam, ["optimizer_alpha", "note", "optimizer_beta"]]) == ["linear(0.1)", "", 0.9]
    assert np.isnan(found.loc["sgd", "optimizer_beta"])


@pytest.mark.parametrize("field", ["shuffle", "divergence", "observe", "epochs", "data", "precision"])
def test_another_protocol_is_refused(tmp_path, field):
    one = write(tmp_path / "a.h5", "sgd", **{field: "one"})
    other = write(tmp_path / "b.h5", "adam", **{field: "two"})
    with pytest.raises(Misuse, match=rf"a.h5' and '.*b.h5' differ on mlp\(glyphs\) in {field} \(one and two\): .*--together"):
        join([one, other])


def test_a_third_file_is_refused_by_the_name_of_the_one_that_it_contradicts(tmp_path):
    one = write(tmp_path / "a.h5", "sgd", problems=PROBLEMS[:1], shuffle="one")
    two = write(tmp_path / "b.h5", "momentum", shuffle="one")
    three = write(tmp_path / "c.h5", "adam", problems=PROBLEMS[1:], shuffle="two")
    with pytest.raises(Misuse, match=r"b.h5' and '.*c.h5' differ on logreg"):
        join([one, two, three])


def test_what_is_recorded_may_differ(tmp_path):
    parts = [write(tmp_path / f"{name}.h5", name, record=name) for name in ("sgd", "adam")]
    assert len(common_labels(study(join(parts)))) == 2


def test_no_common_problem_is_refused(tmp_path):
    parts = [write(tmp_path / f"{k}.h5", "sgd", problems=PROBLEMS[k:k + 1]) for k in range(2)]
    with pytest.raises(Misuse, match="no problem in common"):
        join(parts)


def test_tuned_beside_untuned_is_refused(tmp_path):
    tuned = write(tmp_path / "a.h5", "sgd", stage="final", setting="tuned default", contest="sgd")
    with pytest.raises(Misuse, match=r"a.h5' is tuned and '.*b.h5' is not"):
        join([write(tmp_path / "b.h5", "adam"), tuned])


def test_a_trial_with_two_results_is_refused(tmp_path):
    def other(row, columns):
        if row["seed"] == 1:
            columns["train_loss"] = columns["train_loss"] * 1.0000001

    one = write(tmp_path / "a.h5", "sgd", "adam")
    with pytest.raises(Misuse, match=r"have the trial .* with different results"):
        join([one, write(tmp_path / "b.h5", "adam", change=other)])


def test_the_report_ranks_them_together_and_keeps_the_claims_of_both(tmp_path):
    pytest.importorskip("jinja2", reason="python3-jinja2 is not installed: scripts/setup --test")
    import ravine

    parts = [write(tmp_path / "a.h5", "sgd", "momentum"), write(tmp_path / "b.h5", "adam", suite="averaging")]
    for part, name in zip(parts, ("A1.one", "B1.other")):
        part.checks[["id", "statement", "quantity", "unit"]] = pd.DataFrame([[name, "It holds.", "speed", ""]])
        part.checks[["predicted", "actual", "tolerance"]] = 1.0
    page = ravine.report(*parts, together=True, baseline="adam", output=tmp_path / "r.html").read_text()
    assert page.count("<article") == 1 and "3 optimizers on 2 problems" in page
    assert "A1.one" in page and "B1.other" in page and "<b>adam</b> (chosen with" in page
    apart = ravine.report(*parts, output=tmp_path / "r.html").read_text()
    assert apart.count("<article") == 2


def test_figures_of_both_have_a_name_of_their_own(tmp_path, capsys):
    for name in ("sgd", "adam"):
        write(tmp_path / f"{name}.h5", name, problems=PROBLEMS[:1])
    files = [str(tmp_path / f"{name}.h5") for name in ("sgd", "adam")]
    assert figures([*files, "--together", "--figure", "curves", "--format", "svg"]) == 0
    written = pathlib.Path(capsys.readouterr().out.strip())
    assert written.parent == tmp_path / "figures" and written.name.startswith("sgd+adam-curves")
    assert "<!-- sgd -->" in written.read_text() and "<!-- adam -->" in written.read_text()
