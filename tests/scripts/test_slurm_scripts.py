"""scripts/slurm/submit, with stand-ins for Slurm, the suite and ravine-results."""

import os
import pathlib
import shutil
import subprocess

import pytest
from ravine.cluster import status as slurm_status

PROJECT = pathlib.Path(__file__).parents[2]
SUBMIT = PROJECT / "scripts" / "slurm" / "submit"


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/usr/bin/env bash\n" + text)
    path.chmod(0o755)


# Stands in for a suite. It names its files as the suites do, and reads a --config of the same flags.
SUITE = """
    folder=$1; shift
    output=results/optimizers.h5 stage='' shard='' words=plain asks=''
    said="$*"
    while (($#)); do
      case $1 in
        --optimzer) echo "ravine-optimizers: unknown flag" >&2; exit 2 ;;
        --config) set -- "$@" $(sed 's/ *#.*//; s/^/--/; s/ = / /' "$2"); shift 2; continue ;;
        --output) output=$2; shift ;;
        --stage) stage=.$2; shift ;;
        --fresh) words+=' fresh' ;;
        --shard) shard=.shard-${2%/*}-of-${2#*/} index=${2%/*}; shift ;;
        --tune) words=tuned ;;
        --version) echo 'ravine 1.2.3'; exit ;;
        --list) asks=${asks:-$1} words+=' asks' ;;
        --print-output) asks=$1 ;;
      esac
      shift
    done
    name=${output##*/} extension=''
    [[ $name != ?*.* ]] || extension=.${name##*.}
    output=${output%"$name"}${name%"$extension"}$stage$shard$extension
    case $asks in
      --list) seq 10; exit ;;
      --print-output) printf '%s\\n' "$output" "$words${stage:+ part}${shard:+ part}"; exit ;;
    esac
    echo "$said" >>"$folder/suite.log"
    codes=$folder/codes-$index
    code=$(head -n 1 "$codes" 2>/dev/null || echo 0); sed -i 1d "$codes" 2>/dev/null
    ((${code:-0} > 1)) || touch "$output"
    exit "${code:-0}"
"""


@pytest.fixture
def machine(tmp_path):
    """A folder of programs that note how they were called.

    The suite has ten trials and ends with the exit codes in the file codes-<shard>, one per line
    and run, then with 0; with 0 it makes its result file. Jobs get the ids 101, 102, ...
    """
    programs = tmp_path / "programs"
    program(programs / "ravine-optimizers", f'set -- "{tmp_path}" "$@"\n{SUITE}')
    program(programs / "ravine-results", f"""
        printf '%q ' "$@" >>"{tmp_path}/results.log"; echo >>"{tmp_path}/results.log"; touch "$2" """)
    program(programs / "sbatch", f"""
        printf '%q ' "$@" >>"{tmp_path}/sbatch.log"; echo >>"{tmp_path}/sbatch.log"
        echo $((100 + $(wc -l <"{tmp_path}/sbatch.log")))""")
    program(programs / "srun", 'shift; exec "$@"')
    program(programs / "scontrol", f'echo "$*" >>"{tmp_path}/scontrol.log"')
    # The pauses between restarts count, and take no time.
    program(programs / "sleep", f'echo "$*" >>"{tmp_path}/sleep.log"')
    return tmp_path


def environment(machine, **variables):
    return {**os.environ, "RAVINE_BUILD_DIR": str(machine / "programs"), **variables,
            "PATH": f"{machine / 'programs'}:{os.environ['PATH']}"}


def submit(machine, *arguments):
    return subprocess.run([SUBMIT, *arguments], capture_output=True, text=True, cwd=machine,
                          env=environment(machine), timeout=120, check=False)


def noted(machine, name):
    path = machine / f"{name}.log"
    return [line.rstrip() for line in path.read_text().splitlines()] if path.exists() else []


def fails(machine, shard, *codes):
    (machine / f"codes-{shard}").write_text("".join(f"{code}\n" for code in codes))


def options(machine, stage=""):
    """What sbatch is told of the shards and of the merge of a stage."""
    log, dash = f"--output={machine}/x.h5.slurm/slurm.log", f"{stage}-" if stage else ""
    common = "--job-name=ravine-optimizers-{}{} --open-mode=append --requeue {}"
    return (common.format(dash, "shards", log) + " --array=0-{} --signal=TERM@180",
            common.format(dash, "merge", log))


