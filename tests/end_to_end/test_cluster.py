"""What happens to runs on shared machines: signals in the middle of a step, limits, full disks,
other partitions of a plan, plans that change."""

import os
import pathlib
import re
import resource
import signal
import subprocess
import time

import h5py
import pytest
import suites

from ravine.speed.peers import processes

# Trials that take no time, and one whose steps take a minute.
TOY = "tests/build_first"
LONG_STEP = ("--problem", "mlp(data=glyphs, hidden=2000x3, train=20000)", "--optimizer", "sgd",
             "--learning-rate", "0.01", "--batch-size", "full", "--seeds", "1", "--steps", "3",
             "--workers", "1")


def environment_of(output):
    with h5py.File(output) as file:
        return dict(file["environment"].attrs)


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


@pytest.mark.parametrize("stop", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long),
                                  pytest.param(signal.SIGUSR1, marks=pytest.mark.long)])
def test_a_step_of_a_minute_is_abandoned_in_five_seconds(tmp_path, stop, request):
    process = suites.start("ravine-optimizers", *LONG_STEP, "--output", tmp_path / "x.h5")
    time.sleep(4)
    assert process.poll() is None, process.communicate()
    asked, spent = time.monotonic(), children_seconds() + processor_seconds(process.pid)
    process.send_signal(stop)
    process.send_signal(signal.SIGTERM)  # batch systems repeat themselves
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 75 and "the same command continues" in said, said
    # Beside other tests on all cores only its own time says how long it took: one thread trains.
    assert children_seconds() - spent < 5
    if request.config.getoption("--long"):
        assert time.monotonic() - asked < 5


def test_a_second_interrupt_stops_at_once(tmp_path):
    process = suites.start("ravine-optimizers", *LONG_STEP, "--output", tmp_path / "x.h5")
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 75
    assert time.monotonic() - asked < 0.7  # not even the grace of a step


TRAIN = ("--problem", "mlp(data=glyphs, hidden=64, train=1024)", "--batch-norm", "hidden",
         "--averaging", "polyak, ema", "--optimizer", "adam", "--learning-rate", "0.001",
         "--seeds", "2", "--epochs", "60", "--record", "diagnostics")


def test_a_time_limit_ends_like_a_signal_and_the_same_command_continues(tmp_path):
    whole, parts = tmp_path / "whole.h5", tmp_path / "parts.h5"
    assert suites.run("ravine-optimizers", *TRAIN, "--output", whole).returncode == 0
    steps, codes = [], []
    for _ in range(100):
        done = suites.run("ravine-optimizers", *TRAIN, "--output", parts, "--time-limit", "1.5s",
                          "--checkpoint-every", "0.2s")
        codes.append(done.returncode)
        if done.returncode != 75:
            break
        assert "stopped" in done.stderr and not parts.exists()
        steps.append(sorted(path.name for path in suites.spool(parts).glob("*.checkpoint")))
    assert codes[-1] == 0 and 75 in codes and any(steps), codes
    assert suites.digest(parts) == suites.digest(whole)
    environment = environment_of(parts)
    assert environment["attempts"] == str(len(codes)) and environment["host"] == os.uname().nodename


def test_environment_names_every_job_that_worked_on_it(tmp_path):
    output = tmp_path / "x.h5"
    many = ("--seeds", "200", "--workers", "1")
    program = [suites.BUILD / TOY, "--output", output, *many]
    for job, limit in (("71", ["--time-limit", "0.5s"]), ("72", [])):  # enough to plan, not to end
        subprocess.run([*program, *limit], env=suites.environment() | {"SLURM_JOB_ID": job},
                       capture_output=True, check=False)
    environment = environment_of(output)
    assert environment["attempts"] == "2" and environment["slurm_job"] == "71 | 72"
    other = tmp_path / "y.h5"
    assert suites.run(TOY, "--output", other, *many).returncode == 0
    assert suites.digest(other) == suites.digest(output)


def test_a_changed_plan_keeps_what_belongs_and_names_the_rest(tmp_path):
    output, fresh = tmp_path / "x.h5", tmp_path / "fresh.h5"
    assert suites.run(TOY, "--output", output, "--seeds", "3").returncode == 0
    changed = ("--seeds", "1:5", "--optimizer", "momentum")
    done = suites.run(TOY, "--output", output, *changed)
    assert done.returncode == 0 and "16 trials, 8 of them finished before" in done.stderr
    assert "16 stored trials do not belong to this plan: they are kept" in done.stderr
    named = re.findall(r"^  ([0-9a-f]{16})  .*", done.stderr, re.M)
    assert len(named) == 5 and "and 11 more" in done.stderr
    assert suites.run(TOY, "--output", fresh, *changed).returncode == 0
    assert suites.digest(output) == suites.digest(fresh)
    with h5py.File(output) as file:
        ids = file["trials/id"].asstr()[:]
        in_plan = file["trials/in_plan"][:] != 0
        optimizers = file["trials/optimizer"].asstr()[:]
    assert len(ids) == 32 and in_plan.sum() == 16 and set(named) <= set(ids[~in_plan])
    assert set(optimizers[in_plan]) == {"momentum(beta=0.9)"}


