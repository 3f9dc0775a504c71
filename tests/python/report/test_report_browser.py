"""The report in a headless Chromium: it renders, reacts, fits, prints, and loads fast."""

import time

import numpy as np
import pytest
import synthetic
from ravine import load
from browser import Browser, executable

pytest.importorskip("jinja2", reason="python3-jinja2 is not installed: scripts/setup --test")
from ravine.report import render  # noqa: E402

pytestmark = pytest.mark.skipif(executable() is None,
                                reason="no chromium is installed: apt-get install chromium")
PROBLEMS = ("mlp(data=glyphs, hidden=256x2)", "logreg(data=glyphs)")
CURVES = ".chart[data-kind=curves]"
DRAWN = f"document.querySelectorAll('{CURVES} .main-svg').length >= 2"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    synthetic.write(folder / "optimizers.h5", problems=PROBLEMS)
    (folder / "report.html").write_text(render([load(folder / "optimizers.h5")]))
    return folder / "report.html"


@pytest.fixture(scope="module")
def chromium():
    with Browser() as browser:
        yield browser


def show_curves(browser):
    browser.run(f"document.querySelector('{CURVES}').scrollIntoView()")
    browser.wait(DRAWN)


def control(browser, name, value):
    field = "checked" if isinstance(value, bool) else "value"
    browser.run(f"""(() => {{ const one = document.querySelector("[data-control={name}]");
        one.{field} = {str(value).lower() if isinstance(value, bool) else repr(value)};
        one.dispatchEvent(new Event("change")); }})()""")


def traces(browser, attribute="name"):
    return browser.run(f"document.querySelector('{CURVES}').data.map(t => t.{attribute} ?? null)")


@pytest.mark.parametrize("width,dark", [(1280, False), (1280, True), (390, False), (390, True)])
def test_every_chart_draws_and_nothing_overflows(chromium, page, width, dark):
    chromium.errors.clear()
    chromium.show(page, width, 900, dark)
    charts = chromium.run("document.querySelectorAll('.chart').length")
    for chart in range(charts):
        chromium.run(f"document.querySelectorAll('.chart')[{chart}].scrollIntoView()")
        chromium.wait(f"document.querySelectorAll('.chart')[{chart}].querySelector('.main-svg')")
    assert charts == 4 * len(PROBLEMS) + 1
    assert chromium.run("document.documentElement.scrollWidth") <= width
    shade = chromium.run("getComputedStyle(document.body).backgroundColor")
    assert shade == ("rgb(20, 23, 28)" if dark else "rgb(255, 255, 255)")
    assert chromium.errors == []


def test_controls_change_the_curves(chromium, page):
    chromium.errors.clear()
    chromium.show(page, 1280, 1400)
    show_curves(chromium)
    lines = len(synthetic.OPTIMIZERS)
    assert sum(name is not None for name in traces(chromium)) == lines
    median_points = chromium.run(f"document.querySelector('{CURVES}').data.at(-1).x.length")
    control(chromium, "show", "seeds")
    assert len(traces(chromium)) == lines, "one trace per configuration"
    assert chromium.run(f"document.querySelector('{CURVES}').data.at(-1).x.length") \
        == 3 * (median_points + 1), "three seeds, each with a gap behind it"
    control(chromium, "rates", "all")
    assert len(traces(chromium)) > 3 * lines
    control(chromium, "metric", "train_loss")
    control(chromium, "x", "train_seconds")
    control(chromium, "logx", True)
    control(chromium, "logy", False)
    axes = f"document.querySelector('{CURVES}').layout"
    assert chromium.run(f"{axes}.yaxis.title.text") == "training loss (nats)"
    assert chromium.run(f"{axes}.xaxis.title.text") == "training time (s)"
    assert chromium.run(f"[{axes}.xaxis.type, {axes}.yaxis.type]") == ["log", "linear"]
    assert chromium.errors == []


def test_band_is_median_and_quartiles(chromium, page):
    chromium.show(page, 1280, 1400)
    show_curves(chromium)
    results = load(page.parent / "optimizers.h5")
    from ravine.figures.bands import band
    from ravine.study.per_problem import study
    problem = study(results)[0]
    for name in ("train_loss", "averaged_ema_test_loss"):
        control(chromium, "metric", name)
        control(chromium, "logy", False)
        for entry in problem.entries[:4]:
            expected = band(results, entry.chosen, name)
            drawn = chromium.run(f"document.querySelector('{CURVES}').data.find("
                                 f"t => t.name === '{entry.label}')")
            np.testing.assert_allclose(drawn["x"], expected["x"], rtol=1e-6)
            np.testing.assert_allclose(drawn["y"], expected["median"], rtol=1e-6)


def test_chips_hide_an_optimizer_everywhere(chromium, page):
    chromium.show(page, 1280, 1400)
    show_curves(chromium)
    chromium.run("document.querySelector('.chips button:nth-child(2)').click()")
    assert "momentum" not in traces(chromium) and "sgd" in traces(chromium)
    pressed = chromium.run("[...document.querySelectorAll('.chips button:nth-child(2)')]"
                           ".map(b => b.getAttribute('aria-pressed'))")
    assert set(pressed) == {"false"} and len(pressed) > 1
    chromium.run("document.querySelector('.chips button').dispatchEvent(new Event('dblclick'))")
    assert set(traces(chromium)) <= {"sgd", None}


