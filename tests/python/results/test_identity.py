"""Trials that differ in any line of their canonical text are never taken for seeds of one setting."""

import dataclasses
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import real_vocabulary
import suites
from ravine import Results, load
from ravine.claims import claim, effects
from ravine.claims import selection as claim_selection
from ravine.errors import Misuse
from ravine.figures import bands, heat_maps
from ravine.gate import compare
from ravine.gate.configurations import match
from ravine.report.content import suite_content
from ravine.results import identity
from ravine.study import selection
from ravine.study.per_problem import study
from ravine.study.series import problems, series_of


@pytest.fixture(scope="module")
def setting(quick_results):
    """The two seeds of one setting of a real file that records everything, as Results."""
    results = load(quick_results("batch-norm"))
    trials = results.plan
    trials = trials[trials["record"] == "diagnostics"]
    first = identity.groups(results, trials)[0]
    return only(results, first)


def only(results, trials):
    return dataclasses.replace(
        results, trials=trials, tables={},
        curves=results.curves[results.curves["trial"].isin(trials.index)])


def lines_of(results):
    return [line.partition(" = ")[0] for line in results.trials["spec"].iloc[0].splitlines()]


def other(name, value):
    """Another value of the same kind."""
    if name == "versions":
        return value.replace("optimizer 1", "optimizer 2")
    if name == "data":
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    if re.fullmatch(r"[-0-9.e]+", value):
        return str(int(value) + 1) if value.isdigit() else str(2 * float(value))
    return {"true": "false", "sgd": "adam(rho1=0.9)"}.get(value, f"{value}_2")


def with_twin(results, name, value=None):
    """The Results with every trial again, one line of its text changed or added."""
    twins = results.trials.copy()
    twins.index = twins.index + results.trials.index.max() + 1
    for trial, text in twins["spec"].items():
        lines = dict(line.partition(" = ")[::2] for line in text.splitlines())
        lines[name] = value or other(name, lines[name])
        twins.loc[trial, "spec"] = "\n".join(f"{key} = {of}" for key, of in lines.items()) + "\n"
        if name in twins and name != "steps":
            told = {"true": "1", "false": "0"}.get(lines[name], lines[name])
            twins.loc[trial, name] = type(twins.loc[trial, name])(told)
    twins["id"] = [f"{int(one, 16) ^ 1:016x}" for one in twins["id"]]
    curves = results.curves.copy()
    curves["trial"] += results.trials.index.max() + 1
    return dataclasses.replace(results, trials=pd.concat([results.trials, twins]),
                               curves=pd.concat([results.curves, curves], ignore_index=True))


def pairs_of(setting):
    """(line, Results where it alone differs): each line of a real trial, and one of the future."""
    names = [name for name in lines_of(setting) if name != "seed"]
    words = setting.vocabulary
    fields = {*words.factors, *words.budget, *words.protocol}
    assert {"keep_last", "observe", "record", "averaging", "target", "optimizer"} <= fields
    assert {*fields, "data", "precision", "versions"} <= set(names)
    yield from ((name, with_twin(setting, name)) for name in names)
    yield "divided_by", with_twin(setting, "divided_by", "1e4")


def test_series_and_studies_keep_them_apart(setting):
    assert len(study(setting)[0].entries) == 1
    for name, results in pairs_of(setting):
        series = [one for text in problems(results) for one in series_of(results, text)]
        assert len(series) == (1 if name == "learning_rate" else 2), name
        for one in series:
            for _, trials in one.trials.groupby("learning_rate"):
                assert list(trials["seed"]) == [0, 1], name
        if name != "problem":
            labels = [one.label for one in series]
            assert len(set(labels)) == len(labels), (name, labels)
        for problem in study(results):
            for entry in problem.entries:
                assert list(entry.seeds) == [0, 1] and len(entry.steps) == 2, name


def test_bands_and_rates_refuse_to_pool_them(setting):
    bands.band(setting, setting.trials, "train_loss")
    for name, results in pairs_of(setting):
        with pytest.raises(Misuse, match="not seeds of one setting"):
            bands.band(results, results.trials, "train_loss")
        if name != "learning_rate":
            everything = dataclasses.replace(series_of(setting, setting.trials["problem"].iloc[0])[0],
                                             trials=results.trials)
            with pytest.raises(Misuse, match=r"differ in \w+"):
                selection.rate_table(results, everything, "test_accuracy")


def test_a_seed_twice_is_refused(setting):
    results = with_twin(setting, "seed", "0")
    results.trials["seed"] = 0
    with pytest.raises(Misuse, match="seed 0 of one setting of .* twice"):
        study(results)


def test_the_gate_pairs_each_with_its_own(setting):
    assert len(match(setting, setting)[0]) == 1
    for name, results in pairs_of(setting):
        if name == "versions":
            with pytest.raises(Misuse, match="differ in optimizer version"):
                match(results, results)
            continue
        pairs, _ = match(results, results)
        assert len(pairs) == 2 and all(pair.seeds == [0, 1] for pair in pairs), name
        assert len({(pair.label, pair.problem) for pair in pairs}) == 2, name
        twins = only(results, results.trials.iloc[2:])
        with pytest.raises(Misuse, match="no configuration in common: .*" +
                           name.replace("_", " ").replace("learning rate", "(learning rate|lr)")):
            match(setting, twins)


