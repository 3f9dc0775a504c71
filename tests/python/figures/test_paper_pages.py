"""Figures on the page of a paper: their size, fonts and words, and what of a file they show."""

import hashlib
import re

import frames
import matplotlib
import matplotlib.pyplot as plt
import pytest
import synthetic

from ravine import load
from ravine.errors import Misuse
from ravine.figures import __main__ as program
from ravine.figures import drawing, journals, paper_file, style
from ravine.study.narrowing import Choice, narrow, require_known
from ravine.study.series import problems, series_of

PROBLEMS = ("mlp(data=glyphs, hidden=8)", "logreg(data=curves)")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "x.h5"
    synthetic.write(path, optimizers=["sgd", "rmsprop", "adam"], problems=PROBLEMS)
    return path


@pytest.fixture(autouse=True)
def our_page():
    yield
    plt.close("all")
    style.apply()


def figure_of(path, name, page, choice=None):
    style.apply(page)
    return drawing.tasks(path, [name], "epoch", choice or Choice(problems=("mlp",)))[0][1]()


def axes_height(figure):
    """In inches, laid out."""
    figure.draw_without_rendering()
    return figure.axes[0].get_window_extent().height / figure.dpi


@pytest.mark.parametrize("name", ["curves", "sensitivity", "times", "best-of-k"])
@pytest.mark.parametrize("page", [("icml", None), ("icml", 6.75), ("jmlr", None)], ids=str)
def test_figures_have_the_width_of_the_page_and_readable_words(path, name, page):
    figure = figure_of(path, name, journals.page(*page))
    assert figure.get_size_inches()[0] == (page[1] or journals.JOURNALS[page[0]].column)
    assert frames.unreadable(figure) == [] and frames.faults(figure) == []


def test_labels_of_axes_have_the_font_and_size_of_the_journal(path):
    for name, size in (("icml", 8), ("neurips", 9), ("ieee", 8)):
        label = figure_of(path, "times", journals.page(name)).axes[0].xaxis.label
        assert label.get_fontsize() == size and label.get_fontname() == "STIXGeneral"
    label = figure_of(path, "times", style.Page()).axes[0].xaxis.label
    assert (label.get_fontsize(), label.get_fontname()) == (8, "DejaVu Sans")


def test_title_and_caption_are_left_to_the_paper(path):
    shown = figure_of(path, "times", journals.page("icml"))
    bare = figure_of(path, "times", journals.page("icml", title=False, caption=False))
    assert shown._suptitle and "Target:" in shown._supxlabel.get_text() and shown.texts
    assert bare._suptitle is None and bare._supxlabel is None
    assert bare.get_size_inches()[1] < shown.get_size_inches()[1] - 0.5
    own = figure_of(path, "times", style.Page())
    assert axes_height(bare) == pytest.approx(axes_height(own), abs=0.15)
    assert axes_height(shown) == pytest.approx(axes_height(own), abs=0.15)


def test_a_style_file_decides_width_and_fonts(path, tmp_path):
    (tmp_path / "mine.mplstyle").write_text("figure.figsize: 4, 3\nfont.size: 9\nlines.linewidth: 3\n"
                                            "savefig.bbox: tight\n")
    figure = figure_of(path, "times", journals.page(str(tmp_path / "mine.mplstyle")))
    assert figure.get_size_inches()[0] == 4
    assert matplotlib.rcParams["font.size"] == 9 and matplotlib.rcParams["lines.linewidth"] == 3
    assert matplotlib.rcParams["savefig.bbox"] is None


def test_optimizers_are_chosen_ordered_and_renamed(path):
    choice = Choice(("mlp",), ("adam", "sgd"), ("adam",), {"adam": "Adam"})
    figure = figure_of(path, "times", journals.page("icml"), choice)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["Adam", "sgd"]
    bars = [bar.get_facecolor() for bar in figure.axes[0].patches]
    assert bars[0] == matplotlib.colors.to_rgba(style.COLOURS["adam"], 0.75)  # a colour means one optimizer


def test_a_part_has_the_values_of_the_whole(path):
    whole, part = load(path), narrow(load(path), Choice(("logreg",), ("adam",)))
    assert list(problems(part)) == [PROBLEMS[1]]
    one, = series_of(part, PROBLEMS[1])
    assert one.trials.equals(series_of(whole, PROBLEMS[1])[2].trials)
    assert set(part.curves["trial"]) == set(one.trials.index)