def test_chips_of_the_profile_name_what_it_compares(chromium, tmp_path):
    def change(row, _):
        row["in_plan"] = int("lion" not in row["optimizer"] or row["problem"] == PROBLEMS[0])

    synthetic.write(tmp_path / "x.h5", problems=PROBLEMS, change=change)
    (tmp_path / "report.html").write_text(render([load(tmp_path / "x.h5")]))
    chromium.show(tmp_path / "report.html")
    names = "[...document.querySelectorAll('.chips')].map(c => c.textContent.includes('lion'))"
    found = chromium.run(names)
    assert found[0] is False and all(found[1:])


def test_no_chart_of_curves_is_empty_by_default(chromium, tmp_path):
    def change(row, columns):
        if row["problem"] == "rosenbrock":
            for name in columns:
                if "accuracy" in name or "loss" in name:
                    columns[name] = np.full(len(columns["step"]), np.nan)

    synthetic.write(tmp_path / "x.h5", problems=(PROBLEMS[0], "rosenbrock"), change=change)
    (tmp_path / "report.html").write_text(render([load(tmp_path / "x.h5")]))
    chromium.show(tmp_path / "report.html", 1280, 1400)
    show_curves(chromium)
    points = f"[...document.querySelectorAll('{CURVES}')].map(c => c.data.flatMap(t => t.y).length)"
    titles = f"[...document.querySelectorAll('{CURVES}')].map(c => c.layout.yaxis.title.text)"
    assert all(chromium.run(points)) and chromium.run(titles)[1].startswith("objective")
    control(chromium, "metric", "test_accuracy")
    assert chromium.run(points)[1] == 0
    notes = f"document.querySelectorAll('{CURVES}')[1].layout.annotations.map(a => a.text)"
    assert chromium.run(notes) == ["test accuracy (%): not measured here"]


def test_tables_sort_by_number(chromium, page):
    chromium.show(page, 1280, 1400)
    column = "[...document.querySelectorAll('#s0-times tbody tr')].map(r => r.cells[3].dataset.value)"
    chromium.run("document.querySelectorAll('#s0-times th button')[3].click()")
    values = [float(value) for value in chromium.run(column)]
    assert values == sorted(values) and np.inf in values
    chromium.run("document.querySelectorAll('#s0-times th button')[3].click()")
    assert [float(value) for value in chromium.run(column)] == sorted(values, reverse=True)


def test_it_prints_with_all_charts(chromium, page):
    chromium.errors.clear()
    chromium.show(page)
    chromium.run("""addEventListener("beforeprint", () => { window.printed =
        [...document.querySelectorAll(".chart")].map(c => c.querySelector(".main-svg")
            ?.getAttribute("width"));
        window.legends = [...document.querySelectorAll(".chart:not([data-kind=times])")].map(c =>
            c.querySelectorAll(".legendtext").length); })""")
    assert chromium.pdf().startswith(b"%PDF")
    widths = chromium.run("printed")
    assert len(widths) == 4 * len(PROBLEMS) + 1
    assert chromium.run("legends") == [len(synthetic.OPTIMIZERS)] * (3 * len(PROBLEMS) + 1)
    assert sorted(set(widths)) == ["340", "690"], "two beside each other, or one alone"
    # Afterwards everything is on the screen as before.
    assert chromium.run("[...document.querySelectorAll('details')].every(d => !d.open)")
    chromium.run(f"document.querySelector('{CURVES}').scrollIntoView()")
    chromium.wait(f"Math.abs(document.querySelector('{CURVES} .main-svg')?.getAttribute('width')"
                  f" - document.querySelector('{CURVES}').clientWidth) < 1")
    assert chromium.errors == []


# A time, and so no test for a machine that does other things as well.
@pytest.mark.long
def test_large_results_load_in_three_seconds(chromium, tmp_path):
    write_large(tmp_path / "large.h5")
    (tmp_path / "large.html").write_text(render([load(tmp_path / "large.h5")]))
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        chromium.show(tmp_path / "large.html", 1280, 900)
        chromium.run("document.querySelector('.chart').scrollIntoView()")
        chromium.wait("document.querySelector('.chart .main-svg')")
        seconds.append(time.perf_counter() - start)
    print(f"2000 trials with 100 observations: {min(seconds):.2f} s until the first chart")
    assert min(seconds) < 3
    start = time.perf_counter()
    control(chromium, "show", "seeds")
    control(chromium, "rates", "all")
    print(f"2000 single curves: {time.perf_counter() - start:.2f} s")


def write_large(path):
    """10 optimizers x 20 rates x 10 seeds, 100 observations each."""
    random = np.random.default_rng(0)
    steps = np.arange(100) * 10
    rows, curves = [], []
    for name in list(synthetic.OPTIMIZERS)[:9] + ["other"]:
        for rate in np.geomspace(1e-4, 1, 20):
            for seed in range(10):
                loss = 2.3 * np.exp(-steps / 300 * rate**0.1) + 0.01 * random.random(100)
                rows.append({"id": f"{len(rows):016x}", "problem": PROBLEMS[0], "optimizer": name,
                             "learning_rate": rate, "seed": seed, "outcome": "completed",
                             "message": "", "in_plan": 1})
                curves.append({"step": steps, "epoch": steps / 100, "train_seconds": steps * 1e-3,
                               "gradient_evaluations": steps, "train_loss": loss,
                               "test_loss": 1.1 * loss, "test_accuracy": 1 - loss / 3,
                               "validation_loss": 1.1 * loss, "validation_accuracy": 1 - loss / 3})
    synthetic.write_rows(path, rows, curves)
