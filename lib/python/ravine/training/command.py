"""The suites with optimizers that are Python classes.

    python3 -m ravine run optimizers --optimizer my.py:MyOptimizer --reuse results/optimizers.h5

Every flag of a suite works, --tune and --shard among them; "own" in place of a suite's name stands for a grid that
the flags alone decide. Besides:

    --optimizer FILE.py:CLASS    a class; values for its fields may follow, "my.py:MyOptimizer(beta=0.5)"
    --problem FILE.py:CLASS      a problem that is a class, likewise
    --class FILE.py:CLASS        an optimizer that other texts name, "lookahead(inner=my_optimizer)"
    --precision float|double     float, unless given
    --reuse FILE                 the grid of the suite with these optimizers beside its own: runs what this result
                                 file lacks, and adds it there

Python code takes turns within a process. With a class among the optimizers, --workers N therefore starts N processes,
each with a shard of the plan, and merges what they wrote into the file of one process, bit by bit.
"""

import contextlib
import ctypes
import importlib.util
import os
import pathlib
import re
import signal
import subprocess
import sys

from .. import places
from ..errors import Misuse
from .declaration import describe
from .engine import engine
from .own_problems import describe_problem

STOPPED = 75  # resumable: the same command continues
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
ASKS = {"--list", "--dry-run", "--help", "--version", "--components", "--print-output"}
OWN = re.compile(r"(?P<file>.+\.py):(?P<name>\w+)(?P<fields>.*)", re.DOTALL)


def main(arguments):
    """`run SUITE FLAGS`; returns the exit code of the suite."""
    if arguments[:1] == ["run"] and set(arguments[1:2]) & {"-h", "--help"}:
        sys.stdout.write(__doc__)
        return 0
    if len(arguments) < 2 or arguments[0] != "run" or arguments[1].startswith("-"):
        raise Misuse("write run and a suite, then its flags: run optimizers --optimizer my.py:MyOptimizer; own stands "
                     "for a grid that the flags alone decide")
    suite, *flags = arguments[1:]
    rest = [part for word in flags for part in (word.split("=", 1) if re.match(r"--[\w-]+=", word) else [word])]
    given = list(rest)
    precision = (_taken(rest, "--precision") or ["float"])[-1]
    workers = _count((_taken(rest, "--workers") or ["1"])[-1])
    classes = [load_class(text) for text in _taken(rest, "--class")]
    optimizers = [_own(text, classes, describe) for text in _taken(rest, "--optimizer")]
    own_problems = []
    problems = [_own(text, own_problems, describe_problem) for text in _taken(rest, "--problem")]
    if reuse := _taken(rest, "--reuse"):
        if "--output" in rest:
            raise Misuse("--reuse adds to a result file: give it in place of --output")
        if not os.path.isfile(reuse[-1]):
            raise Misuse(f"--reuse names '{reuse[-1]}', which is not there: run the suite first, or give --output")
        rest += ["--output", reuse[-1]]
    beside = optimizers if reuse else []
    flags = rest + [part for text in optimizers if not reuse for part in ("--optimizer", text)]
    flags += [part for text in problems for part in ("--problem", text)]
    in_python = bool(classes or own_problems)
    if in_python and workers > 1 and not ASKS & set(rest) and "--shard" not in rest:
        return _in_shards([suite, *_without_workers(given)], workers)
    words = [*flags, "--workers", str(1 if in_python else workers)]
    return engine(precision).suite_main(suite, words, [describe(cls) for cls in dict.fromkeys(classes)],
                                        [describe_problem(cls) for cls in dict.fromkeys(own_problems)],
                                        beside)


