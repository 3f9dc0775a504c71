"""What component texts are made of is read from the file: the table that C++ wrote, nothing else."""

import shutil

import component_texts
import h5py
import pytest
from quick_runs import NAMES
from ravine import load
from ravine.errors import Misuse
from ravine.results import seal
from ravine.results.components import Component, Components, say

COMPONENTS = Components(component_texts.known([
    "lookahead(inner=adam(beta1=0.9, beta2=ramp(max=0.99, by=2)), k=5)", "sgd", "momentum(alpha=0.9)",
    'mlp(data="a, b(1.csv", target="say ""hi"", you", hidden=4)', "polyak(start=0), ema(decay=0.9)",
    "adam(rho1=0.9, rho2=0.999)", "adam(rho1=0.9, rho2=0.9)", "mlp(data=glyphs, full=true, hidden=32)",
    "rmsprop_nesterov(rho=0.9)", "momentum(beta=0.90)", "polyak(start=0.5), ema(decay=0.9)"]))


@pytest.mark.parametrize("suite", NAMES)
def test_the_table_says_what_an_independent_reading_of_the_texts_says(quick_results, suite):
    results = load(quick_results(suite))
    expected = component_texts.of(results.trials)
    assert results.components == expected
    assert all(text in results.components for text in results.trials["problem"])


def test_nested_values_are_components_of_their_own():
    inner = COMPONENTS.arguments("lookahead(inner=adam(beta1=0.9, beta2=ramp(max=0.99, by=2)), k=5)")["inner"]
    assert COMPONENTS[inner].arguments == {"beta1": "0.9", "beta2": "ramp(max=0.99, by=2)"}
    assert COMPONENTS.name("ramp(max=0.99, by=2)") == "ramp"
    assert COMPONENTS["a word"] == Component("a word")


def test_labels_show_what_tells_texts_apart():
    texts = ["momentum(alpha=0.9)", "adam(rho1=0.9, rho2=0.999)", "adam(rho1=0.9, rho2=0.9)",
             "mlp(data=glyphs, full=true, hidden=32)"]
    assert list(COMPONENTS.labels(texts, always=("data",)).values()) == [
        "momentum", "adam(rho2=0.999)", "adam(rho2=0.9)", "mlp(glyphs)"]
    lists = ["polyak(start=0), ema(decay=0.9)", "polyak(start=0.5), ema(decay=0.9)", "none"]
    assert list(COMPONENTS.labels(lists).values()) == [
        "polyak(start=0), ema", "polyak(start=0.5), ema", "none"]


GLYPHS = "mlp(data=glyphs, full=true, hidden=32)"
DEEP = "lookahead(inner=adam(beta1=0.9, beta2=ramp(max=0.99, by=2)), k=5)"


@pytest.mark.parametrize("text, pattern, expected", [
    (GLYPHS, "mlp", True), (GLYPHS, GLYPHS, True), (GLYPHS, "logreg", False),
    (GLYPHS, {"name": "mlp", "data": "glyphs"}, True), (GLYPHS, {"name": "mlp", "data": "mnist"}, False),
    (GLYPHS, {"name": "mlp", "hidden": 32}, True), (GLYPHS, {"name": "mlp", "hidden": 3}, False),
    (GLYPHS, {"name": "mlp", "full": True}, True), (GLYPHS, {"name": "mlp", "full": False}, False),
    (GLYPHS, {"name": "mlp", "l2": 0}, False), (GLYPHS, {"name": "logreg", "data": "glyphs"}, False),
    ("momentum(beta=0.90)", {"name": "momentum", "beta": 0.9}, True),
    ("rmsprop_nesterov(rho=0.9)", "rmsprop", False),
    (DEEP, {"name": "lookahead", "inner": "adam", "k": 5}, True),
    (DEEP, {"name": "lookahead", "inner": {"name": "adam", "beta1": 0.9}}, True),
    (DEEP, {"name": "lookahead", "inner": {"name": "adam", "beta1": 0.5}}, False),
])
def test_patterns_describe_components(text, pattern, expected):
    assert COMPONENTS.matches(text, pattern) == expected


def test_patterns_are_said_as_users_write_them():
    assert say({"name": "mlp", "data": "glyphs", "l2": 0.001, "full": True, "inner": {"name": "sgd"}}) == (
        "mlp(data=glyphs, l2=0.001, full=true, inner=sgd)")


def put(name, row, value):
    return lambda file: file[f"components/{name}"].__setitem__(row, value)


@pytest.mark.parametrize("edit, words", [
    (lambda file: file.__delitem__("components"), "lacks the table of components.* ravine-results merge NEW"),
    (lambda file: file["components"].__delitem__("key"), "/components/key is not a column of texts"),
    (put("kind", 0, "part"), "/components/kind holds 'part'"),
    (put("kind", 0, "argument"), "neither a name nor elements"),
    (put("text", 0, "other"), "/components lacks '.*', which /trials/|neither a name"),
    (lambda file: file["trials/schedule"].__setitem__(0, "cosine(end=1)"),
     r"/components lacks 'cosine\(end=1\)', which /trials/schedule holds"),
])
def test_what_is_missing_or_broken_is_refused(quick_results, tmp_path, edit, words):
    path = tmp_path / "x.h5"
    shutil.copyfile(quick_results("schedules"), path)
    with h5py.File(path, "r+") as file:
        edit(file)
    seal.seal(path, "ravine-results")
    with pytest.raises(Misuse, match=words):
        load(path)
