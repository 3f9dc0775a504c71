"""What ravine-results says of outputs that are still being written: nothing here reads a spool."""

import dataclasses
import json
import os
import pathlib
import subprocess
import tempfile

from .. import places
from ..errors import Misuse


def ask(*words):
    """What `ravine-results WORDS` prints. Raises Misuse, with its sentence, where it refuses."""
    program = places.programs() / "ravine-results"
    try:
        done = subprocess.run([program, *map(os.fspath, words)], capture_output=True, check=False)
    except OSError as error:
        raise Misuse(f"'{program}' cannot be run ({error.strerror}): build it (scripts/bench does), or "
                     "set RAVINE_BUILD_DIR to the folder of the programs") from error
    if done.returncode:
        said = done.stderr.decode(errors="surrogateescape").strip().splitlines()
        raise Misuse(said[-1].removeprefix("ravine-results: ") if said
                     else f"ravine-results {words[0]} ended with exit code {done.returncode}")
    return done.stdout.decode(errors="surrogateescape")


def status(*outputs):
    """The status of each output, as results/FORMAT.md describes it: a dict each."""
    return json.loads(ask("status", "--json", *outputs))["outputs"] if outputs else []


def load_so_far(path):
    """The Results of what an output and its shards have finished so far; the run goes on.

    Raises Misuse where nothing is finished yet.
    """
    from .load import load

    with tempfile.TemporaryDirectory(prefix="ravine-") as folder:
        packed = pathlib.Path(folder) / "so-far.h5"
        ask("pack", packed, path)
        return dataclasses.replace(load(packed), path=os.fspath(path))
