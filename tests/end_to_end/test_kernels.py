"""ravine-kernels: every row runs, its shares are numbers, and its catalogs are the library's."""

import json
import math
import re

import pytest
import suites

from ravine.speed import compare_kernels

SLOW = "trial/|step/784-1000|observation/784-1000|/4194304|storage"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    path = tmp_path_factory.mktemp("kernels") / "run.json"
    done = suites.run("ravine-kernels", f"--benchmark_filter=-{SLOW}", "--benchmark_min_time=0.001",
                      f"--benchmark_out={path}")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def rows(report):
    content = json.loads(report.read_text())
    return {row["name"]: row for row in content["benchmarks"]}


def test_every_row_has_a_share_of_a_limit(rows):
    assert len(rows) > 60
    for name, row in rows.items():
        assert not row.get("error_occurred"), row
        assert math.isfinite(row["share"]) and row["share"] > 0 and row["label"], name


def test_products_count_their_multiplications(rows):
    """gflops x time = 2 batch in out, from the name of the row."""
    products = [row for name, row in rows.items() if re.search("^product/(?!sparse).*threads:1$", name)]
    assert len(products) > 10
    for row in products:
        batch, fan_in, fan_out = map(int, row["name"].split("/")[2].split("x"))
        assert row["gflops"] * row["cpu_time"] * 1e3 == pytest.approx(2 * batch * fan_in * fan_out,
                                                                     rel=1e-6)


def test_every_optimizer_has_a_row(rows):
    """Those that the suite lists under `optimizers`: names at two blanks of indentation."""
    text = suites.run("ravine-optimizers", "--components").stdout
    listed = text.split("\noptimizers\n")[1].split("\n\n")[0]
    names = set(re.findall(r"^  ([a-z_]+) ", listed, re.MULTILINE)) - {"adam_slide", "adam_paper"}
    timed = {name.split("/")[1] for name in rows if name.startswith(("update/", "updates/"))}
    assert timed == names and {"adam", "lbfgs"} <= timed


def test_the_report_is_shown(report, capsys):
    assert compare_kernels.main([str(report)]) == 0
    assert "fma_gflops" in capsys.readouterr().out


def test_unknown_flags_are_misuse():
    done = suites.run("ravine-kernels", "--benchmark_fliter=x")
    assert done.returncode == 2
