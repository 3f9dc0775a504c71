"""scripts/figures draws, refuses politely, and writes the same bytes for the same input."""

import hashlib
import os
import pathlib
import re
import subprocess
import sys

import frames
import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import synthetic

from ravine import load
from ravine.errors import Misuse
from ravine.figures import __main__ as program
from ravine.figures import axes, best_of_k, file_names, learning_curves, style
from ravine.figures import drawing as figures
from ravine.study import statistics
from ravine.study.series import Series

SCRIPT = pathlib.Path(__file__).parents[3] / "scripts" / "figures"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "optimizers.h5"
    synthetic.write(path, optimizers=["sgd", "momentum", "adam"])
    return path


@pytest.fixture(autouse=True)
def no_open_figures():
    yield
    plt.close("all")


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
                             for name in ("best-of-k", "curves", "sensitivity", "times")
                             for kind in ("pdf", "png", "svg")]
    assert first == digests(tmp_path / "two")


def test_figures_land_beside_the_file_and_are_named(path, tmp_path):
    copy = tmp_path / "mine.h5"
    copy.write_bytes(path.read_bytes())
    done = run("mine.h5", "--figure", "curves", "--format", "png", cwd=tmp_path)
    assert done.stdout.split() == ["figures/mine-curves-mlp-glyphs.png"]
    assert (tmp_path / "figures" / "mine-curves-mlp-glyphs.png").stat().st_size > 10_000


def test_figures_over_problems(tmp_path):
    synthetic.write(tmp_path / "x.h5", problems=[f"mlp(data=glyphs, hidden={n})" for n in range(5)],
                    optimizers=["sgd", "adam"])
    written = figures.draw_file(tmp_path / "x.h5", ["profile", "ranks"], ["svg"], tmp_path, "epoch")
    assert [file.name for file in written] == ["x-profile.svg", "x-ranks.svg"]


def test_heat_maps_need_a_factor_that_varies(path, tmp_path):
    with pytest.raises(Misuse, match="nothing to show in heat-maps"):
        figures.draw_file(path, ["heat-maps"], ["png"], tmp_path, "epoch")

    def by_seed(row, _):
        row["batch_norm"] = "hidden" if row["seed"] else "off"
    synthetic.write(tmp_path / "x.h5", optimizers=["sgd", "adam"], change=by_seed)
    written = figures.draw_file(tmp_path / "x.h5", ["heat-maps"], ["png"], tmp_path, "epoch")
    assert [file.stat().st_size > 10_000 for file in written] == [True]


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


def test_a_figure_that_fails_never_prevents_the_others(path, tmp_path, monkeypatch, capsys):
    def fails(results, problem, x):
        raise TypeError("ufunc 'isfinite'\nnot supported")

    monkeypatch.setattr("ravine.figures.learning_curves.draw", fails)
    arguments = [str(path), "--format", "svg", "--output", str(tmp_path)]
    assert program.main(arguments) == 1
    drawn = sorted(file.name for file in tmp_path.iterdir())
    assert drawn == [f"optimizers-{name}-mlp-glyphs.svg" for name in ("best-of-k", "sensitivity", "times")]
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and ": drawing failed" in said
    assert "TypeError: ufunc 'isfinite' not supported" in said


def test_a_figure_that_is_asked_for_and_has_nothing_to_show_is_named(path, tmp_path, capsys):
    arguments = [str(path), "--format", "svg", "--output", str(tmp_path), "--figure", "times,reddi"]
    assert program.main(arguments) == 0
    assert f"skipping reddi of '{path}': {figures.NOTHING}" in capsys.readouterr().err


def test_a_file_that_is_refused_never_prevents_the_others(path, tmp_path, capsys):
    damaged = tmp_path / "damaged.h5"
    damaged.write_bytes(path.read_bytes()[:-1])
    arguments = [str(damaged), str(path), "--figure", "times", "--format", "svg", "--output",
                 str(tmp_path)]
    assert program.main(arguments) == 2
    said = capsys.readouterr()
    assert "truncated" in said.err and said.out.count("\n") == 1


