"""The quick run of every suite, computed once for all tests of a session and all its workers."""

import fcntl

import suites

NAMES = [name.removeprefix("ravine-") for name in suites.SUITES]


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
                suites.quick(program, part)
                part.chmod(0o444)
                part.rename(output)
        return output
