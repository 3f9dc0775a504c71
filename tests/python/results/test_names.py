"""Files with the lecture's names of parameters are read as those with the papers' names."""

import re

import component_texts
import numpy as np
import pandas as pd
import suites
import synthetic

from ravine import load
from ravine.results import names


def test_texts_get_the_present_names():
    old = {"sgd": "sgd", "adam(rho1=0.9, rho2=0.999, delta=1e-08, bias_correction=true)":
           "adam(beta1=0.9, beta2=0.999, epsilon=1e-08, bias_correction=true)",
           "momentum(alpha=sutskever(max=0.9))": "momentum(beta=sutskever(max=0.9))"}
    same = ("rmsprop(rho=0.9)", "lookahead(inner=sgd, k=5, alpha=0.5)", "mine(rho1=0.5)")
    trials = pd.DataFrame({"optimizer": [*old, *same]})
    trials, components = names.with_present_names(trials, component_texts.of(trials))
    assert list(trials["optimizer"]) == [*old.values(), *same]
    expected = component_texts.of(trials)
    assert all(components[text] == expected[text] for text in trials["optimizer"])
    assert components.name("sutskever(max=0.9)") == "sutskever"


def test_columns_move_with_the_rows_of_their_rules():
    trials = pd.DataFrame({
        "optimizer": ["adam(rho1=0.5, delta=1)", "momentum(alpha=0.25)", "lookahead(period=5, share=0.75)",
                      "lookahead(inner=sgd, k=7, alpha=0.125)", "mine(rho1=2)"],
        "optimizer_rho1": [0.5, np.nan, np.nan, np.nan, 2],
        "optimizer_delta": [1, np.nan, np.nan, np.nan, np.nan],
        "optimizer_alpha": [np.nan, 0.25, np.nan, 0.125, np.nan],
        "optimizer_period": [np.nan, np.nan, 5, np.nan, np.nan],
        "optimizer_share": [np.nan, np.nan, 0.75, np.nan, np.nan],
        "optimizer_k": [np.nan, np.nan, np.nan, 7, np.nan]})
    trials, _ = names.with_present_names(trials, component_texts.of(trials))
    assert list(trials["optimizer"])[:3] == ["adam(beta1=0.5, epsilon=1)", "momentum(beta=0.25)",
                                             "lookahead(k=5, alpha=0.75)"]
    expected = {"beta1": [0.5, None, None, None, None], "epsilon": [1, None, None, None, None],
                "beta": [None, 0.25, None, None, None], "alpha": [None, None, 0.75, 0.125, None],
                "k": [None, None, 5, 7, None], "rho1": [None, None, None, None, 2]}
    assert {name for name in trials if name != "optimizer"} == {f"optimizer_{key}" for key in expected}
    for key, values in expected.items():
        np.testing.assert_array_equal(trials[f"optimizer_{key}"], np.array(values, float), key)


def test_load_reads_old_files(tmp_path, monkeypatch):
    text, *rest = synthetic.OPTIMIZERS["adam"]
    assert "beta1" in text
    old = text.replace("beta", "rho")
    monkeypatch.setitem(synthetic.OPTIMIZERS, "adam", (old, *rest))
    synthetic.write(tmp_path / "old.h5", optimizers=["adam"])
    results = load(tmp_path / "old.h5")
    assert set(results.trials["optimizer"]) == {text}
    assert results.components.name(text) == "adam" and "beta1" in results.components.arguments(text)


def test_the_table_has_the_aliases_of_the_programs():
    said = suites.run("ravine-optimizers", "--components", *names.RENAMED).stdout
    known, rule = {}, None
    for line in said.splitlines():
        if head := re.match(r"  (\w+)  ", line):
            rule = head[1]
        elif field := re.match(r"\s+(\w+)=.*; also ([\w, ]+)", line):
            for alias in field[2].split(", "):
                known.setdefault(rule, {})[alias] = field[1]
    for rule, renamed in names.RENAMED.items():
        assert renamed.items() <= known[rule].items(), rule
