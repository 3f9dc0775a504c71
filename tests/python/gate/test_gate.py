"""The gate as a program: verdicts, outputs, exit codes, bad input."""

import xml.etree.ElementTree as xml

import h5py
import numpy as np
import pytest
import synthetic
from ravine import load
from ravine.errors import Misuse
from ravine.gate import compare
from ravine.gate.__main__ import main
from ravine.gate.baseline import write_baseline
from ravine.gate.judge import fewest_seeds
from ravine.gate.measure import log_spaced
from ravine.results import seal

OPTIMIZERS = ("sgd", "adam")
SEEDS = 12


def write(path, change=None, **options):
    synthetic.write(path, **{"optimizers": OPTIMIZERS, "seeds": SEEDS, **options}, change=change)
    return str(path)


@pytest.fixture(scope="module")
def baseline(tmp_path_factory):
    return write(tmp_path_factory.mktemp("gate") / "baseline.h5")


def one_rate(rate, factor, column="train_loss", from_step=0):
    """Multiplies a column of adam at one rate."""
    def change(row, columns):
        if row["optimizer"].startswith("adam") and row["learning_rate"] == rate:
            columns[column] = np.where(columns["step"] >= from_step, factor * columns[column],
                                       columns[column])
    return change


def verdicts(new, baseline, **options):
    lines = compare(load(new), load(baseline), **options).lines
    return {line.label: line for line in lines if line.verdict != "identical"}


def test_the_same_file_is_identical(baseline, tmp_path, capsys):
    assert main([baseline, "--baseline", baseline]) == 0
    assert main([write(tmp_path / "new.h5"), "--baseline", baseline, "--exact"]) == 0
    assert "10 identical; 12 seeds" in capsys.readouterr().out


def test_a_slower_configuration_is_regressed(baseline, tmp_path, capsys):
    new = write(tmp_path / "new.h5", one_rate(1e-3, 1.3, from_step=8))
    found = verdicts(new, baseline)
    assert list(found) == ["adam, lr 0.001"]
    line = found["adam, lr 0.001"]
    assert line.verdict == "regressed"
    assert line.detail.startswith("seed 0: train_loss at step 8 was ")
    assert line.finding.low < line.finding.effect < line.finding.high
    assert line.finding.p_worse == pytest.approx(2 * 2**-SEEDS)
    assert main([new, "--baseline", baseline]) == 1
    assert "1 regressed, 9 identical" in capsys.readouterr().out


def test_a_faster_one_is_improved(baseline, tmp_path):
    new = write(tmp_path / "new.h5", one_rate(1e-3, 0.7, from_step=8))
    line = verdicts(new, baseline)["adam, lr 0.001"]
    assert line.verdict == "improved" and line.finding.effect < 0
    assert main([new, "--baseline", baseline]) == 0


def test_a_small_certain_difference_is_changed(baseline, tmp_path):
    new = write(tmp_path / "new.h5", one_rate(1e-3, 1.001))
    line = verdicts(new, baseline)["adam, lr 0.001"]
    assert line.verdict == "changed"
    assert line.finding.effect == pytest.approx(0.001) and line.finding.margin >= 0.01
    assert main([new, "--baseline", baseline]) == 1


def jitter(size):
    def change(row, columns):
        random = np.random.default_rng([row["seed"], int(1e6 * row["learning_rate"])])
        columns["train_loss"] = columns["train_loss"] * np.exp(
            size * random.standard_normal(len(columns["step"])))
    return change


def test_noise_is_equivalent_or_inconclusive_by_its_size(baseline, tmp_path, capsys):
    small = write(tmp_path / "small.h5", jitter(1e-4))
    assert {line.verdict for line in verdicts(small, baseline).values()} == {"equivalent"}
    assert main([small, "--baseline", baseline]) == 0
    large = write(tmp_path / "large.h5", jitter(0.3))
    assert main([large, "--baseline", baseline]) == 3
    assert "seeds would decide" in capsys.readouterr().out
    assert main([large, "--baseline", baseline, "--allow-inconclusive"]) == 0