def test_an_array_and_a_merge_after_it_are_submitted(machine):
    done = submit(machine, "optimizers", "--shards", "4%2", "--time", "2:00:00", "--comment", "a b#c",
                  "--", "--output", "x.h5")
    assert done.returncode == 0, done.stderr
    jobs, (shards, merge) = machine / "x.h5.slurm", options(machine)
    theirs = "--time 2:00:00 --comment a\\ b#c --parsable"  # last, so the user's win
    assert noted(machine, "sbatch") == [
        f"{shards.format('3%2')} {theirs} {jobs}/shards.sh",
        f"{merge} {theirs} --dependency=afterany:101 {jobs}/merge.sh"]
    assert "scripts/slurm/status" in done.stdout and "scancel 101 102" in done.stdout
    assert "#SBATCH" not in (jobs / "shards.sh").read_text()
    assert noted(machine, "suite") == []


def test_a_part_of_the_array_is_submitted_again(machine):
    submit(machine, "optimizers", "--shards", "4", "--", "--output", "x.h5")
    subprocess.run([machine / "x.h5.slurm" / "shards", "--array=1,3"], env=environment(machine),
                   check=True)
    assert noted(machine, "sbatch")[-1] == (f"{options(machine)[0].format(3)} --array=1\\,3 "
                                            f"{machine}/x.h5.slurm/shards.sh")


@pytest.mark.parametrize("name, pattern", [("a%b", "a%%b"), ("a b\\c%d", "a b\\\\c%d")])
def test_sbatch_reads_no_patterns_into_names(machine, name, pattern):
    """Its manual: %% is a percent sign, and a backslash ends the replacement of patterns."""
    submit(machine, "optimizers", "--shards", "2", "--", "--output", f"{name}.h5")
    line = subprocess.run(["bash", "-c", f"printf '%s\\n' {noted(machine, 'sbatch')[0]}"],
                          capture_output=True, text=True, check=True).stdout.splitlines()
    assert f"--output={machine}/{pattern}.h5.slurm/slurm.log" in line


def test_dry_run_prints_the_scripts_and_makes_nothing(machine):
    before = sorted(machine.iterdir())
    done = submit(machine, "optimizers", "--shards", "4", "--dry-run", "--", "--output", "x.h5")
    assert done.returncode == 0 and "--array=0-3 " in done.stdout
    assert '"$SLURM_ARRAY_TASK_ID/4"' in done.stdout and "ravine-results merge" in done.stdout
    assert sorted(machine.iterdir()) == before


def test_the_stages_of_tuning_are_chained(machine):
    done = submit(machine, "optimizers", "--shards", "2", "--", "--tune", "random", "--output", "x.h5")
    assert done.returncode == 0, done.stderr
    jobs = machine / "x.h5.slurm"
    search, final = options(machine, "search"), options(machine, "final")
    assert noted(machine, "sbatch") == [
        f"{search[0].format(1)} --parsable {jobs}/search.shards.sh",
        f"{search[1]} --parsable --dependency=afterany:101 {jobs}/search.merge.sh",
        f"{final[0].format(1)} --parsable --dependency=afterok:102 --kill-on-invalid-dep=yes "
        f"{jobs}/final.shards.sh",
        f"{final[1]} --parsable --dependency=afterany:103 {jobs}/final.merge.sh"]
    assert "--stage search" in (jobs / "search.shards.sh").read_text()
    final = (jobs / "final.shards.sh").read_text()
    assert f"--stage final --from {machine}/x.search.h5" in final


def test_a_config_file_counts(machine):
    (machine / "run.ini").write_text("tune = random\noutput = theirs.h5   # mine\n")
    done = submit(machine, "optimizers", "--shards", "2", "--dry-run", "--", "--config", "run.ini")
    assert f"--output {machine}/theirs.h5 --stage search" in done.stdout, done.stderr


@pytest.mark.parametrize("text, words", [
    ("fresh = true", "--fresh would discard"), ("list = true", "list and dry-run only print"),
    ("shard = 0/2", "stage and shard are set for each job"), ("version = true", "leave that out")])