def merge(output, *inputs):
    done = suites.run("ravine-results", "merge", output, *inputs)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_partitions_of_one_plan_share_their_work(tmp_path):
    """2 of 3 shards, then 4 shards: nothing is computed twice, and the join is the whole."""
    whole, output = tmp_path / "whole.h5", tmp_path / "x.h5"
    assert suites.run(TOY, "--output", whole).returncode == 0
    done = [suites.run(TOY, "--output", output, "--shard", f"{i}/3") for i in (0, 2)]
    assert [run.returncode for run in done] == [0, 0]
    partial = merge(tmp_path / "partial.h5", *sorted(tmp_path.glob("x.shard-*.h5")))
    assert "plan: 16 of 24 trials are there, 8 missing" in partial
    assert len(re.findall("^missing [0-9a-f]{16}  (quadratic|rosenbrock)", partial, re.M)) == 8
    computed = 0
    for i in range(4):
        run = suites.run(TOY, "--output", output, "--shard", f"{i}/4")
        assert run.returncode == 0, run.stderr
        computed += int(re.search(r"(\d+) trials done", run.stderr)[1])
    assert computed == 8
    complete = merge(output, *sorted(tmp_path.glob("x.shard-*.h5")))
    assert "plan: 24 of 24 trials are there, 0 missing" in complete
    assert suites.digest(output) == suites.digest(whole)
    with h5py.File(output) as one, h5py.File(whole) as other:  # even the order is that of one machine
        assert list(one["trials/id"]) == list(other["trials/id"])
    again = suites.run(TOY, "--output", output)
    assert "24 trials, 24 of them finished before" in again.stderr


def test_a_partial_result_can_be_packed_while_shards_run(tmp_path):
    output = tmp_path / "x.h5"
    flags = ("--output", output, "--seeds", "1000", "--workers", "1")
    process = suites.start(TOY, *flags, "--shard", "0/2")
    folder = suites.spool(tmp_path / "x.shard-0-of-2.h5")
    suites.wait_for_trials(process, tmp_path / "x.shard-0-of-2.h5", 20)
    for i in range(5):
        said = merge(tmp_path / f"partial{i}.h5", "--suite", "builds", folder)
        assert "missing" in said and process.poll() is None
    assert process.wait(120) == 0, process.communicate()
    assert suites.run(TOY, *flags, "--shard", "1/2").returncode == 0
    assert ", 0 missing" in merge(output, *tmp_path.glob("x.shard-*.h5"))


def test_a_shard_keeps_few_files(tmp_path):
    """1700 trials of a stopped shard are batches of 500 and fewer than 500 files."""
    output = tmp_path / "x.h5"
    process = suites.start(TOY, "--output", output, "--seeds", "10000", "--workers", "2")
    folder = suites.spool(output)
    deadline = time.monotonic() + 120
    while len(list(folder.glob("*.segment"))) < 3:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(list(folder.glob("*.h5"))) < 1000
    done = suites.run(TOY, "--output", output, "--seeds", "10000", "--time-limit", "5s")
    finished = int(re.search(r"(\d+) of them finished before", done.stderr)[1])
    assert 1500 <= finished < 3000


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder],
                             capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a tmpfs: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_loses_nothing(small_disk, tmp_path):
    output, whole = small_disk / "x.h5", tmp_path / "whole.h5"
    assert suites.run(TOY, "--output", whole).returncode == 0
    filler = small_disk / "filler"
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    filler.write_bytes(bytes(free - 150_000))
    full = suites.run(TOY, "--output", output, "--workers", "1")
    assert full.returncode == 75, full.stderr
    assert "the disk is full; make room and run the same command again" in full.stderr
    kept = suites.finished_trials(output)
    assert 0 < kept < 24 and not output.exists()
    filler.unlink()
    done = suites.run(TOY, "--output", output)
    assert done.returncode == 0 and f"24 trials, {kept} of them finished before" in done.stderr
    assert suites.digest(output) == suites.digest(whole)
    assert list(small_disk.iterdir()) == [output]


def test_no_room_to_pack_loses_nothing(small_disk):
    output = small_disk / "x.h5"
    size = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    filler = small_disk / "filler"
    for room in range(280_000, size, 40_000):  # until all trials fit, but not the packed file
        filler.write_bytes(bytes(size - room))
        done = suites.run(TOY, "--output", output, "--workers", "1")
        if done.returncode == 0:
            break
        assert done.returncode == 75 and "full" in done.stderr, done.stderr
        assert not output.exists()
    assert done.returncode == 0
    assert suites.run("ravine-results", "verify", output).returncode == 0


def test_dry_run_estimates_the_memory_of_a_worker(tmp_path):
    flags = ("--problem", "mlp(data=glyphs, hidden=1500x2, train=1024)", "--optimizer", "adam",
             "--learning-rate", "0.001", "--seeds", "1", "--workers", "1", "--averaging", "polyak")
    said = suites.run("ravine-optimizers", *flags, "--steps", "1", "--dry-run").stdout
    estimate = float(re.search(r"memory +about ([0-9.]+) MB per worker", said)[1])
    small = ("--problem", "mlp(data=glyphs, hidden=1, train=1024)")
    without, with_it = (
        processes.run([suites.BUILD / "ravine-optimizers", *problem, *flags[2:], "--steps", "1",
                       "--output", tmp_path / name]).peak_bytes * 1e-6
        for problem, name in ((small, "small.h5"), (flags[:2], "large.h5")))
    assert 0.8 * (with_it - without) < estimate < 1.5 * (with_it - without)


def test_threads_respect_the_allocation(tmp_path):
    for variable, value in (("SLURM_CPUS_PER_TASK", "1"), ("OMP_NUM_THREADS", "1")):
        done = subprocess.run([suites.BUILD / TOY, "--output", tmp_path / f"{variable}.h5"],
                              env=suites.environment() | {variable: value}, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0 and "; 1 at a time" in done.stderr