def test_few_seeds_cannot_decide_and_say_how_many_would(tmp_path, capsys):
    old = write(tmp_path / "old.h5", seeds=2)
    new = write(tmp_path / "new.h5", one_rate(1e-3, 2.0, from_step=1), seeds=2)
    assert main([new, "--baseline", old]) == 3
    text = capsys.readouterr().out
    assert fewest_seeds(0.01, 2) == 8 and "about 8 seeds would decide" in text
    assert "run --seeds 8 or more" in text
    assert main([new, "--baseline", old, "--exact"]) == 1


def test_number_of_seeds_that_decides_does_decide(tmp_path):
    old = write(tmp_path / "old.h5", seeds=4)
    change = jitter(0.02)
    needed = [line.finding.seeds_needed
              for line in verdicts(write(tmp_path / "new.h5", change, seeds=4), old).values()
              if line.verdict == "inconclusive"]
    assert needed and max(needed) < 300
    more = 2 * max(needed)
    old = write(tmp_path / "old.h5", optimizers=("adam",), seeds=more)
    found = verdicts(write(tmp_path / "new.h5", change, optimizers=("adam",), seeds=more), old)
    assert {line.verdict for line in found.values()} <= {"equivalent"}


def test_divergence_is_regression(baseline, tmp_path):
    def change(row, columns):
        if row["optimizer"].startswith("adam") and row["learning_rate"] == 1e-3:
            row["outcome"] = "diverged"
            for name in columns:
                columns[name] = columns[name][:9]
            columns["train_loss"] = np.append(columns["train_loss"][:8], np.nan)
    line = verdicts(write(tmp_path / "new.h5", change), baseline)["adam, lr 0.001"]
    assert line.verdict == "regressed" and line.finding.effect > 0.9  # of the accuracy
    assert line.detail.startswith("12 of 12 seeds diverge, 0 in the baseline; seed 0: ")


def test_a_failed_trial_is_regression_with_its_message(baseline, tmp_path):
    def change(row, columns):
        if row["seed"] == 3 and row["learning_rate"] == 1e-3:
            row.update(outcome="failed", message="no memory for 12 GB")
            for name in columns:
                columns[name] = columns[name][:0]
    new = write(tmp_path / "new.h5", change)
    line = verdicts(new, baseline)["adam, lr 0.001"]
    assert line.verdict == "regressed" and line.detail == "seed 3 failed: no memory for 12 GB"
    assert verdicts(baseline, new)["adam, lr 0.001"].verdict == "inconclusive"


def test_outputs_for_ci(baseline, tmp_path):
    new = write(tmp_path / "new.h5", one_rate(1e-3, 1.3, from_step=8))
    junit, markdown = tmp_path / "gate.xml", tmp_path / "gate.md"
    main([new, "--baseline", baseline, "--junit", str(junit), "--markdown", str(markdown)])
    suite = xml.parse(junit).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("10", "1")
    failure = suite.find("testcase/failure")
    assert failure.get("type") == "regressed" and "seed 0: train_loss" in failure.get("message")
    text = markdown.read_text()
    assert text.startswith("### ❌") and "| regressed | adam, lr 0.001 |" in text


def test_the_same_comparison_gives_the_same_text(baseline, tmp_path, capsys):
    new = write(tmp_path / "new.h5", jitter(0.05))
    texts = [(main([new, "--baseline", baseline]), capsys.readouterr().out) for _ in range(2)]
    assert texts[0] == texts[1]


def test_seeds_in_common_are_compared(baseline, tmp_path, capsys):
    new = write(tmp_path / "new.h5", seeds=5)
    assert main([new, "--baseline", baseline]) == 0
    assert "5 seeds per configuration" in capsys.readouterr().out


