"""How programs end: verdicts, misuse and faults of their own have exit codes of their own."""

import os
import re
import pathlib
import subprocess
import sys

import pytest
import synthetic
from ravine import errors
from ravine.errors import Misuse

PROJECT = pathlib.Path(__file__).parents[2]
WRAPPED = [path for path in (PROJECT / "scripts").rglob("*")
           if path.is_file() and "lib/python\" " in path.read_text(errors="replace")]


def fail(error):
    raise error


@pytest.mark.parametrize("main,code,said", [
    (lambda: 0, 0, ""),
    (lambda: 1, 1, ""),
    (lambda: fail(Misuse("--seeds is 0, but must be positive")), 2, "x: --seeds is 0"),
    (lambda: {}["median"], 70, "x: internal error: KeyError: 'median'; nothing was decided"),
    (lambda: synthetic.write(None, optimizers=()), 70, "x: internal error"),
    (lambda: fail(ValueError("two\nlines")), 70, "ValueError: two lines; "),
    (lambda: fail(MemoryError()), 70, "x: internal error: MemoryError; "),
    (lambda: fail(OSError(28, "No space left on device")), 70, "No space left on device"),
    (lambda: __import__("no_such_library"), 2, "x: this Python lacks no_such_library: run"),
    (lambda: fail(BrokenPipeError()), 0, ""),
])
def test_every_end_has_its_code_and_one_sentence(main, code, said, capsys):
    with pytest.raises(SystemExit) as ended:
        errors.run("x", main)
    text = capsys.readouterr().err
    assert ended.value.code == code
    assert said in text and text.count("\n") == (1 if said else 0)


def test_an_internal_error_says_where_it_is():
    from ravine.study.statistics import iqm
    with pytest.raises(ValueError) as caught:
        iqm("")
    assert "internal error at ravine/study/statistics/aggregate.py:" in errors.describe(caught.value)


def broken(tmp_path, text):
    """A Python in which what programs import does what `text` says: argparse, or signal for scripts/run."""
    for module in ("argparse", "signal"):
        (tmp_path / f"{module}.py").write_text(text)
    return {**os.environ, "PYTHONPATH": str(tmp_path), "RAVINE_PYTHON": sys.executable}


def run(program, arguments, **options):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True,
                          check=False, **options)


@pytest.mark.parametrize("text", ["raise ImportError('libfoo.so.1: not found')",
                                  "raise ValueError('numpy.dtype size changed')"])
@pytest.mark.parametrize("program", WRAPPED, ids=lambda path: path.name)
def test_what_cannot_start_is_misuse_and_never_a_verdict(program, text, tmp_path):
    done = run(program, [], env=broken(tmp_path, text))
    assert done.returncode == 2 and "Traceback" not in done.stderr
    # What argparse or signal breaks may be h5py already, without which no Python is chosen.
    assert re.search("cannot start under|imports h5py", done.stderr) and done.stderr.count("\n") == 1


def test_a_fault_of_the_checker_is_not_regressed(tmp_path):
    synthetic.write(tmp_path / "x.h5", optimizers=("sgd",), seeds=1)
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, types\n"
        "fake = types.ModuleType('ravine.gate.judge')\n"
        "fake.ALPHA, fake.Finding = 0.01, None\n"
        "fake.judge = fake.fewest_seeds = lambda *_: {}['median']\n"
        "sys.modules['ravine.gate.judge'] = fake\n")
    judged = [tmp_path / "x.h5", "--baseline", tmp_path / "x.h5"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "RAVINE_PYTHON": sys.executable}
    done = run(PROJECT / "scripts/gate", judged, env=environment)
    assert (done.returncode, done.stdout) == (70, "")
    assert "internal error at ravine/gate/compare.py" in done.stderr
    assert "Traceback" not in done.stderr
    traced = run(PROJECT / "scripts/gate", judged, env={**environment, "RAVINE_TRACEBACK": "1"})
    assert traced.returncode == 70 and "Traceback" in traced.stderr


def test_a_verdict_that_cannot_be_written_is_none(tmp_path):
    synthetic.write(tmp_path / "x.h5", optimizers=("sgd",), seeds=1)
    judged = [PROJECT / "scripts/gate", tmp_path / "x.h5", "--baseline", tmp_path / "x.h5"]
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(judged, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 70 and "No space left" in done.stderr
        done = subprocess.run(judged, stdout=subprocess.DEVNULL, stderr=full, check=False)
        assert done.returncode == 0


def test_the_gate_answers_to_its_earlier_name():
    gate, check = (run(PROJECT / "scripts" / name, ["--help"]) for name in ("gate", "check"))
    assert check.returncode == gate.returncode == 0
    assert check.stdout == gate.stdout and gate.stdout.startswith("usage: scripts/gate")
