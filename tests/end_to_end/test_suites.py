"""Every suite, from the command line to its result file: bits, resumption, misuse."""

import re
import shutil
import signal

import h5py
import pytest
import suites

from ravine import claims, load
from ravine.gate.__main__ import main as gate
from ravine.results import seal


# Suites share their machinery, so what it promises is tried on one suite of each precision; under
# --long on all. What depends on the suite itself is always tried on all.
EXAMPLES = ("ravine-optimizers", "ravine-second-order")
machinery = pytest.mark.machinery


# Statements that must not fail: a gate of this suite decides them, exactly or by a statistic.
GATES = {
    "averaging": {"L33", "L34", "L36", "A10"},
    "batch-norm": {"L23", "L24", "L25", "L26"},
    "batch-size": {"A4"},
    "illustrations": {"L1", "L9", "L10", "L12", "L14", "L16", "L17", "L18", "L21", "L22",
                      "A1", "A2", "A3", "A5", "A11"},
    "initialization": {"L28", "L29", "L30", "L31", "L32", "A7", "A8"},
    "schedules": {"L4", "L5"},
}


def pytest_generate_tests(metafunc):
    if "suite" in metafunc.fixturenames:
        shared = metafunc.definition.get_closest_marker("machinery")
        few = shared and not metafunc.config.getoption("--long")
        names = EXAMPLES if few else suites.SUITES
        # One process per suite where pytest runs several.
        metafunc.parametrize("suite", [pytest.param(name, marks=pytest.mark.xdist_group(name))
                                       for name in names], scope="module")


@pytest.fixture(scope="module")
def reference(suite, tmp_path_factory):
    """The quick run that the other runs are compared with."""
    output = tmp_path_factory.mktemp(suite) / "reference.h5"
    suites.quick(suite, output, "--workers", 1)
    return output


@pytest.fixture
def copy(reference, tmp_path):
    return shutil.copy(reference, tmp_path / "copy.h5")


def refuse(program, *arguments, output, **options):
    """Runs what must be refused: exit code 2, one sentence, nothing made. Returns the sentence."""
    done = suites.run(program, "--output", output, *arguments, **options)
    assert done.returncode == 2, (done.returncode, done.stderr)
    assert done.stdout == ""
    assert done.stderr.startswith(f"{program}: ") and done.stderr.count("\n") == 1, done.stderr
    assert not suites.spool(output).exists()
    return done.stderr


def test_there_are_suites():
    assert "ravine-optimizers" in suites.SUITES


