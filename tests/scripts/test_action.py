"""The GitHub Action, step by step, on a made-up library of optimizers in a folder of its own."""

import os
import pathlib
import subprocess

import pytest
from suites import BUILD, PROJECT

yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed: scripts/setup --test")
ACTION = PROJECT / ".github" / "actions" / "ravine-gate" / "action.yml"
OPTIMIZER = """
class Mine:
    learning_rate = 0.1, "log(1e-3, 1)"

    def step(self, theta, gradient, state, info):
        theta -= {factor} * info.learning_rate * gradient
"""
COMMAND = ("ravine run own --optimizer mine.py:Mine --problem 'noisy_quadratic' --learning-rate 0.05 --steps 40 "
           "--seeds 8 --output new.h5")


class Consumer:
    """A repository with an optimizer, and what GitHub gives to the steps of an action."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "prefix" / "bin").mkdir(parents=True)
        (folder / "prefix" / "bin" / "ravine").symlink_to(PROJECT / "scripts" / "ravine")
        self.action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
        self.write(1.0)

    def write(self, factor):
        (self.folder / "mine.py").write_text(OPTIMIZER.format(factor=factor))

    def step(self, name, **variables):
        step = next(step for step in self.action["runs"]["steps"] if step["name"] == name)
        for file in ("summary", "output"):
            (self.folder / file).write_text("")
        return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step["run"]], capture_output=True, text=True,
                              cwd=self.folder, check=False,
                              env={**os.environ, "RAVINE_BUILD_DIR": str(BUILD), "PREFIX": str(self.folder / "prefix"),
                                   "GITHUB_STEP_SUMMARY": "summary", "GITHUB_OUTPUT": "output", **variables})

    def run(self):
        done = self.step("Run", COMMAND=COMMAND)
        assert done.returncode == 0, done.stderr

    def gate(self, baseline="baseline.h5"):
        return self.step("Compare with the baseline", RESULTS="new.h5", BASELINE=baseline, ALPHA="0.01")

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def consumer(tmp_path):
    if not list(BUILD.glob("python/_engine.*.so")):
        pytest.skip("the engine for Python is not built")
    made = Consumer(tmp_path)
    made.run()
    (tmp_path / "new.h5").rename(tmp_path / "baseline.h5")
    return made


def test_what_did_not_change_passes_on_any_cpu(consumer):
    consumer.run()
    assert consumer.gate().returncode == 0
    assert consumer.read("output") == "verdict=passed\n"
    assert "no change in convergence" in consumer.read("summary")
    assert (consumer.folder / "ravine-report.html").stat().st_size > 100_000


def test_another_instruction_set_gives_the_same_bits(consumer, monkeypatch):
    monkeypatch.setenv("RAVINE_ISA", "v3")
    consumer.run()
    assert consumer.gate().returncode == 0 and "1 identical" in consumer.read("summary")


def test_a_slower_optimizer_fails(consumer):
    consumer.write(0.5)
    consumer.run()
    assert consumer.gate().returncode == 1
    assert consumer.read("output") == "verdict=changed\n"
    assert "convergence changed" in consumer.read("summary") and "regressed" in consumer.read("ravine-gate.xml")


def test_misuse_is_no_verdict(consumer):
    consumer.run()
    done = consumer.gate(baseline="lost.h5")
    assert done.returncode == 2 and "lost.h5" in done.stderr and consumer.read("output") == ""


def test_every_input_is_used_and_every_expression_is_known():
    text, action = ACTION.read_text(encoding="utf-8"), yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    for name in action["inputs"]:
        assert f"inputs.{name}" in text.split("runs:")[1]
    assert pathlib.Path(ACTION.parent / "../../../CMakeLists.txt").resolve() == PROJECT / "CMakeLists.txt"
