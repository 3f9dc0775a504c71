"""scripts/test adds up what its stages say, with stand-ins for compilers and test programs."""

import os
import pathlib
import shutil
import subprocess

import pytest

PROJECT = pathlib.Path(__file__).parents[2]
CTEST_GOOD = "100% tests passed, 0 tests failed out of 40"
PROGRAM = 'echo "[  PASSED  ] 12 tests."'


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/usr/bin/env bash\n" + text)
    path.chmod(0o755)


@pytest.fixture
def clone(tmp_path):
    """A clone in which everything passes; a test replaces what shall fail."""
    root = tmp_path / "clone"
    (root / "scripts" / "lib").mkdir(parents=True)
    shutil.copy(PROJECT / "scripts" / "test", root / "scripts" / "test")
    shutil.copy(PROJECT / "scripts" / "lib" / "common.sh", root / "scripts" / "lib" / "common.sh")
    program(root / "scripts" / "setup", "")
    subprocess.run(["git", "init", "-q", root], check=True)
    tools = root / "bin"
    program(tools / "clang-format", "")
    # An installed consumer and the results program, wherever they are looked for.
    program(tools / "cmake", 'mkdir -p build/consumer/build build/consumer/prefix/bin build/release\n'
            'for f in build/consumer/build/consumer_ravine{,_double} build/release/ravine-results '
            'build/consumer/prefix/bin/ravine-optimizers; do\n'
            'printf "#!/bin/sh\\n" >$f; chmod +x $f; done')
    # The test programs of both compilers; a build that fails leaves none.
    for compiler in ("release", "clang"):
        program(root / "build" / compiler / "tests" / "test_a", PROGRAM)
        program(root / "build" / compiler / "tests" / "test_b",
                f'echo "${{RAVINE_MUTATIONS-}}" >>"{root}/mutations.log"; {PROGRAM}')
    program(tools / "ctest", f'echo "$*" >>"{root}/ctest.log"; echo "{CTEST_GOOD}"')
    program(tools / "python3", f'''
        case "$*" in
          *"-m pytest"*) echo "$*" >>"{root}/pytest.log"; echo "7 passed, 1 skipped in 0.1s" ;;
        esac''')
    program(root / "scripts" / "fuzz", f'''echo "$*" >>"{root}/fuzz.log"
        echo "8 targets passed, 0 targets failed"''')
    return root


def run(clone, *arguments):
    path = f"{clone}/bin:{os.environ['PATH']}"
    variables = {name: value for name, value in os.environ.items() if name != "RAVINE_PYTHON"}
    return subprocess.run([clone / "scripts" / "test", *arguments], capture_output=True, text=True,
                          env={**variables, "PATH": path}, check=False)


def last_line(done):
    return done.stdout.splitlines()[-1]


def test_sums_up_all_stages(clone):
    done = run(clone)
    # GCC and Clang, ctest for ASan, 2 x pytest, fuzz; format, includes, three builds, consumer
    assert last_line(done) == f"{2 * 24 + 40 + 2 * 7 + 8 + 6} passed, 0 failed", done.stdout
    assert done.returncode == 0


def test_fast_leaves_out_clang_sanitizers_and_programs(clone):
    assert last_line(run(clone, "--fast")) == f"{24 + 7 + 2} passed, 0 failed"


def test_long_tests_run_on_demand_only(clone):
    run(clone, "--fast")
    assert (clone / "mutations.log").read_text() == "\n"
    assert "--long" not in (clone / "pytest.log").read_text()
    run(clone, "--long")
    assert (clone / "fuzz.log").read_text() == "--runs 1000000\n"
    assert (clone / "mutations.log").read_text() == "\n3000\n3000\n"
    assert "tsan" in (clone / "ctest.log").read_text()
    assert "--long" in (clone / "pytest.log").read_text()


def test_failing_tests_are_counted_and_shown(clone):
    program(clone / "build" / "release" / "tests" / "test_b",
            'echo "what went wrong"; echo "[  PASSED  ] 9 tests."\n'
            'echo "[  FAILED  ] 2 tests, listed below:"; echo "[  FAILED  ] A.B"; exit 1')
    done = run(clone, "--fast")
    assert last_line(done) == f"{12 + 9 + 7 + 2} passed, 2 failed" and done.returncode != 0
    assert "what went wrong" in done.stdout


def test_each_target_of_the_fuzzer_counts(clone):
    program(clone / "scripts" / "fuzz",
            'echo "FAILED csv: x"; echo "7 targets passed, 1 targets failed"; exit 1')
    done = run(clone)
    assert last_line(done) == f"{2 * 24 + 40 + 2 * 7 + 7 + 6} passed, 1 failed" and done.returncode != 0
    assert "FAILED csv: x" in done.stdout


@pytest.mark.parametrize("summary, good, bad", [
    ("2 failed, 5 passed in 3.21s", 5, 2),
    ("1 failed, 5 passed, 2 errors in 3.21s", 5, 3),
    ("1 error in 0.10s", 0, 1),
    ("Segmentation fault", 0, 1),
])
def test_pytest_summaries(clone, summary, good, bad):
    program(clone / "bin" / "python3",
            f'case "$*" in *"-m pytest"*) echo "{summary}"; exit 1 ;; esac')
    assert last_line(run(clone, "--fast")) == f"{good + 24 + 2} passed, {bad} failed"


def test_a_failed_build_is_a_failure_and_skips_its_tests(clone):
    program(clone / "bin" / "cmake", "echo error: something; exit 1")
    done = run(clone, "--fast")
    assert last_line(done) == "8 passed, 1 failed" and done.returncode != 0
    assert "error: something" in done.stdout
    assert not (clone / "mutations.log").exists()


def test_a_crash_is_a_failure(clone):
    program(clone / "build" / "release" / "tests" / "test_a", "kill -SEGV $$")
    done = run(clone, "--fast")
    assert last_line(done) == f"{12 + 7 + 2} passed, 1 failed" and "ended with 139" in done.stdout
    program(clone / "bin" / "ctest", "exit 1")
    assert last_line(run(clone)) == f"{12 + 24 + 2 * 7 + 8 + 6} passed, 2 failed"


def test_a_build_without_test_programs_is_a_failure(clone):
    shutil.rmtree(clone / "build" / "release" / "tests")
    (clone / "build" / "release" / "tests").mkdir()
    assert last_line(run(clone, "--fast")) == "9 passed, 1 failed"


def test_refuses_unknown_arguments(clone):
    done = run(clone, "--quick")
    assert done.returncode == 2 and "--fast and --long" in done.stderr
