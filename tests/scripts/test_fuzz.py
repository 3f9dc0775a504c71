"""scripts/fuzz counts its targets, with a stand-in for the fuzzer."""

import pathlib
import shutil
import subprocess
import sys

PROJECT = pathlib.Path(__file__).parents[2]


def test_each_target_is_a_line_and_a_test(tmp_path):
    (tmp_path / "scripts" / "lib").mkdir(parents=True)
    for name in ("fuzz", "lib/common.sh", "lib/junit.py"):
        shutil.copy(PROJECT / "scripts" / name, tmp_path / "scripts" / name)
    for target in ("csv", "idx", "libsvm"):
        (tmp_path / "tests" / "fuzz" / "inputs" / target).mkdir(parents=True)
    fuzzer = tmp_path / "build" / "fuzz" / "tests" / "ravine-fuzz"
    fuzzer.parent.mkdir(parents=True)
    fuzzer.write_text('#!/bin/sh\necho "Done 5 runs in 1 second(s)"\n[ "$1" != --target=idx ]\n')
    fuzzer.chmod(0o755)
    junit = tmp_path / "junit"
    junit.mkdir()
    done = subprocess.run([tmp_path / "scripts" / "fuzz", "--junit", junit / "fuzz.xml"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stdout.splitlines()[-1] == "2 targets passed, 1 targets failed"
    added = subprocess.run([sys.executable, tmp_path / "scripts" / "lib" / "junit.py", junit],
                           capture_output=True, text=True, check=True)
    assert added.stdout == "2 1\n"
