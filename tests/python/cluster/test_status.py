"""scripts/slurm/status shows what each shard has done and does, as ravine-results tells it."""

import os
import subprocess

import pytest
from ravine import places
from ravine.cluster import status as slurm_status
from ravine.errors import Misuse
from ravine.results import program

HOLDER = {"host": "n1", "pid": "5", "job": "17", "elapsed_seconds": 100, "silent_seconds": 3}


@pytest.fixture
def run(tmp_path):
    """The output of a run of four shards that have not begun."""
    output = tmp_path / "x.h5"
    (tmp_path / "x.h5.slurm").mkdir()
    note(output, stages="")
    return output


def note(output, stages):
    (output.parent / "x.h5.slurm" / "run").write_text(
        f"suite=optimizers\nshards=4\nstages={stages}\ntrials=20\n"
        + "".join(f"part={part(output, i, stage)}\n" for stage in stages.split() or [""]
                  for i in range(4)))


def part(output, shard, stage=""):
    infix = f"{stage}." if stage else ""
    return output.with_name(f"{output.stem}.{infix}shard-{shard}-of-4{output.suffix}")


@pytest.fixture
def tells(monkeypatch):
    """tells({2: dict(state="running")}): what ravine-results says of shard 2; the others wait."""
    def say(shards):
        plain = {"state": "waiting", "planned": None, "finished": 0, "diverged": 0, "failed": 0,
                 "seconds_left": None, "attempts": 0, "holder": None, "damaged": []}
        monkeypatch.setattr(program, "status", lambda *outputs: [
            plain | shards.get(i, {}) for i in range(len(outputs))])
    return say


def look(output):
    return slurm_status.shards_of(output)


def test_nothing_has_begun(run, tells):
    tells({})
    assert [(shard.done, shard.total, shard.state) for shard in look(run)] == 4 * [(0, None, "waiting")]
    assert "0/20" in slurm_status.told(run, look(run), 20)


def test_a_shard_is_what_ravine_results_says(run, tells):
    tells({0: dict(state="stopped", planned=6, finished=4, diverged=1, failed=1),
           1: dict(state="done", planned=9, finished=9), 3: dict(state="stopped", planned=2, finished=3)})
    first, second, third, last = look(run)
    assert (first.done, first.total, first.diverged, first.failed, first.state) == (4, 6, 1, 1, "stopped")
    assert (second.done, second.total, second.state) == (9, 9, "done")
    assert (third.done, third.total, third.state) == (0, None, "waiting")
    assert last.done == 2, "trials of an earlier plan do not count"


def test_the_time_left_is_that_of_the_suite(run, tells):
    tells({0: dict(state="running", planned=9, seconds_left=180, holder=HOLDER)})
    shards = look(run)
    assert shards[0].left_seconds == 180 and shards[0].elapsed_seconds == 100
    # Three more after it, one at a time, of 280 s each.
    assert slurm_status.left_in_all(shards) == 180 + 3 * 280
    assert "3 min left" in slurm_status.told(run, shards, 20)
    tells({0: dict(state="running", planned=9, holder=HOLDER)})
    assert slurm_status.left_in_all(look(run)) is None


def test_a_job_that_ended_before_it_stored_anything_is_stopped(run, tells):
    tells({})
    (run.parent / "x.h5.slurm" / "shard-1.log").write_text("no such file\n")
    assert [shard.state for shard in look(run)] == ["waiting", "stopped", "waiting", "waiting"]


def test_stages_of_tuning(run, tells):
    tells({})
    note(run, stages="search final")
    assert [shard.name for shard in look(run)][3:5] == ["search 3", "final 0"]


def test_the_program(run):
    script = places.ROOT / "scripts" / "slurm" / "status"
    done = subprocess.run([script, run], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "4 waiting" in done.stdout, done.stderr
    with pytest.raises(Misuse, match="scripts/slurm/submit"):
        slurm_status.main([str(run.with_name("y.h5"))])


def test_what_does_not_count_is_told(run, tells):
    tells({0: dict(state="stopped", damaged=["'x\x1b[31m.h5' is damaged"])})
    table = slurm_status.told(run, look(run), 20)
    assert "does not count: 'x\\x1b[31m.h5' is damaged" in table


@pytest.mark.parametrize("text", ["", "suite=x\n", "suite=x\nshards=4\nstages=\ntrials=5\n", "\xff\n",
                                  "suite=x\nshards=many\nstages=\ntrials=5\n"])
def test_a_damaged_note_is_refused(run, text):
    (run.parent / "x.h5.slurm" / "run").write_bytes(text.encode("latin-1"))
    with pytest.raises(Misuse, match="the same scripts/slurm/submit writes it anew"):
        look(run)


def test_who_works_on_it_is_shown(run, tells):
    def where(**shard):
        tells({2: shard})
        return look(run)[2].where

    assert where(state="stopped", attempts=3) == "after 3 attempts"
    assert where(state="running", attempts=3, holder=HOLDER) == "on n1, job 17, attempt 3"
    assert where(state="running", attempts=1, holder=HOLDER | {"job": None}) == "on n1"
    assert where(state="running", holder=HOLDER | {"host": "\x1b[31m", "job": None}) == "on \\x1b[31m"
    assert where(state="running", holder=HOLDER | {"host": None, "job": None}) == "on an unknown host"


def test_shards_are_asked_for_where_the_suite_said(run, monkeypatch):
    asked = []
    monkeypatch.setattr(program, "status", lambda *outputs: asked.extend(outputs) or [])
    look(run)
    assert asked == [part(run, i) for i in range(4)]


def test_what_ravine_results_refuses_is_misuse(tmp_path, monkeypatch):
    tool = tmp_path / "ravine-results"
    monkeypatch.setenv("RAVINE_BUILD_DIR", str(tmp_path))
    with pytest.raises(Misuse, match="cannot be run .* set RAVINE_BUILD_DIR"):
        program.status("x.h5")
    tool.write_text("#!/bin/sh\necho 'ravine-results: no such thing' >&2\nexit 2\n")
    tool.chmod(0o755)
    with pytest.raises(Misuse, match="^no such thing$"):
        program.status("x.h5")
    tool.write_text("#!/bin/sh\nexit 75\n")
    with pytest.raises(Misuse, match="exit code 75"):
        program.load_so_far("x.h5")
