"""Trials of another build: reused after a canary, or refused with the component that differs."""

import h5py
import pytest
import suites

FIRST, SAME, CHANGED = (f"tests/build_{name}" for name in ("first", "same", "changed"))
TRIALS = 24  # two problems, two rules, two rates, three seeds


@pytest.fixture
def output(tmp_path):
    path = tmp_path / "builds.h5"
    assert suites.run(FIRST, "--output", path).returncode == 0
    return path


def builds_of(output):
    with h5py.File(output) as file:
        return file["trials/build_id"].asstr()[:]


def test_equal_bits_are_reused(output):
    before, first = suites.digest(output), builds_of(output)
    done = suites.run(SAME, "--output", output)
    assert done.returncode == 0, done.stderr
    assert (f"{TRIALS} trials of another build are reused: the shortest of each problem and "
            "optimizer, 4 in all, gave the same bits again") in done.stderr
    assert f"{TRIALS} of them finished before" in done.stderr
    assert suites.digest(output) == before
    assert list(builds_of(output)) == list(first)  # who computed them stays known


def test_only_what_is_new_is_computed(output):
    done = suites.run(SAME, "--output", output, "--seeds", 4)
    assert done.returncode == 0 and f"{TRIALS} of them finished before" in done.stderr
    assert len(set(builds_of(output))) == 2
    fresh = output.with_name("fresh.h5")
    assert suites.run(SAME, "--output", fresh, "--seeds", 4).returncode == 0
    assert suites.digest(output) == suites.digest(fresh)


def test_other_bits_are_refused_by_name(output):
    before = output.read_bytes()
    done = suites.run(CHANGED, "--output", output)
    assert done.returncode == 2 and done.stdout == "", done.stderr
    assert "another build" in done.stderr and "--fresh" in done.stderr
    assert "the optimizer scaled no longer reproduces the stored bits" in done.stderr
    assert "momentum" not in done.stderr and done.stderr.count("\n") == 1
    assert output.read_bytes() == before
    fresh = suites.run(CHANGED, "--output", output, "--fresh")
    assert fresh.returncode == 0 and "finished before" not in fresh.stderr
    assert len(set(builds_of(output))) == 1


def test_rules_that_did_not_change_go_on(output):
    """Only the components of this plan are asked."""
    done = suites.run(CHANGED, "--output", output, "--optimizer", "momentum")
    assert done.returncode == 0 and "12 trials of another build are reused" in done.stderr
    assert "12 stored trials do not belong to this plan" in done.stderr


def test_shards_leave_alone_what_another_build_has_finished(tmp_path):
    output = tmp_path / "x.h5"
    assert suites.run(FIRST, "--output", output, "--shard", "0/2").returncode == 0
    done = suites.run(CHANGED, "--output", output, "--shard", "0/3")
    assert done.returncode == 0 and "completed by other shards" not in done.stderr
    merged = suites.run("ravine-results", "merge", output, tmp_path / "x.shard-0-of-2.h5",
                        tmp_path / "x.shard-0-of-3.h5")
    assert merged.returncode == 2 and "different bits" in merged.stderr
    assert "x.shard-0-of-2.h5" in merged.stderr and "x.shard-0-of-3.h5" in merged.stderr
