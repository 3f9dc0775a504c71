"""Divergence, lost measurements and edited data in files that the programs wrote."""

import re
import shutil

import h5py
import numpy as np
import pytest
import suites
from ravine import load
from ravine.errors import Misuse
from ravine.gate import compare
from ravine.gate.__main__ import main as gate
from ravine.report.__main__ import main as report
from ravine.results import seal
from ravine.study.per_problem import study
from ravine.study.summary import summarize

ROWS = "".join(f"0.{i % 7},0.{i % 5},{i % 2}\n" for i in range(20))


def train(folder, name, *arguments):
    path = folder / name
    done = suites.run("ravine-optimizers", *arguments, "--fresh", "--output", path, cwd=folder)
    assert done.returncode in (0, 1), done.stderr
    return path


def text_of(page):
    """What a reader of the report sees."""
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", page.read_text(encoding="utf-8"))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


@pytest.mark.filterwarnings("error")
def test_nobody_reaches_a_target_where_all_diverge(tmp_path):
    (tmp_path / "good.csv").write_text(ROWS)
    path = train(tmp_path, "dv.h5", "--problem", "logreg(data=good.csv)", "--optimizer", "sgd,adam",
                 "--learning-rate", "1e30", "--seeds", "2", "--batch-size", "4", "--epochs", "20",
                 "--init", "normal(sd=1)")
    results = load(path)
    assert set(results.trials["outcome"]) == {"diverged"}
    problem = study(results)[0]
    assert np.isnan(problem.target) and all(np.isinf(one.steps).all() for one in problem.entries)
    assert list(summarize([problem]).integrated.value) == [0, 0]
    assert report([str(path), "--output", str(tmp_path / "r.html")]) == 0
    text = text_of(tmp_path / "r.html")
    assert "every optimizer diverged" in text and "0 of 2" in text
    assert text.count("2 of 2") == 2  # both diverged with both seeds, and nobody reached anything
    assert not re.search(r"\bnan\b", text)


def altered(source, target, change):
    shutil.copy(source, target)
    target.chmod(0o644)
    with h5py.File(target, "r+") as file:
        change(file["curves"])
    seal.seal(target, "ravine-results")
    return target


def gate_file(folder):
    (folder / "good.csv").write_text(ROWS)
    return train(folder, "gb.h5", "--problem", "mlp(data=good.csv, hidden=4)", "--optimizer", "sgd",
                 "--learning-rate", "0.1", "--seeds", "12", "--batch-size", "8", "--epochs", "5")


def test_the_gate_sees_what_is_not_measured_any_more(tmp_path, capsys):
    old = gate_file(tmp_path)

    def worse(curves):
        curves["test_accuracy"][:] = 0.1

    def worse_and_lost(curves):
        worse(curves)
        curves["test_accuracy"][: curves["row_size"][0]] = np.nan

    def lost(curves):
        curves["test_accuracy"][:] = np.nan

    def lost_at_the_end(curves):
        curves["test_accuracy"][np.cumsum(curves["row_size"][:]) - 1] = np.nan

    def dropped(curves):
        del curves["test_accuracy"]

    verdicts = {"worse": "regressed", "worse_and_lost": "changed", "lost": "changed",
                "lost_at_the_end": "changed", "dropped": "changed"}
    for change in (worse, worse_and_lost, lost, lost_at_the_end, dropped):
        new = altered(old, tmp_path / "new.h5", change)
        assert gate([str(new), "--baseline", str(old)]) == 1, change.__name__
        assert compare(load(new), load(old)).lines[0].verdict == verdicts[change.__name__]
        assert gate([str(new), "--baseline", str(old), "--exact"]) == 1
    assert "test_accuracy" in capsys.readouterr().out


def test_a_count_of_diverged_seeds_is_told_whatever_the_verdict(tmp_path, capsys):
    new = gate_file(tmp_path)
    old = tmp_path / "old.h5"
    shutil.copy(new, old)
    old.chmod(0o644)
    with h5py.File(old, "r+") as file:
        file["trials/outcome"][0] = "diverged"
    seal.seal(old, "ravine-results")
    gate([str(new), "--baseline", str(old)])
    assert "0 of 12 seeds diverge, 1 in the baseline" in capsys.readouterr().out


def test_a_trial_without_its_last_value_is_not_called_diverged(tmp_path):
    def lost_in_one(curves):
        at = curves["row_size"][0] - 1
        for name in ("test_accuracy", "validation_accuracy"):
            curves[name][at] = np.nan

    page = tmp_path / "r.html"
    assert report([str(altered(gate_file(tmp_path), tmp_path / "new.h5", lost_in_one)), "--output",
                   str(page)]) == 0
    said = text_of(page)
    assert "0, and 1 not measured" in said and "1 diverged" not in said


def test_the_gate_says_that_the_data_changed(tmp_path):
    old = gate_file(tmp_path)
    (tmp_path / "good.csv").write_text(ROWS.replace("0.1,0.1,1", "0.2,0.1,1"))
    new = train(tmp_path, "gd.h5", "--problem", "mlp(data=good.csv, hidden=4)", "--optimizer", "sgd",
                "--learning-rate", "0.1", "--seeds", "12", "--batch-size", "8", "--epochs", "5")
    with pytest.raises(Misuse, match=r"the data changed \(data is good.csv:[0-9a-f]{8}, was good"):
        gate([str(new), "--baseline", str(old)])


@pytest.mark.both_precisions
@pytest.mark.filterwarnings("error")
def test_reports_of_all_quick_suites_warn_of_nothing(quick_results, tmp_path):
    paths = [str(quick_results(suite)) for suite in ("averaging", "batch-size", "optimizers",
                                                     "schedules", "second-order")]
    assert report([*paths, "--output", str(tmp_path / "r.html")]) == 0
    assert not re.search(r"\bnan\b", text_of(tmp_path / "r.html"))
