"""What every aggregate does with values that are missing, infinite, zero or all alike.

The table in lib/python/ravine/study/statistics/README.md says it, and every cell of it is asserted: a case
(tests/python/support/missing) names its row and column, and README.md must say the same words.
"""

import pathlib

import pytest
from ravine.study import statistics

pytest.register_assert_rewrite("missing")

from missing import aggregates, choices, comparisons, metrics, times  # noqa: E402, F401: they register
from missing.cells import CASES, COLUMNS, maker  # noqa: E402

README = pathlib.Path(statistics.__file__).with_name("README.md")


def written():
    """{(row, column): words} of the table in README.md; cells with a dash do not occur."""
    lines = [line for line in README.read_text(encoding="utf-8").splitlines()
             if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = cells[0][1:]
    return head, {(row[0], column): words for row in cells[2:]
                  for column, words in zip(head, row[1:]) if words != "–"}


def test_the_table_holds_exactly_what_is_tested():
    head, cells = written()
    assert tuple(head) == COLUMNS
    assert cells == {key: words for key, (words, _) in CASES.items()}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row,column", CASES, ids=lambda text: text.replace(" ", "-"))
def test_cell(row, column, tmp_path):
    CASES[row, column][1](maker(tmp_path))
