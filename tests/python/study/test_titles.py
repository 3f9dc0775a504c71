"""What figures call the problems of a file."""

import dataclasses

import component_texts
from ravine import load
from ravine.study.series import problems, titles


def test_networks_are_told_by_their_widths_and_functions_by_their_names(quick_results):
    found = titles(load(quick_results("optimizers")))
    assert list(found) == list(problems(load(quick_results("optimizers"))))
    assert len(set(found.values())) == len(found)
    by_name = {text.partition("(")[0]: title for text, title in found.items()}
    assert by_name["mlp"] == "MLP 784-32-10 on glyphs"
    assert by_name["logreg"].startswith("Logistic regression ")
    assert by_name["autoencoder"].startswith("Autoencoder 784-")
    assert by_name["quadratic_deep"] == "Quadratic deep"
    quadratics = [title for text, title in found.items() if text.startswith("quadratic(")]
    assert quadratics and all(title.startswith("Quadratic (condition 1") for title in quadratics)


def test_equal_titles_get_what_tells_them_apart(quick_results):
    results = load(quick_results("optimizers"))
    twins = results.trials.copy()
    mlp = twins["problem"].str.startswith("mlp")
    second = twins.index[mlp][mlp.sum() // 2:]
    twins.loc[second, "problem"] = twins.loc[second, "problem"].str.replace("l2=0", "l2=0.1")
    told = titles(dataclasses.replace(results, trials=twins, components=component_texts.of(twins)))
    assert sorted(title for title in told.values() if title.startswith("MLP")) == [
        "MLP 784-32-10 on glyphs (l2 0)", "MLP 784-32-10 on glyphs (l2 0.1)"]
