"""scripts/reproduce: the catalog is sound, comparisons decide rightly, misuse is one sentence."""

import dataclasses
import pathlib
import re

import component_texts
import numpy as np
import pandas as pd
import pytest
import real_vocabulary

from ravine.claims.claim import claims_of
from ravine.errors import Misuse
from ravine.figures import drawing as figures
from ravine.reproduce.__main__ import main, told
from ravine.reproduce.catalog import Figure, Value, catalog, find
from ravine.reproduce.compare import compare
from ravine.results.load import Results

PROJECT = pathlib.Path(__file__).parents[3]
EMPTY = Figure("T1", "title", "source", "ravine-optimizers", "seconds", ["--scale quick"])


@pytest.mark.parametrize("figure", catalog().values(), ids=lambda figure: figure.id)
def test_every_entry_can_be_run_drawn_and_decided(figure):
    suite = figure.program.removeprefix("ravine-")
    assert (PROJECT / "suites" / suite.replace("-", "_") / "main.cpp").exists()
    known = figures.figure_makers() | figures.suite_figure_makers()
    assert set(figure.figures) <= set(known)
    assert figure.runs and (figure.values or figure.checks or figure.claims)
    ids = [claim.id for claim in claims_of(suite)]
    for name in figure.claims:
        assert any(re.fullmatch(f"{name}[a-z]?", one) for one in ids), name
    for value in figure.values:
        assert (value.published is None) == (value.within is None) or value.at_least or value.at_most
        assert not (value.within is None and value.at_least is None and value.at_most is None)


def results(checks=()):
    """adam falls to 1, sgd to 2 with seed 0, 4 with seed 1 and diverges with rate 9."""
    rows, curves = [], []
    for optimizer, rate, seed, end in (("adam(beta1=0.9)", 0.1, 0, 1), ("adam(beta1=0.9)", 0.1, 1, 1),
                                       ("sgd", 0.1, 0, 2), ("sgd", 0.1, 1, 4), ("sgd", 9, 0, np.inf)):
        rows.append({"problem": "p", "optimizer": optimizer, "learning_rate": rate, "seed": seed,
                     "in_plan": 1, "outcome": "completed" if np.isfinite(end) else "diverged"})
        observed = [0, 5, 10] if np.isfinite(end) else [0, 5]
        curves.append(pd.DataFrame({"step": observed, "epoch": np.divide(observed, 10),
                                    "objective": [8, 6, end][: len(observed)],
                                    "test_accuracy": [0, 0.5, 0.9][: len(observed)]}
                                   ).assign(trial=len(curves)))
    frame = pd.DataFrame(rows)
    frame.index.name = "trial"
    return Results("x.h5", frame, pd.concat(curves, ignore_index=True), {}, {"suite": "none"}, {},
                   {}, pd.DataFrame(checks), real_vocabulary.of_a_baseline(), component_texts.of(frame))


def row(**value):
    figure = dataclasses.replace(EMPTY, values=[Value(**value)])
    return compare(results(), figure)[0]


def test_the_mean_over_seeds_at_the_best_rate_is_compared():
    sgd = {"optimizer": "sgd"}
    found = row(select=sgd, quantity="objective", published=3, within=0.1)
    assert (found.ours, found.seeds, found.verdict) == (3, 2, "reproduced")
    assert found.spread == pytest.approx(np.sqrt(2))
    assert row(select=sgd, quantity="objective", published=3.2, within=0.1).verdict \
        == "NOT REPRODUCED"
    assert row(select=sgd, quantity="objective", epoch=0.5, published=6, within=0).reproduced
    assert row(select=sgd, quantity="error", at_most=10.1).ours == pytest.approx(10)
    assert row(select=sgd, quantity="steps_to test_accuracy>=0.5", at_most=5).reproduced


def test_a_second_selection_is_paired_by_seed():
    both = {"select": {"optimizer": "sgd"}, "against": {"optimizer": "adam"}}
    assert row(**both, quantity="objective", at_least=1.9, at_most=2.1).ours == 2
    assert row(**both, quantity="objective", how="ratio", at_least=3.1).verdict == "NOT REPRODUCED"


def test_what_diverged_before_is_not_reproduced():
    found = row(select={"optimizer": "sgd", "learning_rate": 9.0}, quantity="objective", step=10,
                published=1, within=5)
    assert found.ours == np.inf and not found.reproduced


def test_exact_checks_are_rows():
    check = {"statement": "s", "quantity": "q", "predicted": 2.0, "tolerance": 1e-3, "unit": ""}
    found = compare(results([{"id": "A1.x", **check, "actual": 2.001},
                             {"id": "A1.y", **check, "actual": 2.1},
                             {"id": "A10.z", **check, "actual": 2.0}]),
                    dataclasses.replace(EMPTY, checks=["A1."]))
    assert [(one.what, one.verdict) for one in found] \
        == [("A1.x: q", "reproduced"), ("A1.y: q", "NOT REPRODUCED")]
    text = told(EMPTY, found, [])
    assert "NOT REPRODUCED" in text and "1 of 2 values reproduced" in text


def test_misuse(tmp_path, monkeypatch):
    monkeypatch.setenv("RAVINE_BUILD_DIR", str(tmp_path))
    monkeypatch.delenv("RAVINE_DATA_DIR", raising=False)
    assert find("a1", catalog()).id == "A1"
    for arguments, words in ((["Z9"], "unknown figure 'Z9'"), ([], "name a figure"),
                             (["B1"], "scripts/fetch_datasets mnist"),
                             (["A9"], "build the suites first"),
                             (["A9", "--no-run", "--output", str(tmp_path)], "A9.h5")):
        with pytest.raises(Misuse, match=words):
            main(arguments)


def test_list_names_figures_and_the_data_they_lack(capsys, monkeypatch):
    monkeypatch.delenv("RAVINE_DATA_DIR", raising=False)
    assert main(["--list"]) == 0
    text = capsys.readouterr().out
    assert "needs data: mnist" in text and all(f"{name} " in text for name in catalog())
