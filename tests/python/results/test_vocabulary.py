"""What result files say of their own columns: roles, the table of metrics, constants."""

import math
import shutil

import h5py
import pytest
import real_vocabulary
from ravine import load
from ravine.errors import Misuse
from ravine.results import seal
from ravine.study import selection
from ravine.study.per_problem import study


def test_a_real_file_tells_roles_metrics_and_costs(quick_results):
    results = load(quick_results("optimizers"))
    words = results.vocabulary
    assert {"problem", "optimizer", "learning_rate", "batch_size"} <= set(words.factors)
    assert words.replicates == ("seed",) and set(words.budget) == {"epochs", "steps"}
    assert {"keep_last", "observe", "divergence", "target"} <= set(words.protocol)
    told = {*words.factors, *words.replicates, *words.protocol} - {"record"}  # where nobody records
    assert told <= set(results.trials)
    assert words.reported[:2] == ("test_accuracy", "test_loss")
    assert words.selecting[:3] == ("validation_accuracy", "validation_loss", "objective")
    assert words.training_losses == ("train_loss", "objective")
    assert set(words.told_beside_losses) | set(words.training_losses) == set(words.metrics)
    for name in words.metrics:
        assert words.larger_is_better(name) == name.endswith("accuracy"), name
    assert words.larger_is_better("averaged_ema_test_accuracy")
    assert not any(map(words.larger_is_better, ("averaged_ema_test_loss", "gradient_norm", "accuracy")))
    assert words.costs() == {"gradient_evaluations": 1, "loss_evaluations": 1 / 3,
                             "curvature_products": 5 / 3}
    assert words.constants["divergence"] == 1e4
    assert words == real_vocabulary.of_a_baseline()


def test_directions_come_from_the_table_and_not_from_names(quick_results, tmp_path):
    path = tmp_path / "x.h5"
    shutil.copyfile(quick_results("optimizers"), path)
    rates = {}
    for direction in ("larger", "smaller"):
        def turn(file, direction=direction):
            row = list(file["metrics/name"].asstr()[:]).index("validation_accuracy")
            file["metrics/direction"][row] = direction
        change(path, turn)
        results = load(path)
        problem = next(one for one in study(results) if one.criterion == "validation_accuracy")
        assert problem.selects_largest == (direction == "larger")
        assert selection.worst(results, "validation_accuracy") == (
            -math.inf if direction == "larger" else math.inf)
        rates[direction] = [entry.rate for entry in problem.entries]
    assert rates["larger"] != rates["smaller"]


def change(path, edit):
    with h5py.File(path, "r+") as file:
        edit(file)
    seal.seal(path, "ravine-results")


@pytest.mark.parametrize("edit, words", [
    (lambda file: file.__delitem__("metrics"), "ravine-results merge"),
    (lambda file: file.__delitem__("constants"), "ravine-results merge"),
    (lambda file: file["trials"].attrs.__delitem__("factors"), "ravine-results merge"),
    (lambda file: file["metrics/direction"].__setitem__(0, "up"), "direction"),
    (lambda file: file["metrics"].__delitem__("part"), "lacks some of its columns"),
    (lambda file: file["constants"].attrs.__setitem__("divergence", "much"), "not a number"),
])
def test_what_is_missing_or_broken_is_refused(quick_results, tmp_path, edit, words):
    path = tmp_path / "x.h5"
    shutil.copyfile(quick_results("schedules"), path)
    change(path, edit)
    with pytest.raises(Misuse, match=words):
        load(path)
