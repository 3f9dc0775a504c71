"""The command `ravine`: everything that is installed under one name.

    ravine run optimizers --scale quick --output results/optimizers.h5
    ravine figures results/optimizers.h5
    ravine report results/optimizers.h5

{commands}

ravine COMMAND --help explains one; ravine run SUITE --help a suite.
"""

import os
import pathlib
import runpy
import subprocess
import sys

from . import completion, places
from .errors import Misuse, near

# Rooms of this package, which scripts/ starts as well: their modules, and what they do.
ROOMS = {
    "figures": ("ravine.figures", "draw the figures of result files"),
    "report": ("ravine.report", "write one page of HTML about result files"),
    "tables": ("ravine.tables", "write tables of results for papers"),
    "claims": ("ravine.claims", "test what a suite claims on its results"),
    "gate": ("ravine.gate", "compare results with a baseline, for continuous integration"),
    "check": ("ravine.gate", "the same as gate"),
    "records": ("ravine.records", "show and judge the fewest steps to published targets"),
    "reproduce": ("ravine.reproduce", "repeat published experiments and compare"),
    "export": ("ravine.export", "write curves and trials as CSV, Parquet or TensorBoard events"),
    "fetch": ("ravine.fetch", "fetch real data sets"),
    "watch": ("ravine.watch", "show a running suite in the terminal"),
    "status": ("ravine.cluster.status", "show how far a run on a cluster is"),
}
# What ravine-results does.
RESULTS = {
    "show": "summarize a result file", "digest": "print the digest of its bits",
    "compare": "list differences between two result files",
    "verify": "confirm that files are complete and unaltered", "merge": "join result files",
    "pack": "pack what a running suite has finished", "tidy": "remove what killed runs have left",
    "replay": "train a stored trial again and compare its bits",
}
OTHERS = {
    "run": "run a suite, also with optimizers written in Python",
    "list": "list the suites",
    "submit": "run a suite in shards on a Slurm cluster",
    "completion": "print what makes bash complete this command",
}
SUMMARIES = {**OTHERS, **{name: summary for name, (_, summary) in ROOMS.items()}, **RESULTS}
# Whatever of these a run has needs the engine in this process; other runs are the program's own.
IN_PYTHON = ("--class", "--precision", "--reuse")


def main(words):
    """Runs `ravine WORDS` and returns its exit code; programs take this process over."""
    os.environ["RAVINE_COMMAND"] = "ravine"
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return 0
    if words[0] == "--version":
        from ._version import version
        print(f"ravine {version()}")
        return 0
    name, *rest = words
    if name in ROOMS:
        return run_room(name, rest)
    if name in RESULTS:
        return execute(program("results"), [name, *rest])
    if name == "run":
        return run(rest)
    if name == "list":
        return list_suites(rest)
    if name == "submit":
        os.environ.setdefault("RAVINE_BUILD_DIR", str(places.programs()))
        return execute(places.scripts() / "slurm" / "submit", rest)
    if name == "completion":
        sys.stdout.write(completion.SCRIPT.read_text(encoding="utf-8"))
        return 0
    if name == "complete":  # called by that script
        return completion.main(rest)
    raise Misuse(f"unknown command '{name}'{near(name, SUMMARIES)}: ravine --help lists them")


def usage():
    width = max(map(len, SUMMARIES))
    lines = "\n".join(f"  {name:{width}}  {summary}" for name, summary in SUMMARIES.items())
    return __doc__.format(commands=lines)


def run_room(name, words):
    module = ROOMS[name][0]
    sys.argv = [f"ravine {name}", *words]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


def run(words):
    """A suite: the program itself, or the engine where Python takes part."""
    if not words or words[0] in ("-h", "--help"):
        from .training import command
        sys.stdout.write(command.__doc__)
        return 0
    suite, *flags = words
    if suite.startswith("-"):
        raise Misuse(f"write run and a suite, then its flags, but '{suite}' comes first: ravine list shows the suites")
    flag_names = {flag.split("=")[0] for flag in flags}
    if suite == "own" or flag_names & set(IN_PYTHON) or any(".py:" in flag for flag in flags):
        from .training.command import main as run_in_python
        obey_ravine_isa()
        return run_in_python(["run", *words])
    return execute(program(suite), flags)


def obey_ravine_isa():
    """RAVINE_ISA=v3 hides AVX-512 from the loader, which chose the engine's library when this process began."""
    hidden, before = "glibc.cpu.hwcaps=-AVX512F", os.environ.get("GLIBC_TUNABLES", "")
    if os.environ.get("RAVINE_ISA") == "v3" and hidden not in before:
        os.environ["GLIBC_TUNABLES"] = f"{before}:{hidden}".lstrip(":")
        os.execv(sys.executable, sys.orig_argv)


def program(suite):
    path = places.programs() / f"ravine-{suite}"
    if suite not in [*places.suites(), "results", "kernels"] or not path.is_file():
        known = places.suites()
        if not known:
            raise Misuse(f"there are no suites in '{places.programs()}': build them, or set RAVINE_BUILD_DIR to their "
                         "folder")
        raise Misuse(f"there is no suite '{suite}'{near(suite, known)}: ravine list shows them")
    return path


def execute(path, words):
    """Becomes the program, so that signals and exit codes are its own."""
    sys.stdout.flush()
    try:
        os.execv(path, [str(path), *words])
    except OSError as error:
        raise Misuse(f"'{path}' cannot be run: {error.strerror}") from error


def list_suites(words):
    if words:
        raise Misuse(f"list takes no arguments, but got '{words[0]}'")
    suites = {name: summary_of(program(name)) for name in places.suites()}
    width = max(map(len, suites), default=0)
    for name, summary in suites.items():
        print(f"{name:{width}}  {summary}")
    return 0


def summary_of(path: pathlib.Path):
    """The first sentence of a program's help."""
    said = subprocess.run([path, "--help"], capture_output=True, text=True, check=False).stdout
    paragraphs = said.split("\n\n")
    text = " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else ""
    ends = [text.find(mark) + 1 for mark in (". ", "? ", ": ") if mark in text]
    return (text[:min(ends)] if ends else text).rstrip(":")
