"""scripts/slurm/status tells from files alone what each shard has done and does."""

import os
import socket
import subprocess

import pytest
import synthetic
from analysis import slurm_status
from analysis.errors import Misuse

NOW = 1_700_000_000
BEGUN = "ravine-optimizers: {} trials; 2 at a time\n"


@pytest.fixture(scope="module")
def trials(tmp_path_factory):
    """Rows and columns of made-up trials."""
    seen = []

    def keep(row, columns):
        seen.append((dict(row), dict(columns)))

    synthetic.write(tmp_path_factory.mktemp("trials") / "x.h5", optimizers=("adam",), change=keep)
    return seen


@pytest.fixture
def run(tmp_path):
    """The output of a run of four shards that have not begun."""
    output = tmp_path / "x.h5"
    (tmp_path / "x.h5.slurm").mkdir()
    note(output, stages="")
    return output


def note(output, stages):
    (output.parent / "x.h5.slurm" / "run").write_text(
        f"suite=optimizers\nshards=4\nstages={stages}\ntrials=20\n")


def part(output, shard):
    return output.with_name(f"x.shard-{shard}-of-4.h5")


def spool(output, shard, trials, outcomes):
    """Trials with these outcomes in the spool of a shard."""
    rows = []
    for outcome, (row, columns) in zip(outcomes, trials):
        rows.append({**row, "outcome": outcome})
        synthetic.write_trial(output.with_name(part(output, shard).name + ".spool"), rows[-1], columns)
    return rows


def say(output, shard, text, age=0):
    log = output.parent / "x.h5.slurm" / f"shard-{shard}.log"
    log.write_text(text)
    os.utime(log, (NOW - age, NOW - age))


def lock(output, shard, host, pid, age=0):
    path = output.with_name(part(output, shard).name + ".lock")
    path.write_text(f"host={host}\npid={pid}\nstarted={NOW - 100}\njob=17\nheartbeat={NOW}\n")
    os.utime(path, (NOW - age, NOW - age))


def look(output):
    return slurm_status.shards_of(output, NOW)


def test_nothing_has_begun(run):
    assert [(shard.done, shard.total, shard.state) for shard in look(run)] == 4 * [(0, None, "waiting")]
    assert "0/20" in slurm_status.told(run, look(run), 20)


def test_trials_are_counted_in_files_batches_and_packed(run, trials):
    rows = spool(run, 0, trials, ["completed", "diverged", "failed", "completed"])
    synthetic.fold(run.with_name(part(run, 0).name + ".spool"), rows[:3])
    say(run, 0, BEGUN.format(6))
    synthetic.write(part(run, 1), optimizers=("adam",))
    first, second, *_ = look(run)
    assert (first.done, first.total, first.diverged, first.failed) == (4, 6, 1, 1)
    assert first.state == "stopped"
    assert second.done == second.total == len(trials) and second.state == "done"


@pytest.mark.parametrize("host, pid, age, state", [
    ("elsewhere", 1, 200, "running"),
    ("elsewhere", 1, 301, "stopped"),
    (socket.gethostname(), os.getpid(), 9999, "running"),
    (socket.gethostname(), 2**22 + 1, 0, "stopped"),
], ids=["heartbeat", "no sign of life", "alive here", "dead here"])
def test_who_runs(run, trials, host, pid, age, state):
    spool(run, 2, trials, ["completed"])
    lock(run, 2, host, pid, age)
    shard = look(run)[2]
    assert shard.state == state
    assert ("job 17" in shard.where) == (state == "running")


def test_the_time_left_is_that_of_the_suite(run):
    lock(run, 0, "elsewhere", 1)
    say(run, 0, "ravine-optimizers: 9 trials; 2 at a time\n 50 %  about 9 h 00 min left\n"
        + BEGUN.format(9) + " 41 %  4/9 trials, 2 running  2 min 05 s, about 3 min 20 s left\n", age=20)
    shards = look(run)
    assert shards[0].left_seconds == 180 and shards[0].elapsed_seconds == 100
    # Three more after it, one at a time, of 280 s each.
    assert slurm_status.left_in_all(shards) == 180 + 3 * 280
    assert "3 min left" in slurm_status.told(run, shards, 20)
    say(run, 0, BEGUN.format(9))
    assert look(run)[0].left_seconds is None


def test_stages_of_tuning(run):
    note(run, stages="search final")
    assert [shard.name for shard in look(run)][3:5] == ["search 3", "final 0"]


def test_the_program(run):
    script = slurm_status.ROOT / "scripts" / "slurm" / "status"
    done = subprocess.run([script, run], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "4 waiting" in done.stdout, done.stderr
    with pytest.raises(Misuse, match="scripts/slurm/submit"):
        slurm_status.main([str(run.with_name("y.h5"))])
