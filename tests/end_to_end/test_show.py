"""`ravine-results show`: the rate that validation chose, with its test result over all seeds."""

import re

import h5py
import numpy as np
import pytest
import suites

from ravine import load
from ravine.results import seal
from ravine.study import selection
from ravine.study.per_problem import study

LINE = re.compile(r"  (?P<name>.+?) +(?P<median>\S+) \[(?P<low>\S+), (?P<high>\S+)\]  (?P<seeds>\d+) "
                  r"seeds?(?:, (?P<missed>\d+) missed,)? at learning rate (?P<rate>\S+)"
                  r"(?P<end> \(end of range\))?(?: with (?P<setting>.+?))?  \((?P<outcomes>.+)\)$")


def shown(path):
    """[(problem, what a line of an optimizer says)] and the text."""
    done = suites.run("ravine-results", "show", path)
    assert done.returncode == 0, done.stderr
    rows, problem = [], None
    for before, line in zip(done.stdout.splitlines(), done.stdout.splitlines()[1:]):
        if not before and "median [least, greatest]" not in line:
            problem = line
        if found := LINE.match(line):
            rows.append((problem, found.groupdict()))
    return rows, done.stdout


def edited(folder, problem, optimizers, rates, seeds, edit):
    """A result file of a tiny run, with other endings: edit(optimizer, rate, seed) gives an outcome
    and {column: last value}."""
    path = folder / "x.h5"
    done = suites.run("ravine-optimizers", "--problem", problem, "--optimizer", ",".join(optimizers),
                      "--learning-rate", rates, "--seeds", seeds, "--steps", 1, "--output", path)
    assert done.returncode == 0, done.stderr
    with h5py.File(path, "r+") as file:
        trials, curves = file["trials"], file["curves"]
        ends = np.cumsum(curves["row_size"]) - 1
        outcomes = trials["outcome"].asstr()[:]
        for number, end in enumerate(ends):
            optimizer = trials["optimizer"].asstr()[number].split("(")[0]
            outcomes[number], columns = edit(optimizer, trials["learning_rate"][number],
                                             trials["seed"][number])
            for name, value in columns.items():
                curves[name][end] = value
        trials["outcome"][...] = outcomes
        digest = file.attrs["digest"]
    seal.seal(path, "ravine-results", digest)
    return path


@pytest.mark.parametrize("suite", ["ravine-optimizers", "ravine-schedules"])
def test_it_agrees_with_the_analysis(tmp_path, suite):
    suites.quick(suite, tmp_path / "x.h5")
    rows, _ = shown(tmp_path / "x.h5")
    own = sorted((problem, row["name"].split(", schedule=")[0], row["rate"], int(row["seeds"]),
                  int(row["missed"] or 0), bool(row["end"]), row["median"])
                 for problem, row in rows)
    expected = []
    for problem in study(load(tmp_path / "x.h5")):
        for one in problem.entries:
            median = selection.quartiles(one.finals)[1]
            expected.append((problem.text, one.trials["optimizer"].iloc[0], f"{one.rate:.6g}",
                             len(one.finals), int(np.isinf(one.finals).sum()), one.at_grid_end,
                             "miss" if np.isinf(median) else f"{median:.4g}"))
    names = {row[1] for row in expected}
    own = [(problem, next(name for name in names if said.startswith(name)), *rest)
           for problem, said, *rest in own]
    assert len(expected) > 10
    assert sorted(own) == sorted(expected)


def test_validation_chooses_and_a_lucky_seed_does_not(tmp_path):
    lucky = {0.1: [(0.8, 0.7), (0.8, 0.75), (0.8, 0.72)],
             0.2: [(0.1, 0.99), (0.7, 0.6), (0.7, 0.6)]}  # the best of all on test

    def edit(_, rate, seed):
        validation, test = lucky[rate][seed]
        return "completed", {"validation_accuracy": validation, "test_accuracy": test}

    path = edited(tmp_path, "logreg(data=glyphs, train=200)", ["adam"], "0.1,0.2", 3, edit)
    (_, row), = shown(path)[0]
    assert (row["median"], row["low"], row["high"], row["rate"]) == ("0.72", "0.7", "0.75", "0.1")
    assert row["end"] and row["seeds"] == "3" and row["missed"] is None


def test_what_is_missing_is_a_miss_and_never_left_out(tmp_path):
    nan, miss = np.nan, "diverged"
    ends = {
        # The best loss of all, but one seed has no number at its end: the other rate is chosen.
        ("sgd", 0.1): [("completed", -9), ("completed", nan), ("completed", -9)],
        ("sgd", 0.2): [("completed", -2), ("completed", -1), ("completed", -1.5)],
        ("lion", 0.1): [(miss, 1e9), ("failed", 0.5), (miss, 0.1)],
        ("lion", 0.2): [(miss, 1e9), ("failed", 0.5), (miss, 0.1)],
        ("adam", 0.1): [("completed", 3), (miss, 0), ("completed", 5)],
        ("adam", 0.2): [(miss, nan), (miss, nan), ("completed", -100)]}

    def edit(optimizer, rate, seed):
        outcome, objective = ends[optimizer, rate][seed]
        return outcome, {"objective": objective}

    path = edited(tmp_path, "quadratic(dimension=2, noise=1)", ["sgd", "lion", "adam"], "0.1,0.2", 3,
                  edit)
    rows, text = shown(path)
    by_name = {row["name"].split("(")[0]: row for _, row in rows}
    sgd, adam = by_name["sgd"], by_name["adam"]
    assert (sgd["median"], sgd["low"], sgd["high"], sgd["rate"]) == ("-1.5", "-2", "-1", "0.2")
    assert (adam["median"], adam["low"], adam["high"]) == ("5", "3", "miss")
    assert adam["missed"] == "1" and adam["outcomes"] == "3 completed, 3 diverged"
    assert "lion" not in by_name
    assert re.search(r"lion\(.*\) +no result  \(4 diverged, 2 failed\)", text), text


def test_of_a_tuned_run_it_shows_the_winner_and_the_default(tmp_path):
    tuned = suites.run("ravine-second-order", "--problem", "rosenbrock", "--optimizer", "sgd,momentum",
                       "--steps", 20, "--seeds", 3, "--tune", "random", "--budget", 5, "--output",
                       tmp_path / "x.h5")
    assert tuned.returncode == 0, tuned.stderr
    rows, text = shown(tmp_path / "x.h5")
    assert "search" not in text
    assert {row["name"] for _, row in rows} >= {"sgd, tuned", "momentum, tuned"}
    assert all(int(row["seeds"]) in (1, 3) for _, row in rows)


def test_the_full_batch_has_its_name(tmp_path):
    done = suites.run("ravine-optimizers", "--problem", "mlp(data=glyphs, hidden=4, train=100)", "--optimizer",
                      "sgd", "--learning-rate", 0.1, "--steps", 5, "--seeds", 1, "--batch-size", "full,50",
                      "--output", tmp_path / "x.h5")
    assert done.returncode == 0, done.stderr
    text = shown(tmp_path / "x.h5")[1]
    assert re.search(r"^  sgd, full batch ", text, re.M) and re.search(r"^  sgd, batch_size=50 ", text, re.M)