def test_the_file_is_intact_and_complete(suite, reference):
    verified = suites.run("ravine-results", "verify", reference)
    assert verified.returncode == 0, verified.stderr
    assert not suites.spool(reference).exists()
    results = load(reference)
    assert results.attributes["suite"] == suite.removeprefix("ravine-")
    assert set(results.trials["outcome"]) <= {"completed", "target_reached", "stuck", "diverged"}
    assert results.attributes["digest"] == suites.digest(reference)
    listed = suites.run(suite, "--scale", "quick", "--list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(results.plan["id"])


def test_the_quick_run_has_its_golden_digest(suite, reference):
    """A change of any bit shows here. If it is meant: scripts/renew_digests, and CHANGELOG."""
    assert suites.digest(reference) == suites.golden_digests().get(suite)


def test_the_gate_finds_its_baseline_again(suite, reference, capsys):
    """Where a digest says that a bit changed, this says which curve did, at which step, by how much.

    A changed or new suite has no baseline yet: scripts/renew_baselines, and CHANGELOG.
    """
    baseline = suites.PROJECT / "results" / "baselines" / f"{suite.removeprefix('ravine-')}.h5"
    code = gate([str(reference), "--baseline", str(baseline), "--exact"])
    assert code == 0, capsys.readouterr().out


def test_two_workers_with_avx2_give_the_same_bits(suite, reference, tmp_path, monkeypatch):
    """The reference ran with one worker, and with AVX-512 where this CPU has it."""
    monkeypatch.setenv("RAVINE_ISA", "v3")
    output = tmp_path / "two.h5"
    suites.quick(suite, output, "--workers", 2)
    with h5py.File(output) as file:
        assert file["environment"].attrs["instruction_set"] == "x86-64-v3"
    assert suites.digest(output) == suites.digest(reference)


@machinery
def test_instruction_sets_that_cannot_run_are_refused(suite, tmp_path, monkeypatch):
    monkeypatch.setenv("RAVINE_ISA", "v5")
    assert "RAVINE_ISA=v5: it must be v3 or v4" in refuse(suite, output=tmp_path / "x.h5")
    monkeypatch.setenv("RAVINE_ISA", "v4")
    # As the loader does on a CPU without AVX-512.
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX512F")
    assert "offer x86-64-v3 only" in refuse(suite, output=tmp_path / "x.h5")


def test_its_gates_hold(suite, reference):
    """Exact checks hold at every scale; with few seeds a statistic may be inconclusive."""
    judged = claims.judge([load(reference)])
    assert [one.id for one in claims.failed_gates(judged)] == []
    assert {one.verdict for one in judged if one.exact} <= {"supported"}
    gates = {re.match(r"[A-Z]\d+", one.id)[0] for one in judged if one.gate}
    assert GATES.get(suite.removeprefix("ravine-"), set()) <= gates


def test_the_lecture_asks_for_no_other_gates():
    needed = {f"L{i}" for i in (1, 5, 9, 10, 12, 14, 16, 17, 18, 21, 22, 23, 25, 29, 30, 31, 32, 33,
                                34, 36)} | {"A1", "A2", "A3"}
    assert needed <= set.union(*GATES.values())


@machinery
def test_two_threads_give_the_same_bits(suite, reference, tmp_path):
    suites.quick(suite, tmp_path / "threads.h5", "--workers", 1, "--threads", 2)
    assert suites.digest(tmp_path / "threads.h5") == suites.digest(reference)


@machinery
def test_three_shards_join_to_the_same_bits(suite, reference, tmp_path):
    parts = [tmp_path / f"all.shard-{i}-of-3.h5" for i in range(3)]
    for i in range(3):
        suites.quick(suite, tmp_path / "all.h5", "--shard", f"{i}/3")
    merged = suites.run("ravine-results", "merge", tmp_path / "all.h5", *parts)
    assert merged.returncode == 0, merged.stderr
    assert suites.digest(tmp_path / "all.h5") == suites.digest(reference)


@machinery
def test_a_rerun_skips_what_is_finished(suite, copy):
    before = suites.digest(copy)
    said = suites.quick(suite, copy)
    trials, finished = re.search(r"(\d+) trials, (\d+) of them finished before", said).groups()
    assert trials == finished
    assert suites.digest(copy) == before


@machinery
def test_fresh_computes_everything_anew(suite, copy):
    before = suites.digest(copy)
    assert "finished before" not in suites.quick(suite, copy, "--fresh")
    assert suites.digest(copy) == before


@machinery
@pytest.mark.parametrize("stop, code", [(signal.SIGINT, 75), (signal.SIGTERM, 75),
                                        (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stopped_run_continues_to_the_same_bits(suite, reference, tmp_path, stop, code):
    output = tmp_path / "stopped.h5"
    process = suites.start(suite, "--scale", "quick", "--output", output, "--workers", 1)
    suites.wait_for_trials(process, output, 2)
    process.send_signal(stop)
    assert process.wait(60) == code, process.communicate()
    assert not output.exists() and suites.finished_trials(output) >= 2
    said = suites.quick(suite, output)
    assert int(re.search(r"(\d+) of them finished before", said)[1]) >= 2
    assert suites.digest(output) == suites.digest(reference)
    assert not suites.spool(output).exists()


@machinery
def test_two_runs_cannot_share_an_output(suite, reference, tmp_path):
    output = tmp_path / "shared.h5"
    first = suites.start(suite, "--scale", "quick", "--output", output, "--workers", 1)
    suites.wait_for_trials(first, output, 1)
    second = suites.run(suite, "--scale", "quick", "--output", output)
    assert second.returncode == 75 and "in use" in second.stderr
    assert first.wait(120) == 0
    assert suites.digest(output) == suites.digest(reference)


@machinery
@pytest.mark.parametrize("arguments, words", [
    (["--optimzer", "adam"], "did you mean '--optimizer'"),
    (["adam"], "--help"),
    (["--optimizer", "adamm"], "did you mean 'adam'"),
    (["--optimizer", "momentum(bta=0.9)"], "it takes beta"),
    (["--optimizer", "momentum(beta=1.5)"], "[0, 1)"),
    (["--optimizer", "momentum(beta=high)"], "high"),
    (["--optimizer", "momentum(beta=0.9"], "momentum(beta=0.9"),
    (["--schedule", "linaer"], "did you mean 'linear'"),
    (["--init", "xavir"], "xavier"),
    (["--averaging", "polyack"], "did you mean 'polyak'"),
    (["--batch-norm", "hiden"], "did you mean 'hidden'"),
    (["--problem", "mnist_mpl"], "did you mean 'mnist_mlp'"),
    (["--problem", "mlp(data=glyphs, hiden=10)"], "did you mean 'hidden'"),
    (["--problem", "mlp(data=gliphs)"], "did you mean 'glyphs'"),
    (["--learning-rate", "-0.1"], "-0.1"),
    (["--learning-rate", "fast"], "fast"),
    (["--learning-rate", "log(1,2)"], "log(1e-4, 1, 9)"),
    (["--batch-size", "0"], "at least 1"),
    (["--seeds", "0"], "write a count"),
    (["--epochs", "-3"], "-3"),
    (["--workers", "0"], "--workers"),
    (["--scale", "quik"], "did you mean 'quick'"),
    (["--time-limit", "0"], "--time-limit"),
    (["--config", "no-such-file.ini"], "no-such-file.ini"),
])
def test_misuse_is_refused_before_anything_is_made(suite, tmp_path, arguments, words):
    output = tmp_path / "never.h5"
    assert words in refuse(suite, *arguments, output=output)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scale", ["standard", "paper"])
def test_its_grids_can_be_planned(suite, scale, tmp_path):
    done = suites.run(suite, "--scale", scale, "--dry-run", "--mem", "1T", "--output", tmp_path / "x.h5")
    if done.returncode != 0:  # the larger ones may want data that is not here, and nothing else
        assert scale == "paper" and "are missing" in done.stderr, done.stderr


def test_missing_data_names_the_remedy(suite, tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    said = refuse(suite, "--problem", "mnist_mlp", "--data-dir", folder, output=tmp_path / "x.h5")
    assert "scripts/fetch_datasets" in said
    assert list(tmp_path.iterdir()) == [folder]


@machinery
def test_an_unwritable_output_is_refused(suite, tmp_path):
    (tmp_path / "file").write_text("a file, not a folder")
    assert "file" in refuse(suite, "--scale", "quick", output=tmp_path / "file" / "x.h5")
    (tmp_path / "folder.h5").mkdir()
    assert "folder" in refuse(suite, "--scale", "quick", output=tmp_path / "folder.h5")
    assert (tmp_path / "file").read_text() == "a file, not a folder"


def altered_suite(path):
    with h5py.File(path, "r+") as file:
        file.attrs["suite"] = "another"
    seal.seal(path, "ravine-results")


@machinery
@pytest.mark.parametrize("spoil, words", [
    (altered_suite, "another"),
    (lambda path: path.write_bytes(b"my thesis\n" * 100), "not a ravine file"),
    (lambda path: path.write_bytes(path.read_bytes()[:-100]), "truncated"),
    (lambda path: path.write_bytes(path.read_bytes()[:9000] + b"?" + path.read_bytes()[9001:]),
     "altered"),
], ids=["another suite", "foreign", "truncated", "altered"])
def test_an_existing_file_of_something_else_is_left_alone(suite, copy, spoil, words):
    spoil(copy)
    before = copy.read_bytes()
    assert words in refuse(suite, "--scale", "quick", output=copy)
    assert copy.read_bytes() == before
    assert [path.name for path in copy.parent.glob("*.h5")] == ["copy.h5"]


@machinery
def test_questions_run_nothing(suite, tmp_path):
    for question, word in [("--help", "Exit codes"), ("--version", "ravine"),
                           ("--components", "momentum"), ("--dry-run", "trials")]:
        done = suites.run(suite, question, "--scale", "quick", cwd=tmp_path)
        assert done.returncode == 0 and word in done.stdout, done.stderr
    assert list(tmp_path.iterdir()) == []


@machinery
@pytest.mark.skipif(shutil.which("qemu-x86_64") is None, reason="qemu-user is not installed")
def test_a_cpu_without_avx2_gets_one_clear_line(suite):
    done = suites.run(suite, "--version", prefix=["qemu-x86_64", "-cpu", "Nehalem"])
    assert done.returncode == 2 and done.stdout == ""
    assert "AVX2" in done.stderr and done.stderr.count("\n") == 1
