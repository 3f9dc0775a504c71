"""The report's content: sections in order, self-contained, escaped, deterministic, partial."""

import base64
import hashlib
import json
import re
import time

import h5py
import numpy as np
import pytest
import synthetic
from ravine import load
from ravine.errors import Misuse
from ravine.report.diagram import critical_difference_svg
from ravine.results import program, seal

pytest.importorskip("jinja2", reason="python3-jinja2 is not installed: scripts/setup --test")
from ravine.report import __main__ as watching  # noqa: E402
from ravine.report import curves  # noqa: E402
from ravine.report import page as page_module  # noqa: E402
from ravine.report import render  # noqa: E402
from ravine.report.__main__ import main  # noqa: E402

PROBLEMS = ("mlp(data=glyphs, hidden=256x2)", "logreg(data=glyphs)")
SECTIONS = ["Result", "Protocol", "Learning curves", "Time to target", "Learning-rate sensitivity",
            "Probability of improvement",
            "Critical-difference diagram", "Expected best of k trials", "Selection bias",
            "Divergences and failures", "Claims"]


def without_library(page):
    return re.sub(r"<script>/\*\*\n\* plotly.*?</script>", "", page, flags=re.DOTALL)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "optimizers.h5"
    synthetic.write(path, problems=PROBLEMS, optimizers=("sgd", "momentum", "adam"))
    return load(path)


def test_sections_are_in_order_and_nothing_comes_from_the_network(results):
    page = render([results])
    assert re.findall(r"<h2>(.*?)</h2>", page) == SECTIONS
    assert page.count("plotly.js (basic") == 1
    own = without_library(page)
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", own)


def test_the_library_is_the_one_that_its_page_names():
    library = (page_module.HERE / "plotly-basic.min.js").read_bytes()
    assert hashlib.sha256(library).hexdigest() in (page_module.HERE / "plotly-basic.md").read_text()


def test_the_same_results_give_the_same_bytes(results):
    assert render([results]) == render([results])


def first_section(page):
    return re.search(r'<section id="s0-result">(.*?)</section>', page, re.DOTALL)[1]


def test_the_first_section_says_what_was_compared_and_ranks_it(results):
    first = first_section(without_library(render([results])))
    assert "3 optimizers on 2 problems (mlp(glyphs), logreg(glyphs)), 3 seeds each" in first
    rows = re.findall(r"<tr>(.*?)</tr>", first.split("<tbody>")[1], re.DOTALL)
    values = [[float(v) for v in re.findall(r'data-value="(.*?)"', row)] for row in rows]
    scores = [row[0] for row in values]
    assert len(rows) == 3 and scores == sorted(scores, reverse=True)
    assert sum(row[2] for row in values) >= 2, "each problem has a first place"
    assert 'data-kind="profile"' in first and "Left out" not in first


def test_problems_where_not_all_ran_are_left_out_and_named(tmp_path):
    def change(row, _):
        row["in_plan"] = int(row["problem"] != "rosenbrock" or row["optimizer"] == "sgd")

    synthetic.write(tmp_path / "x.h5", problems=(*PROBLEMS, "rosenbrock"), optimizers=("sgd", "adam"),
                    change=change)
    page = without_library(render([load(tmp_path / "x.h5")]))
    assert "2 optimizers on 2 problems" in first_section(page)
    assert "not all of these optimizers ran there: rosenbrock." in first_section(page)
    assert "ranks over fewer than 5 problems" in page and "this file has 2" in page


def unpacked(text):
    """The float32 of a column as the page carries it."""
    known, values = (base64.b64decode(part) for part in text.split("."))
    bits = np.unpackbits(np.frombuffer(known, np.uint8), bitorder="little").astype(bool)
    column = np.full(len(bits), np.nan, np.float32)
    column[bits] = np.frombuffer(values, "<f4")
    return column


