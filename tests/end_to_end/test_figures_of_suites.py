"""Every figure of every suite, drawn from real runs: all are drawn, and none hides what it shows."""

import contextlib

import frames
import matplotlib.pyplot as plt
import pytest
import suites

from ravine import errors
from ravine.figures import drawing as figures
from ravine.figures import style

# What each suite is there to show. Every figure of --list stands here.
SHOWN = {
    "averaging": {"averages", "bottou", "heat-maps"},
    "batch-norm": {"unit-inputs", "heat-maps"},
    "batch-size": {"gradient-noise", "update-cost", "batch-size", "noisy-quadratic"},
    "illustrations": {"paths", "terminal-speed", "lookahead", "one-step", "chain", "bouncing",
                      "gradient-norm"},
    "initialization": {"layers", "distributions"},
    "optimizers": {"curves", "sensitivity", "times", "best-of-k", "deepobs", "wilson", "reddi"},
    "schedules": {"curves", "sensitivity", "heat-maps", "robbins-monro", "profile"},
    "second-order": {"curves", "sensitivity", "times", "best-of-k"},
}
BY_REQUEST = {"landscapes", "ranks"}  # of trials with --record landscapes; of five problems or more
COSTLY = ("curves", "sensitivity", "heat-maps", "times", "best-of-k")  # one for each of many problems
ALL = [*figures.figure_makers(), *figures.suite_figure_makers()]


def pytest_generate_tests(metafunc):
    if "suite" in metafunc.fixturenames:  # one process per suite where pytest runs several
        names = [name.removeprefix("ravine-") for name in suites.SUITES]
        metafunc.parametrize("suite", [pytest.param(name, marks=pytest.mark.xdist_group(name))
                                       for name in names])


def draw_all(path, names=ALL):
    """{target: figure} of a file; a figure that raises is the test's failure."""
    style.apply()
    plt.close("all")
    plt.rcParams["figure.max_open_warning"] = 0
    drawn = {}
    for target, make in figures.tasks(path, names, "epoch"):
        with contextlib.suppress(errors.TooFew):
            drawn[target] = make()
    return {target: figure for target, figure in drawn.items() if figure is not None}


def assert_honest(drawn):
    faults = [f"{target}: {fault}" for target, figure in drawn.items()
              for fault in frames.faults(figure)]
    assert not faults, "\n".join(faults)


def names_of(drawn):
    return {max((name for name in ALL if target == name or target.startswith(f"{name}-")), key=len)
            for target in drawn}


def test_every_figure_is_shown_by_some_suite():
    assert set.union(BY_REQUEST, *SHOWN.values()) == set(ALL)


@pytest.mark.filterwarnings("error")
def test_quick_runs_draw_every_figure_and_hide_nothing(suite, quick_results):
    drawn = draw_all(quick_results(suite))
    assert names_of(drawn) >= SHOWN[suite]
    assert_honest(drawn)


# Standard grids are drawn in CI in cut budgets: all factors of the whole run, a few of its steps.
SHORT = ["--steps", 6]
# Epochs of quadratic_deep have seven steps.
ENDS = ["--steps", 14, "--observe", "even(count=2)", "--seeds", 1]
CUT_BUDGETS = {"averaging": SHORT, "batch-norm": [*SHORT, "--seeds", 2],
               "batch-size": [*SHORT, "--seeds", 2], "illustrations": [], "initialization": ENDS,
               "optimizers": ENDS, "schedules": SHORT, "second-order": [*SHORT, "--seeds", 2]}
OUT_OF_REACH = {"batch-size": {"batch-size"}}  # no target is met in so few steps


@pytest.mark.filterwarnings("error")
def test_standard_grids_draw_every_figure_and_hide_nothing(suite, tmp_path):
    """All standard trials in a cut budget: as many series, panels and labels as in the whole run."""
    done = suites.run(f"ravine-{suite}", *CUT_BUDGETS[suite], "--output", tmp_path / "x.h5")
    assert done.returncode == 0, done.stderr
    drawn = draw_all(tmp_path / "x.h5")
    assert names_of(drawn) >= SHOWN[suite] - OUT_OF_REACH.get(suite, set())
    assert_honest(drawn)


@pytest.mark.long
def test_standard_runs_draw_every_figure_and_hide_nothing(suite, tmp_path):
    done = suites.run(f"ravine-{suite}", "--output", tmp_path / "x.h5")
    assert done.returncode == 0, done.stderr
    drawn = draw_all(tmp_path / "x.h5")
    assert names_of(drawn) >= SHOWN[suite]
    assert_honest(drawn)


