"""Every snippet of every document runs as it stands, or its document says why not."""

import os
import pathlib
import re
import sys

import pytest
import sandbox
import snippets
from ravine.claims.claim import read_claims

PROJECT = pathlib.Path(__file__).parents[2]
PARSED = {name: snippets.parse(name, (PROJECT / name).read_text(encoding="utf-8"))
          for name in snippets.documents(PROJECT)}
# A block without a language shows output or the layout of a file.
SNIPPETS = [one for found, _ in PARSED.values() for one in found if one.language]


@pytest.fixture(scope="module")
def sandboxes(tmp_path_factory, quick_results):
    """The sandbox of a document, made at its first snippet."""
    made = {}

    def of(document):
        if document not in made:
            folder = tmp_path_factory.mktemp(re.sub(r"\W", "-", document))
            made[document] = sandbox.Sandbox(folder, PROJECT, quick_results)
        return made[document]

    return of


def run_python(place, snippet):
    return place.run([sys.executable, "-c", snippet.text], flags_of(snippet))


def run_shell(place, snippet, text=None):
    return place.run(["bash", "-euo", "pipefail", "-c", text or snippet.text], flags_of(snippet))


def run_workflow(place, snippet):
    """The commands of a workflow, one step after the other; `>` joins the lines that follow."""
    steps = re.findall(r"^ *(?:- )?run: (?:>\n((?: {10,}.*\n)+)|(.+)\n)", snippet.text, re.MULTILINE)
    assert len(steps) == snippet.text.count("run:")
    return run_shell(place, snippet, "\n".join(" ".join(folded.split()) or line
                                               for folded, line in steps))


def read_toml(place, snippet):
    """Claims, read as scripts/claims reads them, which raises what is wrong."""
    path = place.folder / "claims.toml"
    path.write_text(snippet.text, encoding="utf-8")
    assert read_claims(path)


RUNNERS = {"sh": run_shell, "python": run_python, "yaml": run_workflow, "toml": read_toml}


def flags_of(snippet):
    return " ".join(snippet.all("with"))


def test_documents_hide_nothing_from_these_tests():
    assert len(PARSED) > 10 and len(SNIPPETS) > 15
    assert [fault for _, faults in PARSED.values() for fault in faults] == []


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda one: one.name)
def test_snippet(snippet, sandboxes, request):
    if reason := snippet.all("skip"):
        pytest.skip(reason[0])
    if snippet.all("long") and not request.config.getoption("--long"):
        pytest.skip("long: scripts/test --long")
    assert snippet.language in RUNNERS, f"nothing runs {snippet.language}: <!-- test: skip REASON -->"
    place = sandboxes(snippet.document)
    for name in snippet.all("needs"):
        if not place.has_data(name):
            pytest.skip(f"{name} is not here: scripts/fetch_datasets {name}, or set RAVINE_DATA_DIR")
    for suite in " ".join(snippet.all("given")).split():
        place.give(suite)
    for command in snippet.all("first"):
        assert not (said := run_shell(place, snippet, command)), said
    said = RUNNERS[snippet.language](place, snippet)
    assert not said, f"{snippet.name}\n{snippet.text}\n{said}"


def parse(*lines):
    return snippets.parse("x.md", "\n".join(lines) + "\n")


def test_a_snippet_has_its_directives_and_they_end_with_it():
    found, faults = parse("<!-- test: given averaging -->", "<!-- test: with --seeds 1 -->", "```sh",
                          "run me", "```", "", "```python", "pass", "```")
    assert faults == [] and [one.line for one in found] == [3, 7]
    assert found[0].directives == (("given", "averaging"), ("with", "--seeds 1"))
    assert found[0].text == "run me\n" and found[1].directives == ()


@pytest.mark.parametrize("lines, words", [
    (["```", "scripts/bench", "```"], "without a language"),
    (["text", "", "    scripts/gate NEW.h5"], "indented"),
    (["<!-- test: skip -->", "```sh", "x", "```"], "needs a reason"),
    (["<!-- test: skpi broken -->", "```sh", "x", "```"], "unknown directive"),
    (["<!-- test skip broken -->", "```sh", "x", "```"], "a directive is a line"),
    (["<!-- test: long -->", "text", "```sh", "x", "```"], "right before"),
    (["```sh", "x"], "no end"),
])
def test_what_hides_from_the_tests_is_a_fault(lines, words):
    _, faults = parse(*lines)
    assert len(faults) == 1 and words in faults[0]


def test_flags_of_a_directive_replace_those_of_the_snippet(tmp_path):
    real = tmp_path / "ravine-real"
    sandbox._script(real, '#!/bin/sh\necho "$@"\n')
    sandbox._script(tmp_path / "wrapped", sandbox._program(real))
    said = os.popen(f"SNIPPET_FLAGS='--scale quick --seeds 2' {tmp_path}/wrapped "
                    "--scale paper --output 'a b' --seeds=5 --fresh").read()
    assert said == "--output a b --fresh --scale quick --seeds 2\n"
    assert os.popen(f"{tmp_path}/wrapped --scale paper").read() == "--scale paper\n"
