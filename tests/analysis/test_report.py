"""The report's content: sections in order, self-contained, escaped, deterministic, partial."""

import re

import h5py
import numpy as np
import pytest
import synthetic
from analysis import load, seal
from analysis.errors import Misuse
from analysis.report.diagram import critical_difference_svg
from analysis.spool import load_partial

pytest.importorskip("plotly", reason="python3-plotly is not installed: scripts/setup --test")
pytest.importorskip("jinja2", reason="python3-jinja2 is not installed: scripts/setup --test")
from analysis.report import render  # noqa: E402
from analysis.report.__main__ import main  # noqa: E402

PROBLEMS = ("mlp(data=glyphs, hidden=256x2)", "logreg(data=glyphs)")
SECTIONS = ["Protocol", "Learning curves", "Time to target", "Learning-rate sensitivity",
            "Performance profile", "Scores and probability of improvement",
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
    assert page.count("plotly.js v") == 1
    own = without_library(page)
    assert len(own) < 0.2 * len(page)
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", own)


def test_the_same_results_give_the_same_bytes(results):
    assert render([results]) == render([results])


def test_two_suites_share_a_page(results):
    page = without_library(render([results, results]))
    assert page.count('<article') == 2 and 'id="column-1-test_accuracy"' in page


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
    assert "Needs two optimizers" in page


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


def write_trial(folder, row, columns, tables=None):
    """A spooled trial as lib/ravine/run/record_file.cpp writes it."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{row['id']}.h5"
    cells = [(name, value) for name, value in row.items() if name not in ("id", "in_plan")]
    kinds = [0 if isinstance(v, str) else 1 if isinstance(v, float) else 2 for _, v in cells]
    text = h5py.string_dtype()
    with h5py.File(path, "w", userblock_size=seal.SEAL_BYTES) as file:
        file.create_dataset("identity", data=[row["id"], "spec", "build"], dtype=text)
        group = file.create_group("cells")
        group.create_dataset("name", data=[name for name, _ in cells], dtype=text)
        group["kind"] = np.array(kinds, dtype=np.uint8)
        group.create_dataset("text", data=[v if k == 0 else "" for (_, v), k in zip(cells, kinds)],
                             dtype=text)
        group["number"] = [v if k == 1 else np.nan for (_, v), k in zip(cells, kinds)]
        group["integer"] = [v if k == 2 else -1 for (_, v), k in zip(cells, kinds)]
        groups = {"curve": columns}
        groups.update({f"tables/{name}": table for name, table in (tables or {}).items()})
        for name, columns in groups.items():
            group = file.create_group(name)
            group.create_dataset("name", data=list(columns), dtype=text)
            group["kind"] = np.array([2 if name == "step" else 17 if "seconds" in name else 1
                                      for name in columns], dtype=np.uint8)
            group["values"] = np.concatenate([np.asarray(v, dtype=float)
                                              for v in columns.values()])
    seal.seal(path, "ravine-trial", "build")


def fold(folder, number, files):
    """The files of finished trials in one batch, as results/FORMAT.md describes it."""
    images = {file.stem: file.read_bytes() for file in files}
    lines = [f"{name} build completed {len(image)}\n" for name, image in images.items()]
    batch = folder / f"{number:06}.batch"
    batch.write_bytes(bytes(seal.SEAL_BYTES) + f"{len(lines)}\n{''.join(lines)}".encode()
                      + b"".join(images.values()))
    seal.seal(batch, "ravine-batch")
    for file in files:
        file.unlink()


def test_partial_results_come_from_the_spool(tmp_path):
    path = tmp_path / "optimizers.h5"
    seen = []
    synthetic.write(tmp_path / "all.h5", optimizers=("adam",),
                    change=lambda row, columns: seen.append((dict(row), dict(columns))))
    with pytest.raises(Misuse):
        load_partial(path)
    for i, (row, columns) in enumerate(seen[:6]):
        tables = {"diagnostics": {"step": [0, 0], "std": [i, 2 * i]}} if i in (2, 4) else {}
        write_trial(tmp_path / "optimizers.h5.spool", row, columns, tables)
    spool = tmp_path / "optimizers.h5.spool"
    (spool / ("f" * 16 + ".h5")).write_bytes(b"half")
    (spool / "999999.batch").write_bytes(b"half")
    spooled = sorted(spool.glob("0*.h5"))
    fold(spool, 1, spooled[1:4])
    partial, full = load_partial(path), load(tmp_path / "all.h5")
    assert list(partial.trials["id"]) == list(full.trials["id"][:6])
    assert partial.attributes["suite"] == "optimizers"
    expected = full.curves[full.curves["trial"] < 6]
    for name in ("step", "train_loss", "train_seconds"):
        np.testing.assert_array_equal(partial.curves[name], expected[name])
    rows = partial.tables["diagnostics"]
    assert rows["trial"].tolist() == [2, 2, 4, 4] and rows["std"].tolist() == [2, 4, 4, 8]
    assert "still running" in render([partial], refresh=20)

    (tmp_path / "all.h5").rename(path)  # packed: spooled trials are not counted twice
    assert len(load_partial(path).trials) == len(full.trials)
