"""scripts/slurm/status tells from files alone what each shard has done and does."""

import hashlib
import os
import socket
import subprocess

import h5py
import pytest
import synthetic
from ravine import places
from ravine.cluster import status as slurm_status
from ravine.errors import Misuse
from ravine.results import seal

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
        f"suite=optimizers\nshards=4\nstages={stages}\ntrials=20\n"
        + "".join(f"part={part(output, i, stage)}\n" for stage in stages.split() or [""]
                  for i in range(4)))


def part(output, shard, stage=""):
    infix = f"{stage}." if stage else ""
    return output.with_name(f"{output.stem}.{infix}shard-{shard}-of-4{output.suffix}")


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
    script = places.ROOT / "scripts" / "slurm" / "status"
    done = subprocess.run([script, run], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "4 waiting" in done.stdout, done.stderr
    with pytest.raises(Misuse, match="scripts/slurm/submit"):
        slurm_status.main([str(run.with_name("y.h5"))])


def broken(path):
    path.write_bytes(path.read_bytes()[:-1])


def odd(change):
    """Another content with a right seal."""
    def edit(path):
        kind = "ravine-results" if ".spool" not in str(path) else "ravine-trial"
        with h5py.File(path, "r+") as file:
            change(file)
        seal.seal(path, kind, "build")
    return edit


def without_outcome(file):
    file["cells/name"][list(file["cells/name"].asstr()).index("outcome")] = "income"


def without_text(file):
    del file["cells/text"]


def not_utf8(file):
    file["cells/text"][:] = [b"\xff"] * len(file["cells/text"])


@pytest.mark.parametrize("damage", [broken, odd(without_outcome), odd(without_text), odd(not_utf8),
                                    lambda path: path.write_bytes(b""), lambda path: (
                                        path.unlink(), path.symlink_to("/nowhere"))])
def test_a_damaged_trial_is_named_and_the_rest_counts(run, trials, damage):
    rows = spool(run, 0, trials, ["completed", "diverged", "completed"])
    folder = run.with_name(part(run, 0).name + ".spool")
    damage(folder / f"{rows[0]['id']}.h5")
    spool(run, 1, trials, ["completed"])
    first, second, *_ = look(run)
    assert (first.done, first.diverged, second.done) == (2, 1, 1)
    named, = first.damaged
    assert f"{rows[0]['id']}.h5'" in named and second.damaged == ()
    assert f"does not count: {named}" in slurm_status.told(run, look(run), 20)


def forge_length(index):
    return index.replace(b"\n", b"\n0123 build completed 5\n", 1)


@pytest.mark.parametrize("change", [
    lambda index: b"x" + index, lambda index: b"", lambda index: b"9" * 30 + index,
    lambda index: index.replace(b" completed ", b" "), lambda index: index.replace(b"\n", b" -5\n"),
    forge_length])
def test_a_damaged_batch_is_named_and_the_rest_counts(run, trials, change):
    rows = spool(run, 0, trials, ["completed", "diverged", "completed"])
    folder = run.with_name(part(run, 0).name + ".spool")
    synthetic.fold(folder, rows[:2])
    batch = folder / "1.batch"
    content = batch.read_bytes()
    index = content[seal.SEAL_BYTES:content.index(seal.MAGIC, seal.SEAL_BYTES)]
    batch.write_bytes(content.replace(index, change(index), 1))
    seal.seal(batch, "ravine-batch", hashlib.sha256(change(index)).hexdigest())
    first, *_ = look(run)
    assert first.done == 1 and len(first.damaged) == 1 and "1.batch'" in first.damaged[0]


@pytest.mark.parametrize("damage", [
    broken, odd(lambda file: file.__delitem__("trials/outcome")),
    odd(lambda file: file.__delitem__("trials")),
    odd(lambda file: file.move("trials/id", "trials/name"))])
def test_a_damaged_packed_file_is_not_done(run, damage):
    synthetic.write(part(run, 3), optimizers=("adam",))
    damage(part(run, 3))
    shard = look(run)[3]
    assert shard.state == "stopped" and shard.done == 0 and len(shard.damaged) == 1


def test_what_vanishes_while_it_looks_is_not_damaged(run, trials, monkeypatch):
    """A suite packs its trials, and removes them."""
    rows = spool(run, 0, trials, ["completed", "completed"])
    gone = run.with_name(part(run, 0).name + ".spool") / f"{rows[0]['id']}.h5"
    verify = seal.verify

    def late(path, kind):
        gone.unlink(missing_ok=True)
        return verify(path, kind)

    monkeypatch.setattr(seal, "verify", late)
    shard, *_ = look(run)
    assert shard.done == 1 and shard.damaged == ()


@pytest.mark.parametrize("text", ["", "suite=x\n", "suite=x\nshards=4\nstages=\ntrials=5\n", "\xff\n",
                                  "suite=x\nshards=many\nstages=\ntrials=5\n"])
def test_a_damaged_note_is_refused(run, text):
    (run.parent / "x.h5.slurm" / "run").write_bytes(text.encode("latin-1"))
    with pytest.raises(Misuse, match="the same scripts/slurm/submit writes it anew"):
        look(run)


@pytest.mark.parametrize("text", ["", "\xff\xfe\n", "host=\x1b[31m\npid=1\nstarted=yesterday\n", "====\n"])
def test_an_odd_lock_does_no_harm(run, text):
    lock(run, 1, "elsewhere", 1)
    path = run.with_name(part(run, 1).name + ".lock")
    path.write_bytes(text.encode("latin-1"))
    os.utime(path, (NOW, NOW))
    assert "\x1b" not in slurm_status.told(run, look(run), 20)


def test_attempts_are_shown(run, trials):
    spool(run, 2, trials, ["completed"])
    folder = run.with_name(part(run, 2).name + ".spool")
    (folder / "attempts").write_text("1 n1 5 17\n2 n2 6 17\n3 n1 7 17\n")
    assert look(run)[2].where == "after 3 attempts"
    lock(run, 2, "elsewhere", 1)
    assert look(run)[2].where == "on elsewhere, job 17, attempt 3"


@pytest.mark.parametrize("name", ["x.hdf5", "run1", "a b.c.h5"])
def test_shards_lie_where_the_suite_said(tmp_path, trials, name):
    output = tmp_path / name
    (tmp_path / f"{name}.slurm").mkdir()
    own = tmp_path / "wherever it is"
    (tmp_path / f"{name}.slurm" / "run").write_text(
        f"suite=optimizers\nshards=1\nstages=\ntrials=20\npart={own}\n")
    synthetic.write(own, optimizers=("adam",))
    assert [shard.state for shard in look(output)] == ["done"]
