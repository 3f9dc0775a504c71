"""The GitHub Action, step by step, on a made-up library of optimizers in a folder of its own."""

import os
import pathlib
import platform
import re
import shutil
import subprocess

import pytest
from ravine import load
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
                              env={**os.environ, "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                                   "RAVINE_BUILD_DIR": str(BUILD), "PREFIX": str(self.folder / "prefix"),
                                   "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
                                   "GITHUB_OUTPUT": str(self.folder / "output"), **variables})

    def run(self):
        done = self.step("Run", COMMAND=COMMAND)
        assert done.returncode == 0, done.stderr

    def gate(self, baseline="baseline.h5"):
        return self.step("Compare with the baseline", RESULTS="new.h5", BASELINE=baseline, ALPHA="0.01")

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def unbuilt(tmp_path):
    """What steps that train nothing need."""
    return Consumer(tmp_path)


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
    assert load(consumer.folder / "new.h5").environment["instruction_set"] in ("x86-64-v3", platform.machine())
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


def test_a_build_is_named_by_its_sources_and_system(unbuilt, tmp_path):
    def key(source, system="ubuntu24"):
        assert unbuilt.step("Name the build", SOURCE=str(source), ImageOS=system).returncode == 0
        return unbuilt.read("output")

    copy = tmp_path / "source"
    for name in ("cmake", "suites", "scripts", "lib/ravine/core"):
        shutil.copytree(PROJECT / name, copy / name)
    (copy / "datasets").mkdir()
    for name in ("CMakeLists.txt", "datasets/catalog.tsv"):
        shutil.copy(PROJECT / name, copy / name)
    before = key(copy)
    assert re.fullmatch(r"key=ravine-ubuntu24-\w+-[0-9a-f]{16}\n", before) and key(copy) == before
    assert key(copy, "ubuntu26") != before
    with (copy / "lib/ravine/core/math.cpp").open("a") as file:
        file.write("// changed\n")
    assert key(copy) != before


@pytest.mark.parametrize("built", [False, True], ids=["new", "restored"])
def test_a_restored_build_gets_the_packages_that_it_needs(unbuilt, tmp_path, built):
    if not built:
        (tmp_path / "prefix/bin/ravine").unlink()
    (tmp_path / "scripts").mkdir()
    stand_in(tmp_path / "scripts/setup", 'echo setup >>log')
    stand_in(tmp_path / "bin/cmake", 'echo "$*" >>log')
    assert unbuilt.step("Build ravine", SOURCE=str(tmp_path)).returncode == 0
    log = unbuilt.read("log")
    assert log.startswith("setup\n") and ("--install" in log) == (not built)


def test_a_baseline_comes_from_the_branch_that_is_named(unbuilt, tmp_path):
    """A pull request then cannot replace the baseline that judges it."""
    def git(*words, folder=tmp_path):
        subprocess.run(["git", "-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True,
                       capture_output=True)

    (tmp_path / "baseline.h5").write_text("the baseline")
    origin = tmp_path / "origin"
    git("init", "-q", "-b", "main", str(origin))
    (origin / "ci").mkdir()
    shutil.copy(tmp_path / "baseline.h5", origin / "ci/baseline.h5")
    git("add", "ci", folder=origin)
    git("commit", "-qm", "baseline", folder=origin)
    git("init", "-q")
    git("remote", "add", "origin", str(origin))
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/baseline.h5").write_text("another, of the pull request")
    assert unbuilt.step("Restore the baseline", REF="main", BASELINE="ci/baseline.h5").returncode == 0
    assert (tmp_path / "ci/baseline.h5").read_bytes() == (tmp_path / "baseline.h5").read_bytes()
    assert unbuilt.step("Restore the baseline", REF="main", BASELINE="ci/none.h5").returncode != 0


@pytest.mark.parametrize("answers, calls, warned", [("0", 1, False), ("1 0", 2, False), ("1 1", 2, True)],
                         ids=["edits", "writes the first", "may not"])
def test_a_comment_is_edited_or_written_and_never_fails(unbuilt, tmp_path, answers, calls, warned):
    (tmp_path / "ravine-gate.md").write_text("### table")
    (tmp_path / "answers").write_text("\n".join(answers.split()) + "\n")
    stand_in(tmp_path / "bin/gh", 'echo "$*" >>log; answer=$(head -n 1 answers); sed -i 1d answers; exit "$answer"')
    done = unbuilt.step("Comment", PULL_REQUEST="7")
    assert done.returncode == 0 and ("::warning::" in done.stdout) == warned
    log = unbuilt.read("log").splitlines()
    assert len(log) == calls and log[0] == "pr comment 7 --edit-last --body-file ravine-gate.md"


def stand_in(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\n{text}\n")
    path.chmod(0o755)


def test_every_input_is_used_and_every_expression_is_known():
    text, action = ACTION.read_text(encoding="utf-8"), yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    for name in action["inputs"]:
        assert f"inputs.{name}" in text.split("runs:")[1]
    assert pathlib.Path(ACTION.parent / "../../../CMakeLists.txt").resolve() == PROJECT / "CMakeLists.txt"
