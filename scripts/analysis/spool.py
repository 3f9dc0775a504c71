"""Results of a suite that still runs: the packed file, if any, and the finished trials spooled."""

import os
import pathlib

import h5py
import numpy as np
import pandas as pd

from . import seal
from .errors import Misuse
from .load import Results, load

KIND = "ravine-trial"
TEXT, NUMBER, INTEGER = range(3)
TIMING = 16  # added to the kind


def folder_of(path):
    return pathlib.Path(f"{os.fspath(path)}.spool")


def load_partial(path):
    """The Results of `path` joined by the trials in its spool. Raises Misuse if there is neither."""
    packed = load(path) if os.path.exists(path) else None
    known = set(packed.trials["id"]) if packed else set()
    rows, curves = [], []
    for file in sorted(folder_of(path).glob("?" * 16 + ".h5")):
        if file.stem in known:
            continue
        try:
            row, curve = read_trial(file)
        except (Misuse, OSError):
            continue  # packed or replaced while we looked
        rows.append(row)
        curves.append(curve)
    if not rows:
        return packed or load(path)
    return _joined(path, packed, rows, curves)


def read_trial(path):
    """(cells, columns of the curve) of one spooled trial."""
    seal.verify(path, KIND)
    with h5py.File(path, "r") as file:
        identity = file["identity"].asstr()[:]
        cells, curve = file["cells"], file["curve"]
        row = dict(zip(("id", "spec", "build_id"), identity), in_plan=1)
        values = {TEXT: cells["text"].asstr()[:], NUMBER: cells["number"][:],
                  INTEGER: cells["integer"][:]}
        for i, (name, kind) in enumerate(zip(cells["name"].asstr()[:], cells["kind"][:])):
            row[name] = values[kind % TIMING][i]
        names = curve["name"].asstr()[:]
        columns = np.reshape(curve["values"][:], (len(names), -1) if len(names) else (0, 0))
        kinds = curve["kind"][:]
    return row, {name: column.astype(np.int64) if kind % TIMING == INTEGER else column
                 for name, kind, column in zip(names, kinds, columns)}


def _joined(path, packed, rows, curves):
    frames = [pd.DataFrame(curve) for curve in curves]
    first = len(packed.trials) if packed else 0
    for trial, frame in enumerate(frames, first):
        frame.insert(0, "trial", trial)
    trials, observations = pd.DataFrame(rows), pd.concat(frames, ignore_index=True)
    attributes, units, environment = {}, {}, {}
    if packed:
        trials = pd.concat([packed.trials, trials], ignore_index=True)
        observations = pd.concat([packed.curves, observations], ignore_index=True)
        attributes, units = packed.attributes, packed.units
        environment = packed.environment
    trials.index.name = "trial"
    return Results(os.fspath(path), trials, observations, units,
                   {"suite": pathlib.Path(path).stem, **attributes}, environment)
