"""scripts/slurm/submit on a real Slurm: requeued, out of time, on a failed node; the same bits."""

import re
import subprocess

import pytest
import slurm
import suites
from ravine.cluster import status as slurm_status

pytestmark = [pytest.mark.skipif(bool(slurm.why_not()), reason=slurm.why_not()),
              pytest.mark.xdist_group("slurm")]
SUBMIT = suites.PROJECT / "scripts" / "slurm" / "submit"
SHARDS = 3
TRIALS = ("--problem", "mlp(data=glyphs, hidden=64x2, train=1024)", "--batch-norm", "hidden",
          "--optimizer", "adam,momentum", "--learning-rate", "0.01,0.03", "--batch-size", "64",
          "--seeds", "3")
SUITE = "ravine-optimizers"


@pytest.fixture
def cluster(tmp_path):
    folder = tmp_path / "slurm"
    folder.mkdir()
    with slurm.Cluster(folder) as running:
        yield running
    assert running.processes() == []


def undisturbed(tmp_path, trials):
    done = suites.run(SUITE, *trials, "--output", tmp_path / "undisturbed.h5")
    assert done.returncode == 0, done.stderr
    return suites.digest(tmp_path / "undisturbed.h5")


def submit(cluster, output, trials, *options, cwd=None):
    """Submits, and returns the ids of the array and of the merge."""
    done = subprocess.run([SUBMIT, "optimizers", "--shards", str(SHARDS), *options, "--", *trials,
                           "--output", output, "--workers", "1", "--checkpoint-every", "0.2"],
                          env={**cluster.environment, "RAVINE_BUILD_DIR": str(suites.BUILD)},
                          capture_output=True, text=True, timeout=300, check=False, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return re.search(r"job (\d+) runs 3 shards of optimizers, job (\d+) merges", done.stdout).groups()


def states(output):
    return [shard.state for shard in slurm_status.shards_of(output)]


def part(output, shard):
    return output.with_name(f"{output.stem}.shard-{shard}-of-{SHARDS}.h5")


def is_under_way(output, shard):
    """It has checkpoints or finished trials, and not packed them yet."""
    folder = suites.spool(part(output, shard))
    return any(folder.glob("*.checkpoint")) or any(folder.glob("*.h5"))


def await_begin(cluster, output):
    for shard in range(SHARDS):
        cluster.await_(lambda shard=shard: is_under_way(output, shard), "the shards do not begin")


def await_end(cluster, job, seconds):
    cluster.await_(lambda: not cluster.ask("squeue", "-h", "-j", job, "-o", "%T").strip(),
                   "the merge has not come", seconds)


def restarts(cluster, array, shard):
    return int(re.search(r"Restarts=(\d+)", cluster.ask("scontrol", "show", "job",
                                                        f"{array}_{shard}"))[1])


def test_requeued_signalled_and_failed_tasks_end_with_the_same_bits(cluster, tmp_path):
    trials, output = (*TRIALS, "--steps", "600"), tmp_path / "x.h5"
    array, merge = submit(cluster, output, trials, "--time", "30")
    await_begin(cluster, output)
    assert states(output) == 3 * ["running"]
    node, = cluster.ask("squeue", "-h", "-j", f"{array}_2", "-o", "%N").split()
    cluster.ask("scontrol", "requeue", f"{array}_0")
    # What Slurm sends before a time limit: to the step, not to the batch script.
    cluster.ask("scancel", "--signal=TERM", f"{array}_1")
    cluster.fail_node(node)
    assert not any(part(output, shard).exists() for shard in range(SHARDS)), "it ended too early"
    expected = undisturbed(tmp_path, trials)
    await_end(cluster, merge, 600)
    assert suites.digest(output) == expected
    assert [restarts(cluster, array, shard) for shard in range(SHARDS)] == [1, 1, 1]
    assert states(output) == 3 * ["done"]


@pytest.mark.long
def test_time_limits_end_with_the_same_bits(cluster, tmp_path):
    """Limits are whole minutes, and signals come up to a minute early."""
    trials, output = (*TRIALS, "--steps", "5000"), tmp_path / "x.h5"
    # Not continued: what is missing is told, and the same command goes on.
    array, merge = submit(cluster, output, trials, "--time", "1", "--signal=TERM@30", "--attempts", "0")
    await_end(cluster, merge, 600)
    log = tmp_path / "x.h5.slurm" / "merge.log"
    assert "unfinished shards of 3: 0 1 2" in log.read_text()
    assert states(output) == 3 * ["stopped"]
    # Continued by itself until it is done.
    array, merge = submit(cluster, output, trials, "--time", "1", "--signal=TERM@30")
    await_end(cluster, merge, 3600)
    assert min(restarts(cluster, array, shard) for shard in range(SHARDS)) >= 1
    assert suites.digest(output) == undisturbed(tmp_path, trials)


def test_a_cancelled_run_stays_cancelled_and_can_be_continued(cluster, tmp_path):
    trials, output = (*TRIALS, "--steps", "100"), tmp_path / "x.h5"
    array, merge = submit(cluster, output, trials)
    await_begin(cluster, output)
    cluster.ask("scancel", array, merge)
    cluster.await_(lambda: not cluster.ask("squeue", "-h").strip(), "cancelled jobs came back")
    assert not output.exists()
    _, merge = submit(cluster, output, trials)
    await_end(cluster, merge, 600)
    assert suites.digest(output) == undisturbed(tmp_path, trials)


# Where users put their results, and what sbatch, bash and globs would read into these names.
NAMES = ["it's \"here\" #1/x y.h5", "50%a %%j %/x.hdf5", "back\\slash %A/run1", "ü$HOME`x`*?[a]&;/x.dat",
         "end\\/-x.h5"]


def test_outputs_of_any_name_and_options_of_any_text(cluster, tmp_path):
    """From a folder of that name, with a --config file there, and a comment with blanks for sbatch."""
    trials = (*TRIALS[:-4], "--batch-size", "64", "--seeds", "1", "--steps", "5")
    merges = []
    for name in NAMES:
        folder = (tmp_path / name).parent
        folder.mkdir(parents=True)
        (folder / "run %a.ini").write_text("seeds = 1\nsteps = 5\n")
        merges.append(submit(cluster, (tmp_path / name).name, (*trials[:-4], "--config", "run %a.ini"),
                             f"--comment={name} 'a b' #c %j", cwd=folder)[1])
    for merge in merges:
        await_end(cluster, merge, 300)
    expected = undisturbed(tmp_path, trials)
    for name in NAMES:
        output = tmp_path / name
        assert suites.digest(output) == expected
        assert states(output) == 3 * ["done"]
        parts = [f"{output.stem}.shard-{i}-of-{SHARDS}{output.suffix}" for i in range(SHARDS)]
        assert {path.name for path in output.parent.iterdir()} == {
            "run %a.ini", output.name, f"{output.name}.slurm", *parts,
            f"{output.name.removesuffix('.h5')}.plan"}
        assert {path.name for path in (output.parent / f"{output.name}.slurm").glob("*.log")} == {
            "merge.log", "slurm.log", *(f"shard-{i}.log" for i in range(SHARDS))}
    assert {path.name for path in tmp_path.iterdir()} == {
        "slurm", "undisturbed.h5", *(name.split("/")[0] for name in NAMES)}