def test_a_config_file_is_refused_as_flags_are(machine, text, words):
    (machine / "run.ini").write_text(f"{text}\n")
    done = submit(machine, "optimizers", "--shards", "2", "--", "--config", "run.ini")
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1
    assert noted(machine, "sbatch") == []


@pytest.mark.parametrize("code, restarts, requeued", [
    (75, 0, True), (75, 4, True), (75, 5, False), (0, 0, False), (1, 0, False), (2, 0, False),
    # Signals that came before the suite answered them: HUP, INT, USR1, TERM, XCPU; not KILL and SEGV.
    (129, 0, True), (130, 0, True), (138, 0, True), (143, 0, True), (152, 0, True),
    (143, 5, False), (137, 0, False), (139, 0, False)])
def test_a_task_requeues_itself_if_it_was_stopped_resumably(machine, code, restarts, requeued):
    submit(machine, "optimizers", "--shards", "3", "--attempts", "5", "--", "--output", "x.h5")
    fails(machine, 1, code)
    task = environment(machine, SLURM_ARRAY_TASK_ID="1", SLURM_JOB_ID="7", SLURM_ARRAY_TASK_COUNT="1",
                       SLURM_RESTART_COUNT=str(restarts))
    done = subprocess.run(["bash", machine / "x.h5.slurm" / "shards.sh"], env=task, check=False)
    assert done.returncode == code
    assert noted(machine, "suite") == [f"--output {machine}/x.h5 --shard 1/3"]
    assert noted(machine, "scontrol") == (["requeue 7"] if requeued else [])
    said = " ".join(noted(machine / "x.h5.slurm", "shard-1"))
    assert (f"restart {restarts + 1} of 5" in said) == requeued
    assert ("after 5 restarts" in said) == (restarts == 5)


def test_local_shards_continue_and_are_joined(machine):
    fails(machine, 0, 75, 143)
    done = submit(machine, "optimizers", "--shards", "3%1", "--local", "--time", "1", "--",
                  "--output", "x.h5", "--seeds", "2")
    assert done.returncode == 0, done.stderr
    flags = f"--seeds 2 --output {machine}/x.h5 --shard"
    assert noted(machine, "suite") == 3 * [f"{flags} 0/3"] + [f"{flags} 1/3", f"{flags} 2/3"]
    parts = " ".join(f"{machine}/x.shard-{i}-of-3.h5" for i in range(3))
    assert noted(machine, "results") == [f"merge {machine}/x.h5 {parts} --suite optimizers"]
    assert noted(machine, "sbatch") == []
    assert "restart 2 of 20" in (machine / "x.h5.slurm" / "shard-0.log").read_text()


@pytest.mark.parametrize("output", ["x.hdf5", "run1", "run1.dat", "a.b/c", "x.tar.gz", ".hidden",
                                    "a b/it's #1 50%.h5", "back\\slash.h5", "[a]*?.h5", "ü$HOME`x`.h5",
                                    "shard-0-of-2.h5", "-x"])
@pytest.mark.parametrize("tune", [[], ["--tune", "grid"]], ids=["plain", "tuned"])
def test_local_shards_of_any_name_are_joined(machine, output, tune):
    (machine / output).parent.mkdir(exist_ok=True)
    done = submit(machine, "optimizers", "--shards", "2", "--local", "--", *tune,
                  "--output", output)
    assert done.returncode == 0, done.stderr
    joined = [subprocess.run(["bash", "-c", f"printf '%s\\n' {line}"], capture_output=True, text=True,
                             check=True).stdout.splitlines() for line in noted(machine, "results")]
    name = pathlib.PurePath(output)
    stages = [".search", ".final"] if tune else [""]
    for stage, words in zip(stages, joined):
        whole = name.with_name(name.stem + stage + name.suffix)
        parts = [name.with_name(f"{name.stem}{stage}.shard-{i}-of-2{name.suffix}") for i in range(2)]
        assert words == ["merge", *(str(machine / one) for one in [whole, *parts]), "--suite",
                         "optimizers"]
    run = slurm_status.run_of(machine / output)
    assert len(run.parts) == 2 * len(stages) and all(part.exists() for part in run.parts)