def test_two_files_of_one_name_never_overwrite_each_other(path, tmp_path):
    other = tmp_path / "optimizers.h5"
    other.write_bytes(path.read_bytes())
    with pytest.raises(Misuse, match="same names"):
        program.main([str(path), str(other), "--output", str(tmp_path)])
    assert list(tmp_path.iterdir()) == [other]


def test_names_of_files_are_short_and_shared_by_no_two():
    labels = {text: text for text in ("saddle(x0=1)", "saddle(x0=-1)", "mlp(A.csv)", "mlp(a.csv)",
                                      "日本", "..", f"mlp({'x' * 300})", f"mlp({'x' * 301})",
                                      "logreg(glyphs)")}
    stems = file_names.file_stems(labels)
    assert len({stem.casefold() for stem in stems.values()}) == len(labels)
    assert all(0 < len(stem) < 120 and re.fullmatch(r"[\w.-]+", stem) for stem in stems.values())
    assert stems["logreg(glyphs)"] == "logreg-glyphs"
    assert stems["saddle(x0=1)"] == "saddle-x0-1-" + hashlib.sha256(b"saddle(x0=1)").hexdigest()[:8]


def test_misuse_is_one_sentence_and_exit_code_2(path, tmp_path):
    foreign = tmp_path / "foreign.h5"
    foreign.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(1000))
    for arguments, words in [
        ([foreign], "is not a ravine file"),
        ([tmp_path / "missing.h5"], "No such file"),
        ([tmp_path / "missing.h5", "--output", tmp_path / "never"], "No such file"),
        ([path, "--figure", "curve"], "choose one of curves, sensitivity"),
        ([path, "--format", "gif"], "choose one of pdf, svg, png"),
        ([path, "--x", "hours"], "choose one of epoch"),
        ([path, "--output", path], "choose another folder"),
        ([], "no result file is given"),
    ]:
        done = run(*arguments)
        assert done.returncode == 2 and done.stdout == ""
        assert done.stderr.startswith("scripts/figures: ") and words in done.stderr
        assert done.stderr.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["foreign.h5"]  # no folder for nothing


def test_an_optimizer_has_one_colour_in_every_figure():
    few = [Series("adam", "adam", None)]
    many = [Series(name, name, None) for name in ["sgd", "adam", "mine"]]
    assert style.colours(few)["adam"] == style.colours(many)["adam"]
    variants = style.colours([Series("adam", "adam", None), Series("adam(b)", "adam", None)])
    assert len(set(variants.values())) == 2


def scaled(metric, medians, start=None):
    """Axes that are scaled for these values."""
    style.apply()
    one = plt.figure().add_subplot()
    axes.scale_metric(one, metric, {"test_accuracy": "fraction"}, [pd.DataFrame({"median": medians})], start)
    return one


@pytest.mark.parametrize("accuracies", [[0.1, 2 / 3, 1.0], [1.0, 1.0], [0.5, 0.9999]])
def test_an_accuracy_of_one_stands_at_its_tick_and_no_other_does(accuracies):
    one = scaled("test_accuracy", accuracies)
    at = one.transData.transform([(0, value) for value in accuracies])[:, 1]
    assert (at >= one.bbox.y0 - 0.1).all() and (at <= one.bbox.y1 + 0.1).all()
    assert (1.0 in one.yaxis.get_ticklocs()) == (1.0 in accuracies)
    assert [abs(place - one.bbox.y1) < 0.1 for place in at] == [value == 1 for value in accuracies]
    assert axes.scale_words(one) == ", log scale of the error"


def test_losses_below_zero_that_rise_above_the_start_lie_within_the_frame():
    one = scaled("train_loss", [-20.0, 4.0, 0.3], start=-20.0)
    low, high = one.get_ylim()
    assert low < -20 and high > 4 and axes.scale_words(one) == ""


