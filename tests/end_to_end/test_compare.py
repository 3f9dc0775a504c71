"""ravine-results compare: what differs bitwise between two files."""

import re

import pytest
import suites

SUITE = "ravine-optimizers"


def run(output, *arguments):
    done = suites.run(SUITE, "--problem", "rosenbrock", "--steps", 20, "--seeds", 2, "--output", output,
                      *arguments)
    assert done.returncode == 0, done.stderr
    return output


def compare(*arguments):
    done = suites.run("ravine-results", "compare", *arguments)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return run(tmp_path_factory.mktemp("compare") / "a.h5", "--optimizer", "sgd,adam(beta1=0.8)",
               "--learning-rate", "0.001")


def test_equal_files(file, tmp_path):
    again = run(tmp_path / "b.h5", "--optimizer", "adam(rho1=0.8),sgd", "--learning-rate", "0.001")
    code, said, _ = compare(file, again)
    assert code == 0 and said == "4 trials are equal\n"


def test_trials_of_one_file_only(file, tmp_path):
    code, said, _ = compare(file, run(tmp_path / "b.h5", "--optimizer", "sgd,momentum",
                                      "--learning-rate", "0.001"))
    assert code == 1
    assert len(re.findall("^[0-9a-f]{16} only in A$", said, re.M)) == 2
    assert len(re.findall("^[0-9a-f]{16} only in B$", said, re.M)) == 2
    assert said.endswith("4 trials differ\n")


def test_other_bits_by_position(file, tmp_path):
    other = run(tmp_path / "b.h5", "--optimizer", "sgd,adam(beta1=0.9)", "--learning-rate", "0.001")
    code, said, _ = compare(file, other, "--by-position")
    assert code == 1 and "2 trials differ" in said
    assert re.search(r"^[0-9a-f]{16} curves/objective: row \d+: \S+ in A, \S+ in B$", said, re.M)
    assert "seconds" not in said and "trials/" not in said
    same = run(tmp_path / "c.h5", "--optimizer", "sgd,nesterov(beta=0)", "--learning-rate", "0.001")
    plain = run(tmp_path / "d.h5", "--optimizer", "sgd,momentum(beta=0)", "--learning-rate", "0.001")
    assert compare(same, plain, "--by-position")[0] == 0  # other names, the same curves
    assert compare(same, plain)[0] == 1


@pytest.mark.parametrize("arguments, words", [
    ([], "usage: ravine-results compare A B"),
    (["--by-place"], "--by-place"),
])
def test_misuse(file, arguments, words):
    code, _, said = compare(file, *arguments)
    assert code == 2 and words in said and said.count("\n") == 1


def test_plans_of_other_lengths_have_no_positions(file, tmp_path):
    short = run(tmp_path / "b.h5", "--optimizer", "sgd", "--learning-rate", "0.001")
    code, _, said = compare(file, short, "--by-position")
    assert code == 2 and "has 4 trials" in said and "has 2" in said
