"""The rule that README shows is the one that CI builds and tunes as a user would (tests/package)."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rule(path):
    """The struct Signum of a file, in words."""
    found = re.search(r"^struct Signum \{.*?^\};$", path.read_text(), re.DOTALL | re.MULTILINE)
    assert found, path
    return found.group().split()


def test_the_readme_shows_what_is_built():
    shown = rule(ROOT / "README.md")
    assert "kLearningRate" in shown and '"one_minus_log(0.5,' in shown  # it can be tuned
    assert shown == rule(ROOT / "tests" / "package" / "signum.hpp")