def test_what_lies_far_above_the_start_is_on_the_edge_and_said():
    line = pd.DataFrame({"median": [2.0, 1e6, 0.1]})
    one = scaled("train_loss", line["median"], start=2.0)
    high = one.get_ylim()[1]
    assert 20 < high < 50 and list(axes.inside(one, line["median"])) == [2.0, high, 0.1]
    assert axes.edge_words(one, [line]) == axes.EDGE
    assert axes.edge_words(one, [line.iloc[[0, 2]]]) == ""


def test_what_falls_without_bound_does_not_flatten_the_others():
    lines = [pd.DataFrame({"median": [1.0, low / 2, low]}) for low in (-5, -6, -7, -1e291)]
    style.apply()
    one = plt.figure().add_subplot()
    axes.scale_metric(one, "objective", {}, lines, 1.0)
    low, high = one.get_ylim()
    assert -100 < low < -7 and high > 1
    assert axes.edge_words(one, lines) == axes.EDGE and axes.edge_words(one, lines[:3]) == ""


def test_settings_of_one_optimizer_have_different_colours():
    many = [Series(f"adam({n})", "adam", None) for n in range(9)] + [Series("sgd", "sgd", None)]
    assert len(set(style.colours(many).values())) == len(many)


def test_words_in_every_colour_can_be_read():
    for colour in [*style.COLOURS.values(), *style.SPARE, *style.LEVELS, style.INK]:
        assert style.contrast(style.readable(colour)) >= 4.5
    assert style.contrast("#ffffff") == pytest.approx(1) and style.contrast("#000000") == pytest.approx(21)
    assert style.contrast("#767676") == pytest.approx(4.54, abs=0.005)  # the known grey of WCAG


@pytest.mark.parametrize("rate,text", [(0.0316, "0.032"), (100.0, "100"), (0.3, "0.3"),
                                       (0.123456, "0.12"), (1e-5, "1e-05"), (0, "0")])
def test_rates_have_two_significant_digits(rate, text):
    assert style.rate_text(rate) == text


def drawn(path, name):
    """The only figure of this name."""
    style.apply()
    (_, make), = figures.tasks(path, [name], "epoch")
    return make()


def test_measured_points_are_marked_and_nine_lines_differ_without_colour(tmp_path):
    synthetic.write(tmp_path / "x.h5")
    figure = drawn(tmp_path / "x.h5", "curves")
    for panel in figure.axes[:2]:
        lines = [line for line in panel.lines if len(line.get_xdata()) > 2]
        assert len(lines) == len(synthetic.OPTIMIZERS) == 9
        assert len({line.get_marker() for line in lines}) == 9
        assert all(line.get_markevery() is None for line in lines)
    labels = [line for line in figure.axes[1].lines if len(line.get_xdata()) == 2]
    assert [line.get_marker() for line in labels] == [line.get_marker() for line in lines]
    said = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert "Marks are measured points." in said


@pytest.mark.parametrize("name", ["curves", "sensitivity", "times", "best-of-k"])
def test_no_words_overlap_or_are_cut(tmp_path, name):
    synthetic.write(tmp_path / "x.h5")
    figure = drawn(tmp_path / "x.h5", name)
    assert frames.faults(figure) + frames.unreadable(figure) == []


def test_ranks_need_five_problems_and_say_so(tmp_path):
    def write(count):
        names = [f"mlp(data=glyphs, hidden={n})" for n in range(count)]
        synthetic.write(tmp_path / f"x{count}.h5", optimizers=("sgd", "adam"), problems=names)
        return tmp_path / f"x{count}.h5"

    done = run(write(4), "--figure", "ranks")
    assert done.returncode == 2 and done.stderr.endswith(
        "a critical-difference diagram needs 5 problems that the same optimizers ran on, and these "
        "results have 4\n")
    assert frames.faults(drawn(write(5), "ranks")) == []


