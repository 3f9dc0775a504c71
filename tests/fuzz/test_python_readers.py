"""Files that are sealed and odd: every tool refuses them in one sentence, or reads them to the end.

What is refused is refused by `load`, which all tools call first: it is shown to one of them in turn.
What is read goes to the report and one other tool in turn; --long tries all of them.
"""

import contextlib
import importlib
import io
import subprocess

import matplotlib
import pytest
import suites
from fuzz import forged_edits, forged_results

from ravine import Misuse, load

matplotlib.use("agg")
EDITS = forged_edits.edits()
REFUSED = {name: edit for name, (edit, refused) in EDITS.items() if refused}
READ = {name: edit for name, (edit, refused) in EDITS.items() if not refused}
TOOLS = {
    "report": ("ravine.report.__main__", lambda file, _, folder: [file, "--output", folder / "r.html"]),
    "claims": ("ravine.claims.__main__", lambda file, *_: [file]),
    "gate": ("ravine.gate.__main__", lambda file, intact, _: [file, "--baseline", intact]),
    "baseline": ("ravine.gate.__main__", lambda file, intact, _: [intact, "--baseline", file]),
    "figures": ("ravine.figures.__main__", lambda file, _, folder: [file, "--output", folder, "--format", "svg"]),
}
VERDICTS = (0, 1, 3)


@pytest.fixture(scope="session")
def intact(tmp_path_factory):
    """A small result file with curves, checks and all tables."""
    folder = tmp_path_factory.mktemp("intact")
    parts = {"layers.h5": ("mlp(data=glyphs, hidden=4, train=128)", "sgd", "diagnostics"),
             "paths.h5": ("quadratic(dimension=2)", "sgd", "trajectories,landscapes")}
    for name, (problem, optimizers, record) in parts.items():
        done = suites.run("ravine-illustrations", "--problem", problem, "--optimizer", optimizers,
                          "--learning-rate", "0.1", "--batch-size", "32", "--seeds", "2", "--steps", "4",
                          "--record", record, "--output", folder / name)
        assert done.returncode == 0, done.stderr
    done = suites.run("ravine-results", "merge", folder / "x.h5", *(folder / name for name in parts))
    assert done.returncode == 0, done.stderr
    return folder / "x.h5"


def outcome(tool, file, intact, folder):
    """What a tool ended with, and what it said in refusing. Anything it raises fails the test."""
    module, arguments = TOOLS[tool]
    words = [str(word) for word in arguments(file, intact, folder)]
    said = io.StringIO()  # scripts/figures goes on to the next file and says itself what it refused
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            return importlib.import_module(module).main(words), said.getvalue().strip()
    except Misuse as error:
        return 2, str(error)


def is_sentence(text):
    return bool(text) and text.isprintable() and text.isascii() and len(text) < 1000


def test_the_intact_file_is_read_by_all(intact, tmp_path):
    assert {tool: outcome(tool, intact, intact, tmp_path)[0] for tool in TOOLS} == dict.fromkeys(TOOLS, 0)


@pytest.mark.parametrize("target", sorted({name.split()[0] for name in REFUSED}))
def test_what_breaks_a_promise_is_refused_in_a_sentence(intact, tmp_path, target):
    for i, name in enumerate(name for name in REFUSED if name.split()[0] == target):
        forged_results.forge(intact, tmp_path / "x.h5", REFUSED[name])
        code, said = outcome(list(TOOLS)[i % len(TOOLS)], tmp_path / "x.h5", intact, tmp_path)
        assert code == 2 and is_sentence(said), (name, code, said)


@pytest.mark.parametrize("name", READ)
def test_what_keeps_all_promises_is_read_to_the_end(intact, tmp_path, name, request):
    file = tmp_path / "x.h5"
    forged_results.forge(intact, file, READ[name])
    load(file)
    turn = [tool for tool in TOOLS if tool != "report"][list(READ).index(name) % (len(TOOLS) - 1)]
    for tool in TOOLS if request.config.getoption("--long") else ["report", turn]:
        code, said = outcome(tool, file, intact, tmp_path)
        # A tool may find nothing to say about such values.
        assert code in VERDICTS or (code == 2 and is_sentence(said)), (tool, code, said)


def test_the_program_refuses_in_a_sentence_or_reads(intact, tmp_path):
    commands = ("show", "digest", "verify")
    for i, (name, edit) in enumerate({**REFUSED, **READ}.items()):
        forged_results.forge(intact, tmp_path / "x.h5", edit)
        command = commands[i % len(commands)]
        done = subprocess.run([suites.BUILD / "ravine-results", command, tmp_path / "x.h5"],
                              capture_output=True, env=suites.environment(), timeout=60, check=False)
        assert done.returncode in (0, 2), (name, command, done.returncode, done.stderr)
        assert done.returncode == 0 or done.stderr.count(b"\n") == 1, (name, done.stderr)
