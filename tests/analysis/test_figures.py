"""scripts/figures draws, refuses politely, and writes the same bytes for the same input."""

import hashlib
import os
import pathlib
import subprocess
import sys

import pytest
import synthetic

from analysis import figures, style
from analysis.errors import Misuse
from analysis.series import Series

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "figures"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "optimizers.h5"
    synthetic.write(path, optimizers=["sgd", "momentum", "adam"])
    return path


def run(*arguments, cwd=None):
    return subprocess.run([SCRIPT, *map(str, arguments)], capture_output=True, text=True, cwd=cwd,
                          env={**os.environ, "RAVINE_PYTHON": sys.executable})


def digests(folder):
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def test_same_input_same_bytes_in_two_processes(path, tmp_path):
    for folder in ("one", "two"):
        done = run(path, "--output", tmp_path / folder, "--format", "pdf,svg,png")
        assert done.returncode == 0 and done.stderr == ""
    first = digests(tmp_path / "one")
    assert sorted(first) == [f"optimizers-{name}-mlp-glyphs.{kind}"
                             for name in ("curves", "sensitivity") for kind in ("pdf", "png", "svg")]
    assert first == digests(tmp_path / "two")


def test_figures_land_beside_the_file_and_are_named(path, tmp_path):
    copy = tmp_path / "mine.h5"
    copy.write_bytes(path.read_bytes())
    done = run("mine.h5", "--figure", "curves", "--format", "png", cwd=tmp_path)
    assert done.stdout.split() == ["figures/mine-curves-mlp-glyphs.png"]
    assert (tmp_path / "figures" / "mine-curves-mlp-glyphs.png").stat().st_size > 10_000


@pytest.mark.parametrize("x", ["step", "seconds", "gradient_evaluations"])
def test_every_x_axis_draws(path, tmp_path, x):
    written = figures.draw_file(path, ["curves"], ["png"], tmp_path, x)
    assert [file.exists() for file in written] == [True]


@pytest.mark.parametrize("change", [
    lambda row, columns: row.update(outcome="diverged"),  # nothing survives
    lambda row, columns: row.update(seed=0, schedule=f"step(at={row['seed']})"),
    lambda row, columns: [columns.pop(name) for name in list(columns)
                          if "accuracy" in name or "validation" in name or "test" in name],
    lambda row, columns: columns.update(objective=columns["objective"] - 5,
                                        train_loss=columns["train_loss"] - 5),
], ids=["all diverged", "many series of one optimizer", "objective only", "negative losses"])
@pytest.mark.filterwarnings("error")
def test_unusual_files_draw_without_a_warning(tmp_path, change):
    synthetic.write(tmp_path / "x.h5", optimizers=["sgd", "adam"], change=change)
    assert figures.draw_file(tmp_path / "x.h5", ["curves", "sensitivity"], ["png"], tmp_path, "epoch")


def test_a_file_of_failed_trials_is_refused(tmp_path):
    synthetic.write(tmp_path / "x.h5", optimizers=["sgd"],
                    change=lambda row, columns: row.update(outcome="failed"))
    with pytest.raises(Misuse, match="no finished trial"):
        figures.draw_file(tmp_path / "x.h5", ["curves"], ["png"], tmp_path, "epoch")


def test_misuse_is_one_sentence_and_exit_code_2(path, tmp_path):
    foreign = tmp_path / "foreign.h5"
    foreign.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(1000))
    for arguments, words in [
        ([foreign], "is no ravine file"),
        ([tmp_path / "missing.h5"], "No such file"),
        ([path, "--figure", "curve"], "known are curves, sensitivity"),
        ([path, "--format", "gif"], "known are pdf, svg, png"),
        ([path, "--x", "hours"], "known are epoch"),
        ([path, "--output", path], "choose another folder"),
        ([], "no result file is given"),
    ]:
        done = run(*arguments)
        assert done.returncode == 2 and done.stdout == ""
        assert done.stderr.startswith("scripts/figures: ") and words in done.stderr
        assert done.stderr.count("\n") == 1


def test_an_optimizer_has_one_colour_in_every_figure():
    few = [Series("adam", "adam", None)]
    many = [Series(name, name, None) for name in ["sgd", "adam", "mine"]]
    assert style.colours(few)["adam"] == style.colours(many)["adam"]
    variants = style.colours([Series("adam", "adam", None), Series("adam(b)", "adam", None)])
    assert len(set(variants.values())) == 2


def test_palette_colours_are_all_different():
    everything = [*style.COLOURS.values(), *style.SPARE]
    assert len(set(everything)) == len(everything)


def test_list_names_every_figure():
    assert run("--list").stdout.split("\n")[0].startswith("curves")