@pytest.mark.parametrize("choice, told", [
    (Choice(optimizers=("adan",)), "--optimizer names 'adan', which these results do not have: did you mean 'adam'"),
    (Choice(problems=("mpl",)), "--problem names 'mpl'.*did you mean 'mlp'"),
    (Choice(labels={"qqq": "Q"}), "--label names 'qqq'.*choose among sgd, adam"),
])
def test_names_that_mean_nothing_are_refused(path, choice, told):
    with pytest.raises(Misuse, match=told):
        require_known(choice, [load(path)])


def test_two_lines_never_get_one_name(path):
    with pytest.raises(Misuse, match="--label gives 'sgd' and 'adam' one name, 'A'"):
        narrow(load(path), Choice(labels={"sgd": "A", "adam": "A"}))


@pytest.mark.parametrize("name, width, told", [
    ("icm", None, "unknown --for 'icm': did you mean 'icml'"), ("icml", 325, "--width is 325: give inches"),
    ("no.mplstyle", None, "'no.mplstyle', which does not exist")])
def test_unknown_pages_are_refused(name, width, told):
    with pytest.raises(Misuse, match=told):
        journals.page(name, width)


CONFIG = """
files = ["x.h5"]
problem = ["mlp"]
optimizer = ["adam", "sgd"]
order = ["adam", "sgd"]
label = { adam = "Adam" }
[figures]
for = "ieee"
width = 3.25
title = false
caption = false
figure = ["times"]
format = ["pdf", "pgf"]
x = "step"
output = "from-file"
[tables]
format = "markdown"
"""


def test_a_file_and_flags_give_the_same_bytes(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.h5").write_bytes(path.read_bytes())
    (tmp_path / "paper.toml").write_text(CONFIG)
    assert program.main(["--config", "paper.toml"]) == 0
    assert program.main(["x.h5", "--problem", "mlp", "--optimizer", "adam,sgd", "--order", "adam,sgd", "--label",
                         "adam=Adam", "--for", "ieee", "--width", "3.25", "--no-title", "--no-caption",
                         "--figure", "times", "--format", "pdf,pgf", "--x", "step", "--output", "from-flags"]) == 0
    found = [{file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (tmp_path / folder).iterdir()}
             for folder in ("from-file", "from-flags")]
    assert found[0] == found[1] and len(found[0]) == 2
    # A figure keeps its name whatever is left out beside it.
    assert sorted(found[0]) == ["x-times-mlp-glyphs.pdf", "x-times-mlp-glyphs.pgf"]
    assert program.main(["--config", "paper.toml", "--output", "wide", "--width", "5"]) == 0
    wide = (tmp_path / "wide" / "x-times-mlp-glyphs.pgf").read_text()
    assert "{5.000000in}" in wide and "{5.000000in}" not in (tmp_path / "from-file/x-times-mlp-glyphs.pgf").read_text()


def test_pgf_leaves_words_to_latex(path):
    written = style.page(figure_of(path, "times", journals.page("icml")), "pgf").decode()
    assert re.search(r"\\rmfamily\\fontsize\{8\.0+\}\{9\.6+\d*\}\\selectfont.* updates until the target", written)
    assert str(matplotlib.get_data_path()) not in written


@pytest.mark.parametrize("text, told", [
    ("tilte = 1", "unknown key 'tilte'"), ("[figures]\nwidht = 3", r"unknown key \[figures\] 'widht': did you mean 'width'"),
    ("optimizer = 'adam'", "optimizer the value 'adam': it must be a list of texts"),
    ("[figures]\nwidth = true", "width the value True: it must be a number"), ("a = = 1", "is not TOML")])
def test_mistakes_of_a_file_are_named(tmp_path, text, told):
    (tmp_path / "paper.toml").write_text(text)
    with pytest.raises(Misuse, match=told):
        paper_file.read(tmp_path / "paper.toml", "figures")


def test_labels_may_hold_commas():
    options = program.parse_arguments(["x.h5", "--optimizer", "adam(a=1, b=2),sgd", "--label", "a(b=1)=A"])
    with pytest.raises(Misuse, match="write NAME=TEXT"):
        paper_file.choice(program.parse_arguments(["x.h5", "--label", "adam"]))
    assert paper_file.choice(options).optimizers == ("adam(a=1, b=2)", "sgd")