def test_the_gate_says_that_a_component_changed_its_version(setting):
    new = with_twin(setting, "versions")
    new = only(new, new.trials.iloc[2:])
    new.curves["train_loss"] *= 1.5
    line = compare(new, setting).lines[0]
    assert line.detail.startswith("optimizer version was 1, is 2; seed 0: train_loss")


def test_claims_pair_only_what_they_compare(setting):
    compared = claim.Claim("X1a", "", "", "difference", 0.0, "test_accuracy",
                           a={"batch_norm": "off"}, b={"batch_norm": "hidden"})
    for name, results in pairs_of(setting):
        keys = claim_selection.setting(results, compared, results.trials)
        assert keys.nunique() == (1 if name == "batch_norm" else 2), name
        kept = claim_selection.at_best_rate(results, compared, results.trials)
        assert len(kept) == (2 if name == "learning_rate" else 4), name
    # The other side of the comparison may differ in what is compared, and in nothing else.
    both = with_twin(setting, "batch_norm", "off" if setting.trials["batch_norm"].iloc[0] != "off"
                     else "hidden")
    assert set(both.trials["batch_norm"]) == {"off", "hidden"} or "input" in str(both.trials)
    for line, value, seeds in (("batch_norm", None, 2), ("keep_last", "false", 0)):
        results = both if value is None else changed_half(both, line, value)
        assert len(effects.effects(results, compared, results.trials).by_seed) == seeds


def changed_half(results, line, value):
    """The second half of the trials with another value of a line."""
    trials = results.trials.copy()
    half = trials.index[len(trials) // 2:]
    trials.loc[half, "spec"] = trials.loc[half, "spec"].str.replace(
        rf"(?m)^{line} = .*$", f"{line} = {value}", regex=True)
    return dataclasses.replace(results, trials=trials)


@pytest.mark.both_precisions
def test_every_line_of_every_quick_suite_is_a_field(quick_results):
    for suite in ("averaging", "optimizers", "schedules", "second-order"):
        results = load(quick_results(suite))
        fields = results.identity
        for trial, text in results.trials["spec"].items():
            lines = dict(line.partition(" = ")[::2] for line in text.splitlines())
            for name in set(lines) - {"seed", "versions"}:
                assert fields.loc[trial, name] == lines[name]
        assert not {"seed", "versions", "outcome"} & set(fields)
        settings = results.trials["spec"].str.replace(r"(?m)^seed = .*$", "", regex=True)
        assert settings.nunique() == identity.key(results, results.trials).nunique()


def test_the_full_batch_is_told_by_its_word(quick_results):
    """A file counts it as 0 examples."""
    results = load(quick_results("batch-size"))
    told = [one.label for problem in problems(results) for one in series_of(results, problem)]
    assert any("full batch" in label for label in told) and any("batch size 16" in label for label in told)
    assert not any("batch size 0" in label for label in told)
    rows = dict(suite_content(results)["protocol"])
    assert "full" in rows["batch size"].split(", ") and "0" not in rows["batch size"].split(", ")
    problem = next(text for text in problems(results) if text.startswith("mlp"))
    own = results.plan[results.plan["problem"] == problem]
    with pytest.raises(Misuse, match=r"differ in batch size \(64 and full\)"):
        identity.require_apart(results, own)
    table = pd.DataFrame([[0.5, 0.6], [0.7, 0.8]], index=pd.Index(["0", "64"], name="batch_size"))
    axes = plt.figure().add_subplot()
    heat_maps._draw_map(axes, table, None, True, results.components)
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ["full", "64"]
    plt.close("all")


def test_merged_files_of_two_protocols_stay_apart(tmp_path):
    common = ("--problem", "mlp(data=glyphs, hidden=4, train=200)", "--optimizer", "sgd,adam",
              "--learning-rate", "0.1", "--seeds", "2", "--batch-size", "48", "--steps", "6")
    for name in ("true", "false"):
        done = suites.run("ravine-optimizers", *common, "--keep-last", name, "--output",
                          tmp_path / f"{name}.h5")
        assert done.returncode == 0, done.stderr
    done = suites.run("ravine-results", "merge", tmp_path / "m.h5", tmp_path / "true.h5",
                      tmp_path / "false.h5")
    assert done.returncode == 0, done.stderr
    results = load(tmp_path / "m.h5")
    entries = study(results)[0].entries
    assert [one.label for one in entries] == [f"{name}, keep last {kept}" for kept in
                                              ("true", "false") for name in ("sgd", "adam")]
    reached = [row[2][0] for row in suite_content(results)["times"]["rows"]]
    assert len(reached) == 4 and all(text.endswith(" of 2") for text in reached)
    assert all(np.array_equal(one.seeds, [0, 1]) for one in entries)


def test_a_version_is_told_where_one_component_has_two():
    fields = pd.DataFrame({"schedule": ["constant", "linear"], "schedule version": ["1", "2"]})
    named = pd.Series(["sgd", "sgd"])
    results = Results("x.h5", None, None, {}, {}, {}, vocabulary=real_vocabulary.of_a_baseline())
    assert identity.words(results, fields, named) == {0: ["constant"], 1: ["linear"]}
    fields["schedule"] = "linear"
    assert identity.words(results, fields, named) == {0: ["schedule version 1"],
                                                      1: ["schedule version 2"]}