def test_the_same_bytes_whatever_else_is_drawn(path, tmp_path):
    pages = []
    for kinds in (["png"], ["pdf", "png"], ["svg", "pdf", "png"]):
        folder = tmp_path / "-".join(kinds)
        folder.mkdir()
        figures.draw_file(path, ["curves", "times"], kinds, folder, "epoch")
        pages.append([file.read_bytes() for file in sorted(folder.glob("*.png"))])
    assert len(pages[0]) == 2 and pages[0] == pages[1] == pages[2]


def test_best_of_k_compares_equal_budgets_with_intervals(tmp_path):
    def change(row, _):
        if row["optimizer"] == "sgd":  # has 3 of the 15 trials of adam
            row["in_plan"] = int(row["learning_rate"] == 0.3)

    synthetic.write(tmp_path / "x.h5", optimizers=("sgd", "adam"), change=change)
    axes = drawn(tmp_path / "x.h5", "best-of-k").axes[0]
    assert [list(line.get_xdata()) for line in axes.lines[:2]] == [[1, 2, 3]] * 2
    assert len(axes.collections) == 2


def test_best_of_k_bootstrap_is_the_closed_form_at_its_centre():
    values = np.array([0.2, 0.5, 0.9, 0.9])
    line = best_of_k.expected_best(values, 3, True)
    assert list(line["median"]) == pytest.approx([statistics.expected_best_of_k(values, k) for k in (1, 2, 3)])
    assert (line["low"] < line["median"]).all() and (line["median"] < line["high"]).all()
    small = best_of_k.expected_best(-values, 3, False)
    np.testing.assert_allclose(small["low"], -line["high"])


def test_misses_stand_where_their_runs_ended(path):
    figure = drawn(path, "times")
    axes = figure.axes[0]
    ends = [line for line in axes.lines if line.get_marker() == ">"]
    assert ends and all(set(line.get_xdata()) <= set(synthetic.STEPS) for line in ends)
    notes = " ".join(text.get_text() for text in axes.texts)
    missed = re.findall(r"(\d) of 3 seeds miss", notes)
    assert sum(map(int, missed)) == sum(len(line.get_xdata()) for line in ends)
    style.lay_out(figure)
    inches = axes.get_position().height * figure.get_figheight()
    assert inches > figure.get_figheight() - 1.5, "the bars have the page but for title and caption"


def test_palette_colours_are_all_different():
    everything = [*style.COLOURS.values(), *style.SPARE]
    assert len(set(everything)) == len(everything)


def test_no_level_of_a_factor_and_no_average_looks_like_another():
    assert len({matplotlib.colors.to_hex(style.level(nth)) for nth in range(30)}) == 30
    assert len({style.dashes(nth) for nth in range(8)}) == 8
    for count in range(9):
        spread = style.between(["#f0b400", "#e06c00", "#b3261e"], count)
        assert len({matplotlib.colors.to_hex(one) for one in spread}) == count


def test_a_fourth_average_has_its_line_and_its_key(tmp_path):
    kinds = ["ema", "ema2", "ema3", "polyak"]
    file = tmp_path / "x.h5"
    synthetic.write(file, optimizers=["sgd", "adam"])
    loaded = load(file)
    for nth, kind in enumerate(kinds):
        loaded.curves[f"averaged_{kind}_test_accuracy"] = loaded.curves["test_accuracy"] - 0.01 * nth
    figure = learning_curves.draw(loaded, loaded.plan["problem"].iloc[0], "epoch")
    key, = figure.findobj(matplotlib.legend.Legend)
    named = {text.get_text(): line.get_linestyle() for line, text in zip(key.get_lines(), key.get_texts())}
    assert all(f"{kind} average" in named for kind in kinds)
    patterns = {str(line._unscaled_dash_pattern) for line in key.get_lines()[1:-1]}
    drawn = {str(line._unscaled_dash_pattern) for axes in figure.axes for line in axes.lines}
    assert len(patterns) == 4 and patterns <= drawn


def test_list_names_every_figure():
    assert run("--list").stdout.split("\n")[0].startswith("curves")
