"""scripts/test adds up the JUnit files of its stages, with stand-ins for compilers and test programs."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

PROJECT = pathlib.Path(__file__).parents[2]


def junit(good, bad=0, idle=0):
    """A JUnit file of so many tests, as a shell word."""
    tests = (good * '<testcase name="a"/>' + bad * '<testcase name="b"><failure message="no"/></testcase>'
             + idle * '<testcase name="c"><skipped/></testcase>')
    return f"'<testsuites><testsuite>{tests}</testsuite></testsuites>'"


def writes(text, flag):
    """A command that writes `text` to the file of its last argument that begins with `flag`."""
    return f'''
        for word in "$@"; do
          [[ $last != "{flag}" ]] || echo {text} >"$word"
          [[ $word != "{flag}"?* ]] || echo {text} >"${{word#{flag}}}"
          last=$word
        done
        '''


PROGRAM = writes(junit(12), "--gtest_output=xml:")


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
    for name in ("common.sh", "junit.py"):
        shutil.copy(PROJECT / "scripts" / "lib" / name, root / "scripts" / "lib" / name)
    program(root / "scripts" / "setup", "")
    subprocess.run(["git", "init", "-q", root], check=True)
    tools = root / "bin"
    program(tools / "clang-format", "echo clang-format version 14.0.6")
    # An installed consumer and the results program, wherever they are looked for.
    program(tools / "cmake", 'mkdir -p build/consumer/build build/consumer/prefix/bin build/release\n'
            'for f in build/consumer/build/{consumer_ravine{,_double},check_gradients,shipped_grid} '
            'build/release/ravine-results '
            'build/consumer/prefix/bin/ravine-optimizers; do\n'
            'printf "#!/bin/sh\\n" >$f; chmod +x $f; done')
    # The test programs of both compilers; a build that fails leaves none.
    for compiler in ("release", "clang"):
        program(root / "build" / compiler / "tests" / "test_a", PROGRAM)
        program(root / "build" / compiler / "tests" / "test_b",
                f'echo "${{RAVINE_MUTATIONS-}}" >>"{root}/mutations.log"; {PROGRAM}')
    program(tools / "ctest", f'echo "$*" >>"{root}/ctest.log"' + writes(junit(40), "--output-junit"))
    pytests(root, f'echo "$*" >>"{root}/pytest.log"' + writes(junit(7, idle=1), "--junitxml"))
    program(root / "scripts" / "fuzz", f'echo "${{*#--junit}}" >>"{root}/fuzz.log"' + writes(junit(8), "--junit"))
    return root


def pytests(root, text):
    """What pytest does; all else is done by a real Python, but for imports."""
    program(root / "bin" / "python3", f'''
        case "$*" in
          *"-m pytest"*) {text} ;;
          *junit.py*) exec {sys.executable} "$@" ;;
        esac''')


def run(clone, *arguments):
    path = f"{clone}/bin:{os.environ['PATH']}"
    variables = {name: value for name, value in os.environ.items() if name != "RAVINE_PYTHON"}
    return subprocess.run([clone / "scripts" / "test", *arguments], capture_output=True, text=True,
                          env={**variables, "PATH": path}, check=False)


def last_line(done):
    return done.stdout.splitlines()[-1]


def test_sums_up_all_stages(clone):
    done = run(clone)
    # GCC and Clang, ctest for ASan, 3 x pytest, fuzz; format, includes, three builds, consumer
    assert last_line(done) == f"{2 * 24 + 40 + 3 * 7 + 8 + 6} passed, 0 failed", done.stdout
    assert done.returncode == 0


def test_fast_leaves_out_clang_sanitizers_and_programs(clone):
    assert last_line(run(clone, "--fast")) == f"{24 + 7 + 2} passed, 0 failed"


def test_portable_builds_one_precision_and_compares_its_digests(clone):
    program(clone / "bin" / "cmake", f'echo "$*" >>"{clone}/cmake.log"')
    assert last_line(run(clone, "--portable")) == f"{1 + 2 * 7} passed, 0 failed"
    assert "--target every_suite_of_ravine ravine_engine" in (clone / "cmake.log").read_text()
    digests, tests = (clone / "pytest.log").read_text().splitlines()
    assert digests.endswith("test_suites.py -k golden_digest") and "not both_precisions" in tests
    program(clone / "bin" / "cmake", "exit 1")
    assert last_line(run(clone, "--portable")) == "0 passed, 1 failed"


def test_long_tests_run_on_demand_only(clone):
    run(clone, "--fast")
    assert (clone / "mutations.log").read_text() == "\n"
    assert "--long" not in (clone / "pytest.log").read_text()
    run(clone, "--long")
    assert (clone / "fuzz.log").read_text().endswith(" --runs 1000000\n")
    assert (clone / "mutations.log").read_text() == "\n3000\n3000\n"
    assert "tsan" in (clone / "ctest.log").read_text()
    assert "--long" in (clone / "pytest.log").read_text()


def test_failing_tests_are_counted_and_shown(clone):
    program(clone / "build" / "release" / "tests" / "test_b",
            'echo "what went wrong"' + writes(junit(9, 2), "--gtest_output=xml:") + "exit 1")
    done = run(clone, "--fast")
    assert last_line(done) == f"{12 + 9 + 7 + 2} passed, 2 failed" and done.returncode != 0
    assert "what went wrong" in done.stdout


def test_each_target_of_the_fuzzer_counts(clone):
    program(clone / "scripts" / "fuzz",
            'echo "FAILED csv: x"' + writes(junit(7, 1), "--junit") + "exit 1")
    done = run(clone)
    assert last_line(done) == f"{2 * 24 + 40 + 3 * 7 + 7 + 6} passed, 1 failed" and done.returncode != 0
    assert "FAILED csv: x" in done.stdout


@pytest.mark.parametrize("text, good, bad", [
    (junit(5, 2), 5, 2),
    ("'<testsuites><testsuite><testcase/><testcase><error/></testcase><testcase><failure/><error/>"
     "</testcase></testsuite></testsuites>'", 1, 2),
    ("'<testsuites><testsuite><error/></testsuite></testsuites>'", 0, 1),
    ("''", 0, 1),
    ("'<testsuite><testcase/>'", 0, 1),
], ids=["failures", "errors", "no test", "empty", "half"])
def test_what_pytest_reports(clone, text, good, bad):
    pytests(clone, writes(text, "--junitxml") + "exit 1")
    assert last_line(run(clone, "--fast")) == f"{good + 24 + 2} passed, {bad} failed"


def test_a_command_that_fails_without_a_failure_is_one(clone):
    pytests(clone, writes(junit(7), "--junitxml") + "exit 3")
    assert last_line(run(clone, "--fast")) == "33 passed, 1 failed"


@pytest.mark.parametrize("attributes, good, bad", [
    ('status="run"', 1, 0), ('status="run" result="completed"', 1, 0), ('status="fail"', 0, 1),
    ('status="notrun"', 0, 0), ('status="disabled"', 0, 0), ('status="run" result="skipped"', 0, 0),
    ('status="notrun" result="suppressed"', 0, 0)])
def test_what_ctest_and_gtest_say_of_a_test(tmp_path, attributes, good, bad):
    (tmp_path / "a.xml").write_text(f"<testsuites><testsuite><testcase {attributes}/></testsuite></testsuites>")
    assert add_up(tmp_path) == (good, bad)


def test_files_are_added_up_and_none_is_a_failure(tmp_path):
    assert add_up(tmp_path) == (0, 1)
    (tmp_path / "a.xml").write_text("<testsuite><testcase/><testcase/></testsuite>")
    (tmp_path / "b.xml").write_text("<testsuite><testcase/><testcase><failure/></testcase></testsuite>")
    assert add_up(tmp_path) == (3, 1)
    (tmp_path / "c.xml").touch()
    assert add_up(tmp_path) == (3, 2)


def add_up(folder):
    done = subprocess.run([sys.executable, PROJECT / "scripts" / "lib" / "junit.py", folder],
                          capture_output=True, text=True, check=True)
    return tuple(map(int, done.stdout.split()))


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
    assert last_line(run(clone)) == f"{12 + 24 + 3 * 7 + 8 + 6} passed, 2 failed"


def test_a_build_without_test_programs_is_a_failure(clone):
    shutil.rmtree(clone / "build" / "release" / "tests")
    (clone / "build" / "release" / "tests").mkdir()
    assert last_line(run(clone, "--fast")) == "9 passed, 1 failed"


def test_refuses_unknown_arguments(clone):
    done = run(clone, "--quick")
    assert done.returncode == 2 and "--fast, --long, --portable or --chroot" in done.stderr


def test_another_formatter_is_no_judge(clone):
    program(clone / "bin" / "clang-format", "echo clang-format version 19.1.7; exit 1")
    program(clone / "bin" / "clang-format-14", "exit 127")
    done = run(clone)
    assert done.returncode == 0 and "skipped: there is no clang-format 14" in done.stdout


@pytest.mark.parametrize("words, said", [([], "name a release"), (["../x"], "name a release"),
                                         (["trixie"], "apt-get install mmdebstrap")])
def test_a_chroot_needs_a_release_and_its_tool(clone, words, said):
    shutil.copy(PROJECT / "scripts" / "lib" / "chroot.sh", clone / "scripts" / "lib" / "chroot.sh")
    done = subprocess.run(["/bin/bash", clone / "scripts" / "test", "--chroot", *words], capture_output=True, text=True,
                          check=False, env=tools_of(clone))
    assert done.returncode == 2 and said in done.stderr


def tools_of(clone):
    """A PATH with what the script needs and no mmdebstrap."""
    few = clone / "few"
    few.mkdir()
    for name in ("dirname", "nproc", "bash"):
        (few / name).symlink_to(shutil.which(name))
    return {"PATH": str(few)}