def load_class(text):
    """The class that "my.py:MyClass" names."""
    match = OWN.fullmatch(text)
    if not match or match["fields"]:
        raise Misuse(f"'{text}' does not name a class: write my.py:MyClass")
    path = pathlib.Path(match["file"]).resolve()
    if not path.is_file():
        raise Misuse(f"'{match['file']}' is not a file: name a class as my.py:MyClass")
    key = f"ravine_own:{path}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, path)
        sys.modules[key] = importlib.util.module_from_spec(spec)  # where inspect looks for sources
        sys.path.insert(0, str(path.parent))
        try:
            spec.loader.exec_module(sys.modules[key])
        except (Exception, SystemExit) as error:
            del sys.modules[key]
            raise Misuse(f"'{path}' cannot be loaded: it raised {type(error).__name__}: {error}") from error
    found = getattr(sys.modules[key], match["name"], None)
    if found is None:
        known = [name for name, value in vars(sys.modules[key]).items() if callable(getattr(value, "step", None))]
        raise Misuse(f"'{path}' has no class '{match['name']}': it has {', '.join(known) or 'none with a step()'}")
    return found


def _own(text, classes, describe_class):
    """my.py:MyClass(beta=0.5) -> my_class(beta=0.5), with the class among `classes`; other texts as they are."""
    match = OWN.fullmatch(text)
    if not match:
        return text
    classes.append(load_class(f"{match['file']}:{match['name']}"))
    return describe_class(classes[-1]).name + match["fields"]


def _taken(words, flag):
    """The values of a flag, which leaves the list."""
    values = []
    while flag in words:
        at = words.index(flag)
        if at + 1 == len(words):
            raise Misuse(f"{flag} needs a value")
        values.append(words[at + 1])
        del words[at:at + 2]
    return values


def _without_workers(words):
    rest = list(words)
    _taken(rest, "--workers")
    return rest


def _count(text):
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > 1024:
        raise Misuse(f"--workers is '{text}': give a whole number in [1, 1024]")
    return int(text)


def _in_shards(words, workers):
    asked = subprocess.run([*_command(words), "--print-output"], capture_output=True, text=True, check=False,
                           env=environment_of_children())
    if asked.returncode:  # misuse, said once
        sys.stderr.write(asked.stderr)
        return asked.returncode
    output, kind = asked.stdout.rstrip("\n").rsplit("\n", 1)
    if kind.startswith("tuned"):
        raise Misuse("--workers of a tuned run with Python optimizers must be 1: shard its stages instead")
    folder, name = os.path.split(output.removesuffix(".h5"))
    os.makedirs(folder or ".", exist_ok=True)
    code = _wait(words, workers)
    if code > 1:
        return code
    parts = [os.path.join(folder, f"{name}.shard-{index}-of-{workers}.h5") for index in range(workers)]
    inputs = [path for path in (output, *parts) if os.path.exists(path)]
    engine().merge(output, inputs)  # of either precision
    for path in (*parts, os.path.join(folder, f"{name}.plan")):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
    sys.stdout.write(f"{output}\n")
    return code


def _command(words):
    return [sys.executable, "-m", "ravine", "run", *words]


def _wait(words, workers):
    """The worst exit code of the shards. Signals are passed on, upon which they store what they have; a shard whose
    parent is killed stops, too."""
    children = []

    def stop(number, frame):
        for child in children:
            child.send_signal(signal.SIGTERM)

    for number in STOPS:
        signal.signal(number, stop)
    for index in range(workers):
        children.append(subprocess.Popen([*_command(words), "--shard", f"{index}/{workers}"], stdout=subprocess.DEVNULL,
                                         env=environment_of_children(), start_new_session=True,
                                         preexec_fn=_stop_with_parent))
    return max(_exit_code(child.wait(), index, workers) for index, child in enumerate(children))


def _exit_code(code, index, workers):
    if code >= 0:
        return code
    if -code in STOPS:
        return STOPPED
    sys.stderr.write(f"ravine: shard {index} of {workers} was ended by signal {-code}: what it finished is kept; run the "
                     "same command again once the cause is gone\n")
    return 128 - code


def _stop_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def environment_of_children():
    """Ours, with this package where they look for it."""
    paths = [str(places.PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