def test_misuse(baseline, tmp_path):
    def refused(new, match, **options):
        with pytest.raises(Misuse, match=match):
            compare(load(new), load(baseline), **options)
    refused(write(tmp_path / "a.h5", suite="batch-norm"), "baseline of the suite optimizers")
    refused(write(tmp_path / "b.h5", optimizers=("lion",)), "no configuration in common")
    refused(write(tmp_path / "c.h5", optimizers=("sgd",)), "lacks 5 of the 10 .* pass --subset")
    assert len(compare(load(tmp_path / "c.h5"), load(baseline), subset=True).lines) == 5

    def shift(row, _):
        row["seed"] += 100
    refused(write(tmp_path / "d.h5", shift), "seeds 100, 101, 102, 103, ... .* but 0, 1, 2, 3")
    with pytest.raises(Misuse, match="alpha is 2"):
        main([baseline, "--baseline", baseline, "--alpha", "2"])
    with pytest.raises(Misuse, match="cannot write"):
        main([baseline, "--baseline", baseline, "--junit", str(tmp_path / "none" / "x.xml")])


def test_unreadable_files_are_misuse(baseline, tmp_path):
    foreign, empty, cut = (tmp_path / name for name in ("foreign.h5", "empty.h5", "cut.h5"))
    with h5py.File(foreign, "w") as file:
        file["x"] = 1
    empty.write_bytes(b"")
    content = open(baseline, "rb").read()
    cut.write_bytes(content[:-100])
    for bad in (foreign, empty, cut, tmp_path / "absent.h5"):
        with pytest.raises(Misuse, match=bad.name):
            main([str(bad), "--baseline", baseline])
        with pytest.raises(Misuse, match=bad.name):
            main([baseline, "--baseline", str(bad)])
    older = tmp_path / "older.h5"
    older.write_bytes(content)
    with h5py.File(older, "r+") as file:
        file.attrs["format_version"] = 0
    seal.seal(older, "ravine-results")
    with pytest.raises(Misuse, match="version 0"):
        main([str(older), "--baseline", baseline])


def test_a_baseline_is_the_same_whoever_computed_it(tmp_path):
    """Another build on a slower machine with the same results: the same bytes, and no difference."""
    def computed_by(build, slower):
        def change(row, columns):
            row["build_id"] = build
            columns["train_seconds"] = slower * columns["train_seconds"]
        write(tmp_path / f"{build}.h5", change, seeds=3)
        write_baseline(tmp_path / f"{build}.h5", tmp_path / f"{build}-baseline.h5")
        return tmp_path / f"{build}-baseline.h5"
    ours, theirs = computed_by("a", 1), computed_by("b", 3)
    assert ours.read_bytes() == theirs.read_bytes()
    assert main([str(tmp_path / "b.h5"), "--baseline", str(ours), "--exact"]) == 0
    changed = write(tmp_path / "c.h5", one_rate(1e-3, 1.001, from_step=8), seeds=3)
    assert main([changed, "--baseline", str(ours), "--exact"]) == 1


def test_log_spaced_steps():
    steps = np.array([1, 2, 4, 8, 16, 32, 64, 100, 128, 200, 256, 300, 400, 500, 512])
    chosen = log_spaced(steps, 10)
    assert list(chosen) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert list(log_spaced(np.array([5, 10]), 10)) == [5, 10]


def told(divergence):
    """Trials with a canonical text that says `divergence`, or, as older files, nothing of it."""
    def change(row, _):
        lines = [f"{name} = {row[name]}" for name in ("problem", "optimizer", "learning_rate")]
        lines += [f"divergence = {divergence}"] if divergence else []
        row["spec"] = "\n".join([*lines, f"seed = {row['seed']}", "versions = problem 1", ""])
    return change


def test_a_baseline_from_before_divergence_could_be_chosen_is_still_one(tmp_path):
    old = write(tmp_path / "old.h5", told(None))
    assert main([write(tmp_path / "new.h5", told("10000")), "--baseline", old]) == 0
    with pytest.raises(Misuse, match="no configuration in common"):
        compare(load(write(tmp_path / "never.h5", told("never"))), load(old))
