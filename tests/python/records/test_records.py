"""Records: the rule against closed forms, the tables as they stand, verdicts, false alarms."""

import dataclasses
import math
import subprocess

import numpy as np
import pytest
import suites
from ravine import load
from ravine.errors import Misuse
from ravine.records import __main__ as records
from ravine.records import judge, rule, table
from suites import PROJECT

TABLES = table.tables()
FLAGS = ["--problem", "mlp(data=glyphs, hidden=32, train=2000)", "--batch-size", "128", "--averaging", "none",
         "--observe", "even(count=1)", "--schedule", "linear"]


def test_p_values_are_those_of_tables():
    one = dataclasses.replace(TABLES[0], target=1.0, sigma=0.1, larger_is_better=False)
    assert rule.p_target(0.9, 4, one) == pytest.approx(0.0227501319, rel=1e-6)  # z = 2
    assert rule.p_target(1.1, 4, one) == pytest.approx(1 - 0.0227501319, rel=1e-6)
    assert rule.p_better(0.9, 8, 1.05, 8, one) == pytest.approx(0.0013498980, rel=1e-6)  # z = 3
    large = dataclasses.replace(one, larger_is_better=True)
    assert rule.p_target(1.1, 4, large) == pytest.approx(rule.p_target(0.9, 4, one))
    assert rule.p_better(1.05, 8, 0.9, 8, large) == pytest.approx(0.0013498980, rel=1e-6)


def test_false_alarms_of_the_right_sigma_are_nominal():
    values = np.random.default_rng(5).normal(0, 0.1, 400)
    one = dataclasses.replace(TABLES[0], sigma=float(values.std(ddof=1)), alpha=0.01)
    assert rule.false_alarms(values, 8, one, 4000) == pytest.approx(0.02, abs=0.008)
    assert rule.false_alarms(values, 8, dataclasses.replace(one, sigma=one.sigma / 2), 4000) > 0.1


@pytest.mark.parametrize("one", TABLES, ids=lambda one: one.title)
def test_every_record_of_a_table_stands_by_the_rule(one):
    assert one.records
    for entry in one.records:
        assert entry.seeds >= rule.LEAST_SEEDS
        assert rule.p_target(entry.mean, entry.seeds, one) < one.alpha
        lines = dict(line.partition(" = ")[::2] for line in entry.spec.splitlines())
        assert lines["problem"] == one.problem and int(lines["steps"]) == entry.steps
        assert all(lines[name] == value for name, value in one.protocol.items())


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Files of six seeds each: the record itself, one that is much worse, another protocol."""
    folder = tmp_path_factory.mktemp("records")
    made = {}
    for name, words in {"same": ["--optimizer", "nesterov", "--learning-rate", "0.3", "--steps", "75"],
                        "slow": ["--optimizer", "sgd", "--learning-rate", "0.1", "--steps", "75"],
                        "tuned": ["--optimizer", "momentum", "--learning-rate", "0.3", "--steps", "88"],
                        "other": ["--optimizer", "sgd", "--learning-rate", "0.1", "--steps", "75", "--shuffle", "iid"],
                        }.items():
        made[name] = folder / f"{name}.h5"
        done = suites.run("ravine-optimizers", *FLAGS, *words, "--seeds", "100:148", "--output", made[name])
        assert done.returncode == 0, done.stderr
    return made


def verdict(path):
    (candidate,) = judge.candidates(load(path), TABLES[0])
    return judge.judge(candidate, TABLES[0])


def test_verdicts(runs):
    assert verdict(runs["same"]).word == "reproduces"
    assert verdict(runs["slow"]).word == "misses"
    assert verdict(runs["tuned"]).word == "skeptical" and "better-tuned momentum" in verdict(runs["tuned"]).why
    with pytest.raises(Misuse, match="shuffle = iid"):
        verdict(runs["other"])


def test_a_better_one_is_a_record_and_a_worse_copy_a_failed_reproduction(runs):
    (found,) = judge.candidates(load(runs["same"]), TABLES[0])
    fast = dataclasses.replace(found, steps=50, spec=found.spec.replace("steps = 75", "steps = 50"))
    assert judge.judge(fast, TABLES[0]).word == "record"
    worse = judge.judge(dataclasses.replace(found, values=found.values + 0.1), TABLES[0])
    assert worse.word == "skeptical" and "failed reproduction" in worse.why
    few = judge.judge(dataclasses.replace(found, values=found.values[:3]), TABLES[0])
    assert few.word == "too few seeds"


def test_a_diverged_seed_is_a_miss(runs):
    results = load(runs["tuned"])
    results.trials.loc[0, "outcome"] = "diverged"
    (candidate,) = judge.candidates(results, TABLES[0])
    assert math.isinf(candidate.values[0]) and judge.judge(candidate, TABLES[0]).word == "misses"


def test_a_final_value_that_is_not_a_number_is_a_miss(runs):
    results = load(runs["same"])
    final = results.curves.index[results.curves["trial"] == 0][-1]
    results.curves.loc[final, "test_loss"] = math.nan
    (candidate,) = judge.candidates(results, TABLES[0])
    assert math.isinf(candidate.values[0]) and judge.judge(candidate, TABLES[0]).word == "skeptical"


def test_the_entry_that_is_printed_can_be_filed(runs, tmp_path, capsys):
    original = TABLES[0].path
    assert records.main([original, "--judge", str(runs["tuned"])]) == 0
    said = capsys.readouterr().out
    copy = tmp_path / "copy.toml"
    with open(original, encoding="utf-8") as file:
        copy.write_text(file.read() + said[said.index("\n[[entry]]"):], encoding="utf-8")
    assert len(table.read(copy).entries) == len(TABLES[0].entries) + 1
    assert records.main([str(copy)]) == 0 and "skeptical: momentum" in capsys.readouterr().out


def test_false_alarms_need_seeds(runs, capsys):
    path = TABLES[0].path
    with pytest.raises(Misuse, match="need at least 80"):
        records.main([path, "--false-alarms", str(runs["same"]), "--seeds", "20"])
    assert records.main([path, "--false-alarms", str(runs["same"]), "--seeds", "3"]) == 0
    assert "of 20000 pairs of groups of 3 from 48 seeds" in capsys.readouterr().out


@pytest.mark.parametrize("words, said", [
    (["no.toml"], "cannot read 'no.toml'"),
    ([str(PROJECT / "README.md")], "is not a table of records"),
    (["--judge", str(PROJECT / "results" / "baselines" / "averaging.h5")], "has no trial on a problem of a table"),
])
def test_misuse_is_one_sentence(words, said):
    done = subprocess.run([PROJECT / "scripts" / "records", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1
