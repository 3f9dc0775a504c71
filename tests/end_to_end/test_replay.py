"""ravine-results replay: a stored trial gives its bits again, and what does not is named."""

import shutil

import h5py
import pytest
import suites

from ravine.results import seal

PROGRAMS = {"optimizers": "ravine-results", "averaging": "ravine-results-double"}


def shortest(path):
    """(id, row) of the trial with the fewest updates that made some, and of one more."""
    with h5py.File(path) as file:
        steps, ids = file["trials/steps"][:], file["trials/id"].asstr()[:]
    order = [row for row in steps.argsort(kind="stable") if steps[row] > 0]
    return [(ids[row], row) for row in (order[0], order[len(order) // 4])]


@pytest.mark.parametrize("suite", PROGRAMS)
def test_stored_trials_give_their_bits_again(suite, quick_results):
    path = quick_results(suite)
    for trial, _ in shortest(path):
        done = suites.run(PROGRAMS[suite], "replay", path, trial)
        assert done.returncode == 0 and done.stdout.startswith(f"{trial}: the same bits"), done


def test_a_changed_bit_is_found_and_its_column_named(quick_results, tmp_path):
    shutil.copyfile(quick_results("optimizers"), tmp_path / "x.h5")
    trial, row = shortest(tmp_path / "x.h5")[0]
    with h5py.File(tmp_path / "x.h5", "r+") as file:
        last = file["curves/row_size"][:row + 1].sum() - 1
        file["curves/objective"][last] = file["curves/objective"][last] * (1 + 2**-52) + 5e-324
    seal.seal(tmp_path / "x.h5", "ravine-results")
    done = suites.run("ravine-results", "replay", tmp_path / "x.h5", trial)
    assert done.returncode == 1 and done.stdout.endswith(f"{trial} differs\n"), done
    assert f"{trial} curves/objective: row " in done.stdout and done.stdout.count("\n") == 2, done


def test_what_cannot_be_replayed_is_misuse(quick_results):
    path = quick_results("averaging")
    done = suites.run("ravine-results", "replay", path, shortest(path)[0][0])
    assert done.returncode == 2 and "use ravine-results-double" in done.stderr
    for words in ([path, "0123456789abcdef"], [path], [path, "a", "b"], ["none.h5", "0123456789abcdef"]):
        assert suites.run("ravine-results", "replay", *words).returncode == 2
