"""A whole grid of trials: the engine, spool and result file of the suites."""

import inspect
import os
import signal
import subprocess
import sys

from ..errors import Misuse
from .command import STOPPED, environment_of_children

FLAGS = {"initializer": "init", "seed": "seeds"}


def run(grid, *, output, workers=1, progress=True, suite="own", precision="float"):
    """Runs the trials of a grid and returns its Results, as ravine.load(output) does.

    grid: a dict from fields of trials to a value or a list of values; each combination is a trial:
    {"problem": "mlp(data=glyphs)", "optimizer": ["adam", MyClass], "learning_rate": [1e-3, 1e-2], "seeds": 3}. Other
    keys are flags of the suites with '_' for '-' ({"tune": "random"}). suite="optimizers" takes from that suite what
    the grid leaves out.

    It runs in processes of its own, one per worker if there are classes, which they must be able to read: define them
    at the top of a .py file. Trials that `output` holds are not run again. Ctrl-C stops the run and keeps what is
    finished: the same call continues. Raises Misuse with the sentence of the command line.
    """
    words = [suite, "--output", os.fspath(output), "--workers", str(workers), "--precision", precision]
    for key, values in grid.items():
        flag = "--" + FLAGS.get(key, key).replace("_", "-")
        for value in values if isinstance(values, (list, tuple)) else [values]:
            words += [flag, _named(value) if key in ("optimizer", "problem") else _spelt(value)]
    child = subprocess.Popen([sys.executable, "-m", "ravine", "run", *words], text=True,
                             env=environment_of_children(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             start_new_session=True)
    said = _follow(child, progress)
    if child.returncode == STOPPED:
        raise KeyboardInterrupt(f"stopped: the same call continues '{output}'")
    if child.returncode not in (0, 1):
        raise Misuse(said.partition(": ")[2] or f"the run ended with exit code {child.returncode}")
    from ..results.load import load

    return load(output)


def _follow(child, progress):
    """Passes on what the run says; returns its last line. Ctrl-C stops the run, not the waiting for it."""
    last, in_notebook = "", "ipykernel" in sys.modules
    while True:
        try:
            for line in child.stderr:
                last = line.strip() or last
                if progress:
                    _show(line.rstrip("\n"), in_notebook)
            child.wait()
            if progress and in_notebook and last:
                sys.stderr.write("\n")
            return last
        except KeyboardInterrupt:
            child.send_signal(signal.SIGTERM)


def _show(line, in_notebook):
    """A line of its own, or in a notebook the one line that each replaces, which needs no widget."""
    sys.stderr.write(f"\r\033[K{line}" if in_notebook else f"{line}\n")
    sys.stderr.flush()


def _named(what):
    """A text for --optimizer or --problem: of a class, where other processes find it."""
    if isinstance(what, str):
        return what
    if not inspect.isclass(what):
        raise Misuse(f"{what!r} cannot be handed to other processes: give its text, or the class")
    try:
        file = os.path.abspath(inspect.getfile(what))
    except (OSError, TypeError):
        file = ""
    if not os.path.isfile(file) or what.__qualname__ != what.__name__:
        raise Misuse(f"other processes cannot read the class {what.__qualname__}: define it at the top of a .py file "
                     "and import it from there, or name it as \"my.py:MyClass\"")
    return f"{file}:{what.__name__}"


def _spelt(value):
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
