"""The parts that README shows are those that CI builds, runs and tunes as a user would (tests/package)."""

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SECTION = re.search(r"^## Your own optimizer, problem or data set in C\+\+$.*?^## ",
                    (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE).group()
SHOWN = re.findall(r"^```cpp\n(.*?)^```$", SECTION, re.DOTALL | re.MULTILINE)


def test_each_kind_of_part_is_shown():
    words = " ".join(SHOWN)
    for part in ("struct SignMomentum", "kLearningRate", '"one_minus_log(0.5,', "struct Himmelblau",
                 "make_rings", "optimizers.add", "problems.add", "data_sets.add"):
        assert part in words, part


@pytest.mark.parametrize("shown", SHOWN, ids=lambda text: text.split("\n")[0])
def test_the_readme_shows_what_is_built(shown):
    built = [path.read_text() for path in sorted((ROOT / "tests" / "package").glob("*.?pp"))]
    assert any(" ".join(shown.split()) in " ".join(text.split()) for text in built)
