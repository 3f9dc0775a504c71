"""scripts/tables: contents against numbers that are worked out by hand, and what each format makes of them."""

import csv
import io

import numpy as np
import pytest
import synthetic

from ravine import load
from ravine.errors import Misuse
from ravine.study import study
from ravine.study.differences import least_p, winner
from ravine.tables import __main__ as program
from ravine.tables import formats
from ravine.tables.rows import Row, median_interval, notes, rows

SEEDS = 8
# Final test losses by seed. sgd at rate 0.1 is worse on validation, and diverges with seed 0 at 0.3.
FINALS = {("sgd", 0.1): 0.9, ("sgd", 0.3): 0.5, ("adam(beta1=0.9)", 0.001): 0.25}


def write(path, finals=FINALS, target="validation_loss<=0.5", diverged=()):
    """A file of made-up trials with losses 1 at step 0, then half way, then `finals` + seed / 100."""
    trials, curves = [], []
    for (optimizer, rate), final in finals.items():
        for seed in range(SEEDS):
            loss = np.array([1, (1 + final) / 2, final]) + seed / 100
            if (optimizer, seed) in diverged:
                loss[-1] = np.inf
            trials.append({"id": f"{len(trials):016x}", "problem": "mlp(data=glyphs)", "optimizer": optimizer,
                           "schedule": "constant", "batch_norm": "off", "averaging": "none", "target": target,
                           "learning_rate": rate, "batch_size": 128, "seed": seed, "message": "", "in_plan": 1,
                           "outcome": "diverged" if (optimizer, seed) in diverged else "completed"})
            curves.append({"step": np.array([0, 10, 20]), "epoch": np.array([0, 1, 2.0]),
                           "gradient_evaluations": np.array([0, 10, 20]), "train_seconds": np.array([0, 1, 2.0]),
                           "objective": loss, "train_loss": loss, "validation_loss": loss, "test_loss": loss})
    synthetic.write_rows(path, trials, curves)
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write(tmp_path_factory.mktemp("results") / "x.h5")


def test_rows_are_those_of_a_hand_computed_file(path):
    sgd, adam = rows(load(path))
    assert (sgd.label, sgd.rate, sgd.at_grid_end) == ("sgd", 0.3, True)
    assert (adam.label, adam.rate, adam.at_grid_end) == ("adam", 0.001, False)
    assert sgd.metric == "test loss (nats)" and not sgd.fraction
    # Of 0.50 ... 0.57 the median is 0.535; those of adam are a quarter lower.
    assert sgd.median == pytest.approx(0.535) and adam.median == pytest.approx(0.285)
    assert 0.5 <= sgd.low < sgd.median < sgd.high <= 0.57
    # sgd meets 0.5 with seed 0 alone, adam with every seed at its last step.
    assert (sgd.reached, sgd.steps) == (1, np.inf) and (adam.reached, adam.steps) == (8, 20)
    # 8 seeds, all better: p = 2 / 2^8, and one pair.
    assert adam.best and not sgd.best


def test_a_lost_seed_is_a_miss_and_worse_than_any_value(tmp_path):
    finals = {("sgd", 0.3): 0.5, ("adam(beta1=0.9)", 0.001): 0.25}
    lost = {("adam(beta1=0.9)", seed) for seed in range(5)}
    sgd, adam = rows(load(write(tmp_path / "x.h5", finals, diverged=lost)))
    assert (adam.median, adam.diverged, adam.reached, adam.steps) == (np.inf, 5, 3, np.inf)
    assert not adam.best and not sgd.best
    assert formats.cells(adam, True)[2].startswith("lost [") and "5 of 8 diverged" in formats.cells(adam, True)[2]
    sgd, adam = rows(load(write(tmp_path / "y.h5", finals, diverged={("adam(beta1=0.9)", s) for s in range(8)})))
    assert sgd.best and not adam.best


