"""ravine.figures, report, claims and check: functions that do what the commands do, and are rooms besides."""

import inspect
import pathlib
import subprocess
import sys
import types

import pytest
import synthetic

import ravine
from ravine.rooms import callable_as

PACKAGE = pathlib.Path(ravine.__file__).parents[1]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "optimizers.h5"
    synthetic.write(path, optimizers=("sgd", "adam"))
    return path


def test_figures_are_those_of_the_command(file, tmp_path):
    mine = ravine.figures(ravine.load(file), figure=["curves", "sensitivity"], output=tmp_path / "mine")
    subprocess.run([sys.executable, "-m", "ravine.figures", file, "--figure", "curves,sensitivity", "--format", "png",
                    "--output", tmp_path / "theirs"], check=True, stdout=subprocess.DEVNULL,
                   env={"PYTHONPATH": str(PACKAGE), "PATH": "/usr/bin:/bin"})
    theirs = sorted((tmp_path / "theirs").iterdir())
    assert sorted(path.name for path in mine) == [path.name for path in theirs] != []
    assert [path.read_bytes() for path in sorted(mine)] == [path.read_bytes() for path in theirs]
    assert "draw_file" in dir(ravine.figures)


def test_figures_leave_the_settings_of_the_callers_plots_alone(file, tmp_path):
    import matplotlib

    before = dict(matplotlib.rcParams)
    ravine.figures(file, figure="curves", output=tmp_path)
    assert dict(matplotlib.rcParams) == before


def test_the_report_is_one_page(file, tmp_path):
    page = ravine.report(file, output=tmp_path / "page.html")
    assert page == tmp_path / "page.html"
    assert page.read_text().count("</html>") == 1
    assert ravine.report(ravine.load(file)) == file.parent / "report.html"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_claims_are_a_row_each(file):
    frame = ravine.claims(file)
    judged = ravine.claims.judge([ravine.load(file)])
    assert list(frame["id"]) == [one.id for one in judged] != []
    assert list(frame["verdict"]) == [one.verdict for one in judged]


def test_check_compares(file, tmp_path):
    same = ravine.check(file, ravine.load(file))
    assert same.exit_code() == 0
    assert "identical" in str(same) and "regressed" not in str(same)

    def worse(row, columns):
        if "adam" in row["optimizer"]:
            columns["train_loss"] = columns["train_loss"] * 1.5

    other = tmp_path / "new.h5"
    synthetic.write(other, optimizers=("sgd", "adam"), change=worse)
    found = ravine.check(other, file, exact=True)
    assert found.exit_code() == 1
    assert {line.label.partition(",")[0] for line in found.of("changed")} == {"adam"}


@pytest.mark.parametrize("call, told", [
    (lambda file: ravine.figures(), "no result file"),
    (lambda file: ravine.report(), "no result file"),
    (lambda file: ravine.claims(), "no result file"),
    (lambda file: ravine.figures(file, figure="curvs"), "unknown figure 'curvs'"),
    (lambda file: ravine.figures(file, format="gif"), "unknown format 'gif'"),
    (lambda file: ravine.figures(file, x="epoch,step"), "name one axis"),
    (lambda file: ravine.figures(file, file), "the same names"),
    (lambda file: ravine.check(file, file, alpha=2), r"alpha is 2, but must lie in \(0, 0.5\)"),
    (lambda file: ravine.report(file, output="/nowhere/at/all.html"), "cannot write"),
    (lambda file: ravine.claims(__file__), "test_functions.py"),
])
def test_misuse_is_one_sentence(file, call, told):
    with pytest.raises(ravine.Misuse, match=told):
        call(file)


@pytest.mark.parametrize("room", ["figures", "report", "claims"])
def test_help_shows_the_function(room):
    function = getattr(getattr(ravine, room), room)
    assert inspect.signature(getattr(ravine, room)) == inspect.signature(function)
    assert "results: paths of result files" in inspect.getdoc(type(getattr(ravine, room)).__call__)


def test_a_room_has_the_signature_of_any_function(monkeypatch):
    monkeypatch.setitem(sys.modules, "a_room", types.ModuleType("a_room"))
    callable_as("a_room", lambda first, second=2: (first, second))
    assert sys.modules["a_room"](1) == (1, 2)
    assert list(inspect.signature(sys.modules["a_room"]).parameters) == ["first", "second"]
