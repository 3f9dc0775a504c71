"""Which room of the package imports which: the table of CONTRIBUTING.md, enforced."""

import ast
import pathlib
import re

import pytest

PACKAGE = pathlib.Path(__file__).parents[2] / "lib" / "python" / "ravine"

# What each room may import besides itself, and besides the modules that belong to no room.
ALLOWED = {
    "results": set(),
    "study": {"results"},
    "figures": {"results", "study"},
    "claims": {"results", "study"},
    "gate": {"results", "study"},
    "report": {"results", "study", "figures", "claims"},
    "reproduce": {"results", "study", "figures", "claims"},
    "tables": {"results", "study", "figures"},
    "export": {"results", "figures"},
    "fetch": set(),
    "records": {"results"},
    "speed": {"figures"},
    "cluster": {"results"},
    "training": {"results"},
    "watch": {"results"},
}
SHARED = {"errors", "places", "rooms", "_version"}  # of no room: they import none


def violations(package):
    """"study/tuning.py:7: study may not import figures", a line for each import against the table."""
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).parts
        room = parts[0] if len(parts) > 1 else None
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for other in imported(node, parts[:-1]):
                here = f"{path.relative_to(package)}:{node.lineno}"
                if room is None and path.stem in SHARED and other not in SHARED:
                    yield f"{here}: {path.stem} may not import {other}"
                elif room is not None and room not in ALLOWED:
                    yield f"{here}: room '{room}' has no row in {pathlib.Path(__file__).name}"
                elif room is not None and other not in ALLOWED[room] | SHARED | {room}:
                    yield f"{here}: {room} may not import {other}"


def imported(node, folder):
    """The rooms and shared modules that one statement of a module in this folder imports."""
    if isinstance(node, ast.Import):
        names = [alias.name.split(".") for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        start = ["ravine", *folder[:len(folder) - node.level + 1]] if node.level else []
        start += node.module.split(".") if node.module else []
        names = [[*start, alias.name] for alias in node.names]
    else:
        return set()
    return {name[1] for name in names if name[0] == "ravine" and len(name) > 1}


def test_the_rooms_keep_to_the_table():
    assert list(violations(PACKAGE)) == []


def parsers(package):
    """"study/series.py:7", a line for each call in a room that looks for the parenthesis of a component text.

    Result files say what component texts are made of (results/components.py): C++ alone parses them.
    """
    for path in sorted(package.glob("*/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in CUTS \
                    and any(map(looks_for_parentheses, node.args)):
                yield f"{path.relative_to(package)}:{node.lineno}"


CUTS = ("partition", "rpartition", "split", "rsplit", "find", "index", "startswith", "endswith",
        "removesuffix", "match", "fullmatch", "search", "findall", "finditer", "compile")


def looks_for_parentheses(node):
    """Whether a literal is a parenthesis or starts an argument list, or is a pattern with one escaped."""
    return (isinstance(node, ast.Constant) and isinstance(node.value, str)
            and (re.fullmatch(r"\w*[()]+\w*=?", node.value) or r"\(" in node.value
                 or r"\)" in node.value or "[(" in node.value or "[^(" in node.value))


def test_the_package_does_not_parse_component_texts():
    assert list(parsers(PACKAGE)) == []


@pytest.mark.parametrize("line", [
    'name = text.partition("(")[0]', 'name = text.split("(")[0]', 'text.startswith("quadratic(")',
    're.fullmatch(r"(\\w+)\\((.*)\\)", text)', 're.findall(r"[(]|.", text)', 'at = text.find("(")'])
def test_a_parser_of_component_texts_is_found(tmp_path, line):
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "a.py").write_text(f"import re\ntext = ''\n{line}\n")
    assert list(parsers(tmp_path)) == ["study/a.py:3"]


def test_the_table_has_no_cycle():
    known = set()
    while len(known) < len(ALLOWED):
        new = {room for room, others in ALLOWED.items() if others <= known} - known
        assert new, f"a cycle among {sorted(set(ALLOWED) - known)}"
        known |= new


def test_the_table_is_that_of_the_contributors_page():
    page = (PACKAGE.parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for room, others in ALLOWED.items():
        words = ", ".join(f"`{other}`" for other in ALLOWED if other in others) or "nothing else"
        assert f"| `{room}` | {words} |" in page


@pytest.mark.parametrize("place, text, told", [
    ("study/a.py", "from ..figures import style", "study/a.py:1: study may not import figures"),
    ("study/statistics/a.py", "from ... import gate", "study/statistics/a.py:1: study may not import gate"),
    ("results/a.py", "def f():\n    import ravine.claims.judge", "results/a.py:2: results may not import claims"),
    ("gate/a.py", "from ravine import report", "gate/a.py:1: gate may not import report"),
    ("errors.py", "from . import study", "errors.py:1: errors may not import study"),
    ("attic/a.py", "from ..results import load", "attic/a.py:1: room 'attic' has no row in test_rooms.py"),
])
def test_what_goes_against_it_is_named(tmp_path, place, text, told):
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    assert list(violations(tmp_path)) == [told]


@pytest.mark.parametrize("place, text", [
    ("figures/lecture/a.py", "from ...results.components import spelt\nfrom .. import style\nfrom . import b"),
    ("speed/peers/a.py", "from ... import errors, places\nfrom ..kernel_runs import read"),
])
def test_what_keeps_to_it_is_not(tmp_path, place, text):
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert list(violations(tmp_path)) == []
