"""Child processes with their time on the wall and their peak memory."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

# Settings that would slow the peer down or speed it up.
NOT_INHERITED = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
                 "MKL_NUM_THREADS")


# What holds both sides to AVX2 on a CPU with AVX-512.
AVX2 = {"RAVINE_ISA": "v3", "OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}
FORCED = {}  # set by --instructions
PEER_PYTHON = [sys.executable]  # set by --python: the interpreter that imports torch


def environment(threads=None):
    """The user's, without those; with a number of threads for every library that has its own."""
    variables = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    variables.update(FORCED)
    variables["PYTHONPATH"] = str(Path(__file__).parents[3])
    if threads:
        # PyTorch's own setting does not reach an OpenBLAS with threads of its own.
        variables["OMP_NUM_THREADS"] = variables["OPENBLAS_NUM_THREADS"] = str(threads)
        # Else its OpenMP threads spin on the cores that OpenBLAS wants: three times slower.
        variables["OMP_WAIT_POLICY"] = "passive"
    return variables


@dataclasses.dataclass
class Finished:
    seconds: float
    peak_bytes: int


def run(command, threads=None):
    """Runs a program to its end. Raises CalledProcessError with what it said if it fails."""
    launcher = [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]
    done = subprocess.run([*launcher, *map(str, command)], capture_output=True, text=True,
                          env=environment(threads), check=True)
    result = json.loads(done.stdout)
    if result["code"]:
        raise subprocess.CalledProcessError(result["code"], command, stderr=done.stderr)
    return Finished(result["seconds"], result["peak_bytes"])


class Worker:
    """A Python module that answers requests, one JSON line each; it knows its own peak memory."""

    def __init__(self, module, threads=1):
        self.process = subprocess.Popen([*PEER_PYTHON, "-m", module], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True,
                                        env=environment(threads))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, question, **arguments):
        self.process.stdin.write(json.dumps({"question": question, **arguments}) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{question}: the peer's process ended")
        return json.loads(answer)