@pytest.mark.parametrize("better, bold", [(8, True), (7, False)])
def test_bold_needs_the_paired_test(tmp_path, better, bold):
    # Of 8 seeds one may not speak for the other with the largest difference: p = 2 * 8 / 2^8 = 0.0625 or more.
    found = study(load(write(tmp_path / "x.h5")))[0]
    sgd, adam = found.entries
    sgd.finals[:] = np.arange(8) + 10.0
    adam.finals[:] = np.where(np.arange(8) < better, sgd.finals - 1 - np.arange(8) / 10, sgd.finals + 2)
    assert (winner(found) == "adam") is bold


def test_few_seeds_are_said_to_decide_nothing(tmp_path):
    path = tmp_path / "x.h5"
    synthetic.write(path, optimizers=["sgd", "momentum", "adam"])
    results = load(path)
    assert least_p(study(results)[0]) == min(1, 2 / 2**3 * 3)
    assert any("With 3 seeds this test cannot tell so many optimizers apart:" in note for note in notes(results))
    assert not any(row.best for row in rows(results))


def test_one_seed_has_no_interval():
    value, low, high = median_interval(np.array([0.5]))
    assert value == 0.5 and np.isnan([low, high]).all()


def test_few_seeds_have_their_range():
    """The range of five seeds holds the median with probability 1 - 2 / 2^5 = 94 %: no interval of 95 % is inside."""
    assert median_interval(np.array([0.5, 0.1, 0.3, 0.2, 0.9])) == (0.3, 0.1, 0.9)
    low, high = median_interval(np.array([0.5, 0.1, 0.3, 0.2, 0.9, 0.4]))[1:]
    assert 0.1 <= low < 0.35 < high <= 0.9


ROW = Row("MLP on a_b", "test accuracy (%)", "Adam & co", 3e-4, True, 0.9712, 0.968, 0.973, True, 5, 0, 4, 120.0, True)


def test_booktabs():
    text = formats.booktabs([("x.h5", [ROW], ["a note"])])
    assert r"\emph{MLP on a\_b}: test accuracy (\%)" in text
    assert r"Adam \& co & 0.0003* & \textbf{97.12 [96.80, 97.30]} & 120 (4 of 5) \\" in text
    assert text.startswith("% x.h5\n% a note\n\\begin{tabular}{lrrr}\n\\toprule\n")


def test_markdown():
    text = formats.markdown([("x.h5", [ROW], ["* a note"])])
    assert r"| MLP on a_b: test accuracy (%) | Adam & co | 0.0003\* | **97.12 [96.80, 97.30]** | 120 (4 of 5) |" in text
    assert r"\* a note" in text


def test_csv_has_all_digits(path, capsys):
    assert program.main([str(path), "--format", "csv"]) == 0
    sgd, adam = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert float(sgd["median"]) == rows(load(path))[0].median and sgd["steps"] == "inf"
    assert (adam["best"], sgd["best"], adam["seeds"]) == ("1", "0", "8")


def test_a_file_and_flags_give_the_same_table(path, tmp_path, capsys):
    (tmp_path / "x.h5").write_bytes(path.read_bytes())
    (tmp_path / "paper.toml").write_text('files = ["x.h5"]\norder = ["adam"]\n[label]\nadam = "Adam"\n'
                                         '[tables]\nformat = "markdown"\n[figures]\nfor = "icml"\n')
    program.main(["--config", str(tmp_path / "paper.toml")])
    by_file = capsys.readouterr().out
    program.main([str(path), "--order", "adam", "--label", "adam=Adam", "--format", "markdown"])
    assert by_file == capsys.readouterr().out
    assert by_file.index("Adam") < by_file.index("sgd") and "8 of 8" in by_file


def test_unknown_formats_are_refused(path):
    with pytest.raises(Misuse, match="unknown --format 'latex': choose one of booktabs, markdown, csv"):
        program.main([str(path), "--format", "latex"])
