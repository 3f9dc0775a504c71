"""load() gives back what was written and refuses everything that is not an intact result file."""

import hashlib
import os
import pathlib

import h5py
import numpy as np
import pytest
import synthetic

from ravine import Misuse, load
from ravine.figures.axes import metric_label
from ravine.results import seal
from ravine.study.per_problem import study


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "optimizers.h5"
    synthetic.write(path, optimizers=["sgd", "adam"])
    return path


def test_ragged_curves_are_put_together_again(path):
    results = load(path)
    with h5py.File(path, "r") as file:
        row_size = file["curves/row_size"][:]
        losses = np.split(file["curves/test_loss"][:], np.cumsum(row_size)[:-1])
    assert len(set(row_size)) > 1  # diverged trials are shorter
    assert len(results.trials) == len(row_size) == 2 * 5 * 3
    for trial, loss in enumerate(losses):
        mine = results.curves[results.curves["trial"] == trial]
        np.testing.assert_array_equal(mine["test_loss"], loss)
        assert mine["step"].iloc[0] == 0


def test_columns_units_and_attributes(path):
    results = load(path)
    assert results.trials["optimizer"].iloc[0] == "sgd"
    assert results.trials["learning_rate"].dtype == float
    assert results.units["train_loss"] == "nats"
    assert results.attributes["suite"] == "optimizers"
    assert results.environment == {"cpu": "made up"}


def test_losses_have_the_unit_of_their_problem(tmp_path):
    network, function, reconstruction = "mlp(data=glyphs)", "rosenbrock(dimension=2)", "autoencoder"
    units = {network: ("nats", "nats"), function: ("1", "1"), reconstruction: ("nats", "1")}

    def change(row, columns):
        row["objective_unit"], row["loss_unit"] = units[row["problem"]]

    synthetic.write(tmp_path / "x.h5", ["sgd"], tuple(units), change=change)
    results = load(tmp_path / "x.h5")
    for problem, (objective, loss) in units.items():
        own = results.units_of(problem)
        assert own["objective"] == objective
        assert own["test_loss"] == own["averaged_ema_train_loss"] == loss
        assert own.keys() - {"objective"} == {name for name in results.curves
                                              if "loss" in name or "accuracy" in name}
    assert metric_label("train_loss", results.units_of(network)) == "training loss (nats)"
    assert metric_label("train_loss", results.units_of(function)) == "training loss"
    assert metric_label("train_loss", {"train_loss": "mixed"}) == "training loss"
    assert metric_label("test_accuracy", results.units_of(network)) == "test accuracy (%)"


def test_trials_of_earlier_plans_are_kept_but_not_in_the_plan(tmp_path):
    def change(row, columns):
        row["in_plan"] = int(row["seed"] != 2)

    synthetic.write(tmp_path / "x.h5", optimizers=["sgd"], change=change)
    results = load(tmp_path / "x.h5")
    assert len(results.trials) == 15 and len(results.plan) == 10


def test_the_seal_is_the_one_of_the_format(path):
    content = path.read_bytes()
    assert content[:8] == b"\x89RAVINE\n"
    blanked = content[:24] + bytes(32) + content[56:]
    assert content[24:56] == hashlib.sha256(blanked).digest()
    assert seal.verify(path, "ravine-results") == "0123456789abcdef"


def altered(content, position):
    changed = bytearray(content)
    changed[position] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("damage, words", [
    (lambda content: b"", "not a ravine file"),
    (lambda content: b"PK\3\4" + content, "not a ravine file"),
    (lambda content: content[:300], "not a ravine file"),
    (lambda content: content[512:], "not a ravine file"),
    (lambda content: content[:-1], "truncated"),
    (lambda content: content + b"x", "altered"),
    (lambda content: altered(content, 5000), "altered"),
    (lambda content: altered(content, 60), "altered"),
    (lambda content: altered(content, 8), "version"),
])
def test_refuses_damaged_files(path, damage, words):
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(Misuse, match=words) as refused:
        load(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_refuses_what_cannot_be_read(tmp_path):
    with pytest.raises(Misuse, match="No such file"):
        load(tmp_path / "missing.h5")
    with pytest.raises(Misuse, match="directory"):
        load(tmp_path)


def test_refuses_another_kind_and_another_version(path):
    seal.seal(path, "ravine-trial")
    with pytest.raises(Misuse, match="ravine-trial file, not a ravine-results file"):
        load(path)
    with h5py.File(path, "r+") as file:
        file.attrs["format_version"] = 99
    seal.seal(path, "ravine-results")
    with pytest.raises(Misuse, match="format version 99"):
        load(path)


def test_refuses_a_file_without_trials(path):
    with h5py.File(path, "r+") as file:
        for name in list(file["trials"]):
            del file["trials"][name]
        for name in list(file["curves"]):
            del file["curves"][name]
    seal.seal(path, "ravine-results")
    with pytest.raises(Misuse, match="lacks the columns id, in_plan"):
        load(path)


BASELINES = sorted((pathlib.Path(__file__).parents[3] / "results" / "baselines").glob("*.h5"))


@pytest.mark.parametrize("path", BASELINES, ids=lambda path: path.stem)
def test_baselines_have_no_timings_and_are_studied_all_the_same(path):
    results = load(path)
    assert results.curves["train_seconds"].isna().all() and len(study(results)) > 0


def test_refuses_pipes_and_devices_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "x.h5")
    for path in (tmp_path / "x.h5", "/dev/zero"):
        with pytest.raises(Misuse, match="is not a file"):
            load(path)