def test_columns_keep_every_value_and_are_stored_once(results):
    packed = curves.columns_of(results)
    for name, text in packed.items():
        column = unpacked(packed[text[1:]] if text.startswith("=") else text)
        np.testing.assert_array_equal(column[:len(results.curves)],
                                      results.curves[name].to_numpy(np.float32))
    assert {packed["gradient_evaluations"], packed["step"]} & {"=step", "=gradient_evaluations"}
    assert not {"curvature_products", "trial"} & set(packed)


def test_the_library_takes_a_megabyte():
    assert len(page_module.plotly_library()) < 1.2e6


def test_two_suites_share_a_page(results):
    page = without_library(render([results, results]))
    assert page.count('<article') == 2 and 'id="column-1-test_accuracy"' in page


def table_of(page, summary):
    """The cells of the table below a summary, row by row."""
    found = re.search(rf"<summary>{summary}</summary>(.*?)</details>", page, re.DOTALL).group(1)
    return [[re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)]
            for row in re.findall(r"<tr.*?>(.*?)</tr>", found, re.DOTALL)[1:]]


def test_trials_spent_are_equal(results):
    page = without_library(render([results]))
    rows = table_of(page, "Trials spent per optimizer")
    assert len(rows) == 6 and all(row[2:] == ["5", "0", "15", "as many settings as the others"]
                                  for row in rows), rows
    assert "unequal" not in page


def test_an_optimizer_with_fewer_rates_is_a_warning(tmp_path):
    def change(row, _):
        if row["optimizer"] == "sgd":
            row["learning_rate"] = 0.1
            row["in_plan"] = int(row["id"] < f"{3:016x}")

    path = tmp_path / "unequal.h5"
    synthetic.write(path, optimizers=("sgd", "adam"), change=change)
    page = without_library(render([load(path)]))
    rows = {row[1]: row[2:] for row in table_of(page, "Trials spent per optimizer")}
    assert rows["sgd"] == ["1", "0", "3", "unequal: 1 settings, others up to 5"]
    assert rows["adam"] == ["5", "0", "15", "unequal: 5 settings, others down to 1"]
    assert "optimizers had unequal numbers of settings" in page


def test_messages_are_shown_and_escaped(tmp_path):
    def change(row, columns):
        if row["seed"] == 1 and row["learning_rate"] == 1e-3:
            row.update(outcome="failed", message="<b>no</b> memory & </script>")
            for name in columns:
                columns[name] = columns[name][:0]
    synthetic.write(tmp_path / "x.h5", optimizers=("adam",), change=change)
    page = without_library(render([load(tmp_path / "x.h5")]))
    assert "&lt;b&gt;no&lt;/b&gt; memory &amp; &lt;/script&gt;" in page
    assert "<b>no</b> memory" not in page
    assert "Nothing to rank" in page