def test_the_same_results_give_the_same_bytes(suite, quick_results):
    own = [name for name in SHOWN[suite] if name not in COSTLY]

    def pages():
        return {target: style.page(figure, "svg")
                for target, figure in draw_all(quick_results(suite), own).items()}

    assert pages() == pages()


def test_a_panel_without_a_value_says_so(tmp_path):
    path = run(tmp_path / "r.h5", "--problem", "reddi", "--optimizer", "adam,amsgrad",
               "--learning-rate", 0.01, "--steps", 30)
    figure, = draw_all(path, ["reddi"]).values()
    regret, point = figure.axes  # the regret is drawn from a later step on
    assert [text.get_text() for text in regret.texts] == ["no values"]
    assert not point.texts
    assert_honest({"reddi": figure})


def run(output, *arguments):
    done = suites.run("ravine-optimizers", "--seeds", 2, "--output", output, *arguments)
    assert done.returncode == 0, done.stderr
    return output


# A dollar begins a formula, a backslash a command, an underscore an index in the text of a figure.
NAMES = ["a$b$c", "cost_in_$^2_{3", "100%$$\\frac{"]


@pytest.mark.filterwarnings("error:Glyph", "error:.*mathtext")
def test_names_of_data_are_shown_as_they_are(tmp_path):
    for name in NAMES:
        rows = [f"0.{i % 7},0.{i % 5},{i % 2}" for i in range(20)]
        (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n")
    problems = ",".join(f"mlp(data={tmp_path}/{name}.csv, hidden=4)" for name in NAMES)
    path = run(tmp_path / "x.h5", "--problem", problems, "--optimizer", "sgd,adam", "--steps", 4,
               "--batch-size", 4, "--learning-rate", "0.01,0.1", "--init",
               "glorot_uniform,normal(sd=1)")
    drawn = draw_all(path, ["curves", "sensitivity", "heat-maps", "times", "best-of-k"])
    assert len(drawn) == 5 * len(NAMES)
    missing = []
    written = figures.draw_file(path, ["curves", "profile"], ["svg", "pdf"], tmp_path, "epoch", missing)
    assert not missing and len({file.name for file in written}) == 2 * (len(NAMES) + 1)
    for target, figure in drawn.items():
        figure.draw_without_rendering()
        for text in figure.findobj(plt.Text):
            shown, formula = text._preprocess_math(text.get_text())
            assert not (formula and ".csv" in shown), (target, shown)
    shown = " ".join(text._preprocess_math(text.get_text())[0] for figure in drawn.values()
                     for text in figure.findobj(plt.Text))
    assert all(f"{name}.csv" in shown for name in NAMES)


def test_two_problems_are_two_files(tmp_path):
    path = run(tmp_path / "s.h5", "--problem", "saddle(x0=1),saddle(x0=-1)", "--optimizer", "sgd",
               "--learning-rate", 0.1, "--steps", 5)
    written = figures.draw_file(path, ["curves"], ["svg"], tmp_path, "epoch")
    assert len(set(written)) == 2 and len({file.read_bytes() for file in written}) == 2
    assert all(file.name.startswith("s-curves-saddle-x0-1-") for file in written)


def test_landscapes_are_drawn_where_they_are_recorded(tmp_path):
    path = run(tmp_path / "l.h5", "--problem", "mlp(data=glyphs, hidden=4, train=500),rosenbrock",
               "--optimizer", "sgd,adam", "--learning-rate", 0.001, "--steps", 30, "--record",
               "landscapes")
    drawn = draw_all(path, ["landscapes"])
    assert len(drawn) == 2
    assert_honest(drawn)


def test_a_learning_rate_of_zero_has_its_place(tmp_path):
    path = run(tmp_path / "z.h5", "--problem", "quadratic", "--optimizer", "sgd,adam",
               "--learning-rate", "0,0.001,0.1", "--steps", 20)
    figure, = draw_all(path, ["sensitivity"]).values()
    assert_honest({"sensitivity": figure})
    axes = figure.axes[0]
    line = max(axes.lines, key=lambda one: one.get_linewidth())
    assert list(line.get_xdata()) == [0, 0.001, 0.1]
    at = axes.transData.transform([(rate, 1) for rate in line.get_xdata()])[:, 0]
    assert at[0] < at[1] - 10 and at[1] < at[2] - 10  # pixels
    assert "0" in [tick.get_text().strip("$").replace("\\mathdefault{", "").strip("}")
                   for tick in axes.get_xticklabels()]
    assert "0, then a log scale" in figure.axes[-1].get_xlabel()
