"""An installed tree is the whole product: it runs from anywhere, moved, in an empty environment."""

import os
import subprocess

import pytest
from suites import BUILD, PROJECT

EMPTY = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """The tree, moved from where it was installed, and a folder to work in."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", folder / "first"], stdout=subprocess.DEVNULL, check=True)
    (folder / "first").rename(folder / "a moved tree")
    (folder / "work").mkdir()
    return folder / "a moved tree", folder / "work"


def ravine(tree, *words, code=0, **variables):
    prefix, work = tree
    done = subprocess.run([prefix / "bin" / "ravine", *words], capture_output=True, text=True, cwd=work, check=False,
                          env={**EMPTY, "HOME": str(work), **variables})
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def results(tree):
    ravine(tree, "run", "schedules", "--scale", "quick", "--seeds", "2", "--output", "s.h5")
    return "s.h5"


def test_it_lists_every_suite(tree):
    listed = [line.split()[0] for line in ravine(tree, "list").splitlines()]
    built = {path.name for path in BUILD.glob("ravine-*") if os.access(path, os.X_OK) and path.is_file()}
    assert {f"ravine-{name}" for name in listed} == built - {
        "ravine-results", "ravine-results-double", "ravine-kernels", "ravine-fuzz"}


def test_results_are_drawn_told_and_judged(tree, results):
    prefix, work = tree
    ravine(tree, "figures", results, "--figure", "curves", "--format", "png", "--output", "figures")
    assert list((work / "figures").glob("*.png"))
    ravine(tree, "report", results, "--output", "report.html")
    assert (work / "report.html").stat().st_size > 100_000
    ravine(tree, "gate", results, "--baseline", results)
    assert "schedules" in ravine(tree, "show", results)
    ravine(tree, "export", results)
    assert (work / "s.curves.csv").is_file()
    ravine(tree, "verify", results)


def test_optimizers_in_python_run(tree):
    if not list(BUILD.glob("python/_engine.*.so")):
        pytest.skip("the engine for Python is not built")
    prefix, work = tree
    (work / "mine.py").write_text("class Mine:\n    learning_rate = 0.1, 'log(1e-3, 1)'\n\n"
                                  "    def step(self, theta, gradient, state, info):\n"
                                  "        theta -= info.learning_rate * gradient\n")
    ravine(tree, "run", "own", "--optimizer", "mine.py:Mine", "--problem", "quadratic", "--learning-rate", "0.1",
           "--steps", "10", "--output", "own.h5")
    assert "mine" in ravine(tree, "show", "own.h5")


def test_shards_run_and_their_progress_is_shown(tree, results):
    ravine(tree, "submit", "schedules", "--shards", "2", "--local", "--", "--scale", "quick", "--seeds", "2",
           "--output", "t.h5")
    assert "2" in ravine(tree, "status", "t.h5")
    assert ravine(tree, "digest", "t.h5").split()[0] == ravine(tree, "digest", results).split()[0]


def test_data_sets_are_known(tree):
    assert "mnist" in ravine(tree, "fetch", "--list")


def test_messages_name_the_command_as_it_was_typed(tree):
    assert ravine(tree, "figures", "no.h5", code=2).startswith("ravine figures: ")
    assert ravine(tree, "fetch", "mnits", code=2).startswith("ravine fetch: ")
    assert "usage: ravine report" in ravine(tree, "report", "--help")
    assert "did you mean 'figures'?" in ravine(tree, "figure", code=2)
    assert "did you mean 'schedules'?" in ravine(tree, "run", "shedules", code=2)


@pytest.mark.parametrize("words, expected", [
    (["fig"], ["figures"]),
    (["run", "s"], ["schedules", "second-order"]),
    (["run", "schedules", "--optimizer", "adamw"], ["adamw"]),
    (["run", "schedules", "--learning-r"], ["--learning-rate"]),
    (["figures", "--form"], ["--format"]),
    (["merge", "--sui"], ["--suite"]),
])
def test_bash_completes(tree, words, expected):
    prefix, work = tree
    script = ('source "$1"; shift; COMP_WORDS=(ravine "$@"); COMP_CWORD=$#; compopt() { :; }; _ravine; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "bash", prefix / "share/bash-completion/completions/ravine", *words],
                          capture_output=True, text=True, check=True,
                          env={**EMPTY, "PATH": f"{prefix / 'bin'}:{EMPTY['PATH']}"})
    assert done.stdout.split() == expected


def test_no_text_in_it_names_the_source(tree):
    found = subprocess.run(["grep", "-rIl", "--exclude-dir=__pycache__", PROJECT, tree[0]], capture_output=True,
                           text=True, check=False)
    assert found.stdout == ""


def test_the_archive_runs_where_it_is_unpacked(tmp_path):
    subprocess.run(["cpack", "-G", "TGZ", "--config", BUILD / "CPackConfig.cmake", "-B", tmp_path],
                   stdout=subprocess.DEVNULL, check=True)
    (archive,) = tmp_path.glob("ravine-*.tar.gz")
    (tmp_path / "unpacked").mkdir()
    subprocess.run(["tar", "-xzf", archive, "-C", tmp_path / "unpacked"], check=True)
    (prefix,) = (tmp_path / "unpacked").iterdir()
    assert "schedules" in ravine((prefix, tmp_path), "list")