@pytest.mark.parametrize("hostile", ["</script>", "<!--<script>", "]]>", "\u2028", "</SCRIPT ><b>"])
def test_no_text_ends_or_opens_a_script(tmp_path, hostile):
    """In `<!--<script>` a browser looks for two ends: the page would stay empty."""
    problem = f"mlp(data=a{hostile}b.csv)"
    synthetic.write(tmp_path / "x.h5", optimizers=("adam",), problems=(problem,))
    page = render([load(tmp_path / "x.h5")])
    json_text = re.search(r'<script type="application/json" id="model">(.*?)</script>', page,
                          re.DOTALL)[1]
    assert "<" not in json_text and "\u2028" not in json_text
    assert hostile in json.loads(json_text)[0]["problems"][0]["label"]
    # What is left of scripts are those of the page itself.
    scripts = re.findall(r"<!--|</?script", without_library(page), re.IGNORECASE)
    assert "<!--" not in scripts and scripts == ["<script", "</script"] * (len(scripts) // 2)


def test_claims_are_listed(results):
    claim = ("not supported", "L7", "Momentum accelerates.", "d = 0.3 [0.1, 0.5]")
    page = render([results], claims={"optimizers": [claim]})
    assert '<li class="not-supported">' in page and "Momentum accelerates." in page


def test_the_program_judges_claims(tmp_path, capsys):
    path = tmp_path / "x.h5"
    synthetic.write(path, optimizers=("adam",))
    with h5py.File(path, "r+") as file:
        row = {"id": "L9.terminal", "statement": "The speed has a limit.", "quantity": "speed",
               "predicted": 1.0, "actual": 1.5, "tolerance": 1e-9, "unit": ""}
        for name, value in row.items():
            file["checks/" + name] = [value]
    seal.seal(path, "ravine-results")
    assert main([str(path)]) == 0
    page = (tmp_path / "report.html").read_text()
    assert '<li class="not-supported"><b>not supported</b> <span>L9.terminal</span>' in page


def test_diagram_names_every_optimizer_once():
    svg = critical_difference_svg(["a<b", "sgd", "adam"], [1.2, 2.0, 2.8], 1.0)
    assert svg.count("<text") == 3 + 3 + 1 and "a&lt;b (1.20)" in svg


def test_program(results, tmp_path, capsys):
    assert main([results.path, "--output", str(tmp_path / "r.html")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "r.html")
    assert main([results.path, "--output", str(tmp_path / "r.html"), "--watch"]) == 0
    with pytest.raises(Misuse, match="cannot write"):
        main([results.path, "--output", str(tmp_path / "none" / "r.html")])
    with pytest.raises(Misuse, match="absent.h5"):
        main([str(tmp_path / "absent.h5"), "--watch", "--output", str(tmp_path / "r.html")])


def test_a_running_suite_is_watched_until_it_is_done(results, tmp_path, monkeypatch, capsys):
    """The page is written anew when trials finish, and not while nothing is told yet."""
    output = tmp_path / "r.html"
    told = iter([("running", 0), ("running", 2), ("running", 2), ("done", 3)])
    pages = []

    def status(path):
        pages.append(output.exists() and "still running" in output.read_text())
        state, finished = next(told)
        return [{"output": path, "state": state, "finished": finished, "diverged": 0, "failed": 0, "shards": []}]

    def nothing_yet(path):
        raise Misuse("no trial is finished yet")

    monkeypatch.setattr(program, "status", status)
    monkeypatch.setattr(watching, "load", lambda path: load(path) if len(pages) > 1 else nothing_yet(path))
    monkeypatch.setattr(program, "load_so_far", load)
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.001)
    assert main([results.path, "--output", str(output), "--watch"]) == 0
    assert pages == [False, False, True, True]
    assert capsys.readouterr().out.count(" trials\n") == 2
    assert "still running" not in output.read_text()


@pytest.mark.long
def test_a_report_on_20_000_trials_takes_20_seconds(tmp_path):
    random = np.random.default_rng(0)
    steps = np.array([0, 1, 2, 4, 8, 16, 32, 64])
    rows, curves = [], []
    for optimizer in ("sgd", "momentum(beta=0.9)", "adam(beta1=0.9)", "lion(beta1=0.9)"):
        for seed in range(5000):
            loss = 2.3 * np.exp(-0.02 * steps * (1 + 0.3 * random.standard_normal()))
            rows.append({"id": f"{len(rows):016x}", "problem": "mlp(data=glyphs, hidden=8)",
                         "optimizer": optimizer, "learning_rate": 0.1, "seed": seed,
                         "outcome": "completed", "message": "", "in_plan": 1})
            curves.append({"step": steps, "epoch": steps / 64, "train_seconds": steps * 1e-3,
                           "train_loss": loss, "objective": loss,
                           "test_accuracy": np.clip(1 - 0.3 * loss, 0, 1)})
    synthetic.write_rows(tmp_path / "x.h5", rows, curves)
    before = time.process_time()
    assert main([str(tmp_path / "x.h5"), "--output", str(tmp_path / "r.html")]) == 0
    assert time.process_time() - before < 20
