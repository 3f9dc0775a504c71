"""The quick run of every suite, computed once for all tests of a session and all its workers."""

import fcntl
import subprocess

import suites

from ravine.speed.peers import processes

NAMES = [name.removeprefix("ravine-") for name in suites.SUITES]


def measured_run(program, output):
    """Runs the quick scale, which must succeed; returns the most memory that it had, in bytes."""
    command = ["env", "-u", "RAVINE_DATA_DIR", suites.BUILD / program, "--scale", "quick", "--output", output]
    try:
        return processes.run(command).peak_bytes
    except subprocess.CalledProcessError as error:
        raise AssertionError(error.stderr) from None


class QuickRuns:
    """A folder of result files; the first test that asks for one runs its suite."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def __call__(self, suite):
        """The path of the quick results of "optimizers", ... to read, not to write."""
        program = f"ravine-{suite.removeprefix('ravine-')}"
        output = self.folder / f"{program}.h5"
        with open(self.folder / f"{program}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not output.exists():
                part = self.folder / f"{program}.part.h5"
                (self.folder / f"{program}.peak").write_text(str(measured_run(program, part)))
                part.chmod(0o444)
                part.rename(output)
        return output

    def peak_megabytes(self, suite):
        """The most memory that this run had."""
        return float(self(suite).with_suffix(".peak").read_text()) * 1e-6