def test_local_pauses_outlast_the_lock_of_a_dead_host(machine):
    fails(machine, 0, *30 * [75])
    done = submit(machine, "optimizers", "--shards", "1", "--local", "--", "--output", "x.h5")
    assert done.returncode == 75 and 300 < len(noted(machine, "sleep")) < 600
    assert len(noted(machine, "suite")) == 21


def test_local_attempts_are_capped_and_the_rest_is_joined(machine):
    fails(machine, 1, *9 * [75])
    done = submit(machine, "optimizers", "--shards", "2", "--attempts", "1", "--local", "--",
                  "--output", "x.h5")
    assert done.returncode == 75
    assert len([line for line in noted(machine, "suite") if line.endswith("1/2")]) == 2
    assert f"merge {machine}/x.h5 {machine}/x.shard-0-of-2.h5 --suite" in noted(machine, "results")[0]
    assert "unfinished shards of 2: 1" in done.stderr


def test_local_tuning_needs_all_of_the_search(machine):
    fails(machine, 1, 2)
    done = submit(machine, "optimizers", "--shards", "2", "--local", "--", "--tune", "grid",
                  "--output", "x.h5")
    assert done.returncode == 75 and not any("final" in line for line in noted(machine, "suite"))
    done = submit(machine, "optimizers", "--shards", "2", "--local", "--", "--tune", "grid",
                  "--output", "x.h5")
    assert done.returncode == 0, done.stderr
    assert noted(machine, "results")[-1] == (f"merge {machine}/x.h5 {machine}/x.search.h5 "
                                             f"{machine}/x.final.h5 --suite optimizers")


def test_failed_trials_show_in_the_exit_code(machine):
    fails(machine, 1, 1)
    done = submit(machine, "optimizers", "--shards", "2", "--local", "--", "--output", "x.h5")
    assert done.returncode == 1 and (machine / "x.h5").exists()


@pytest.mark.parametrize("arguments, words", [
    ([], "name a suite"),
    (["optimizers"], "--shards is ''"),
    (["optimizers", "--shards", "0"], "--shards is '0'"),
    (["optimizers", "--shards", "4%"], "--shards is '4%'"),
    (["optimizers", "--shards", "11"], "the plan has 10 trials"),
    (["optimisers", "--shards", "2"], "no program 'ravine-optimisers'"),
    (["optimizers", "--shards", "2", "--attempts", "many"], "--attempts is 'many'"),
    (["optimizers", "--shards", "2", "--array", "0-3"], "--array is set by --shards"),
    (["optimizers", "--shards", "2", "--output", "x.h5"], "of the suite after --"),
    (["optimizers", "--shards", "2", "--", "--shard", "0/2"], "--shard is set for each job"),
    (["optimizers", "--shards", "2", "--", "--tune", "grid", "--stage", "final"], "--stage is set"),
    (["optimizers", "--shards", "2", "--", "--fresh"], "--fresh would discard"),
    (["optimizers", "--shards", "2", "--", "--list"], "only print information"),
    (["optimizers", "--shards", "2", "--", "--output"], "--output needs a path"),
    (["optimizers", "--shards", "2", "--", "--optimzer", "adam"], "unknown flag"),
    (["optimizers", "--shards", "2", "--", "--output", "a\nb.h5"], "must not contain a line break"),
])
def test_misuse_is_refused_in_one_sentence(machine, arguments, words):
    before = sorted(machine.iterdir())
    done = submit(machine, *arguments)
    assert done.returncode == 2 and words in done.stderr, done.stderr
    assert done.stdout == "" and done.stderr.count("\n") == 1
    assert sorted(machine.iterdir()) == before


def test_without_sbatch_it_says_what_to_do(machine):
    tools = machine / "tools"
    tools.mkdir()
    for name in ("bash", "env", "dirname", "realpath", "seq", "wc"):
        (tools / name).symlink_to(shutil.which(name))
    (machine / "programs" / "sbatch").unlink()
    done = subprocess.run([SUBMIT, "optimizers", "--shards", "2"], capture_output=True, text=True,
                          env={**environment(machine), "PATH": str(tools)}, check=False)
    assert done.returncode == 2 and "add --local" in done.stderr


def test_help_teaches(machine):
    done = submit(machine, "--help")
    assert done.returncode == 0 and "--shards N[%K]" in done.stdout and "--local" in done.stdout
