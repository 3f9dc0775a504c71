"""Results of a suite that still runs: the packed file, if any, and the finished trials spooled."""

import contextlib
import io
import os
import pathlib

import h5py
import numpy as np
import pandas as pd

from . import seal
from .errors import Misuse
from .load import Results, load

TRIALS = "?" * 16 + ".h5"
TEXT, NUMBER, INTEGER = range(3)
TIMING = 16  # added to the kind


def folder_of(path):
    return pathlib.Path(f"{os.fspath(path)}.spool")


def load_partial(path):
    """The Results of `path` joined by the trials in its spool. Raises Misuse if there is neither."""
    packed = load(path) if os.path.exists(path) else None
    known = set(packed.trials["id"]) if packed else set()
    rows, curves, tables = [], [], []
    for id_, (file, place) in _places(folder_of(path)):
        if id_ in known:
            continue
        try:
            row, curve, own = read_trial(file, place)
        except (Misuse, OSError):
            continue  # packed, folded or replaced while we looked
        rows.append(row)
        curves.append(curve)
        tables.append(own)
    if not rows:
        return packed or load(path)
    return _joined(path, packed, rows, curves, tables)


def outcomes(path):
    """{id: outcome} of the trials of the latest plan in `path` and of all in its spool."""
    found = {}
    if os.path.exists(path):
        with h5py.File(path, "r") as file:
            trials = file["trials"]
            planned = trials["in_plan"][:] == 1
            found.update(zip(trials["id"].asstr()[planned], trials["outcome"].asstr()[planned]))
    for batch in _batches(folder_of(path)):
        with contextlib.suppress(Misuse, OSError):
            found.update((id_, outcome) for id_, outcome, _ in _index(batch))
    for file in folder_of(path).glob(TRIALS):
        with contextlib.suppress(OSError), h5py.File(file, "r") as trial:
            cells = trial["cells"]
            found[file.stem] = cells["text"].asstr()[list(cells["name"].asstr()).index("outcome")]
    return found


def has_trials(path):
    """Whether the spool of `path` holds trials that are not packed yet."""
    folder = folder_of(path)
    return any(folder.glob(TRIALS)) or any(_batches(folder))


def _batches(folder):
    """Batch files, the newest last."""
    return sorted(folder.glob("*.batch"), key=lambda path: (len(path.stem), path.stem))


def _places(folder):
    """{id: (file, where its bytes are in it)}. A file of its own is newer than a batch."""
    places = {}
    for batch in _batches(folder):
        with contextlib.suppress(Misuse, OSError):
            places.update((id_, (batch, place)) for id_, _, place in _index(batch))
    places.update((file.stem, (file, slice(None))) for file in folder.glob(TRIALS))
    return sorted(places.items())


def _index(path):
    """(id, outcome, where its bytes are) of the trials in a batch file: results/FORMAT.md."""
    seal.verify(path, "ravine-batch")
    with open(path, "rb") as file:
        file.seek(seal.SEAL_BYTES)
        lines = [file.readline().split() for _ in range(int(file.readline()))]
        begin = file.tell()
    index = []
    for id_, _, outcome, length in lines:
        index.append((id_.decode(), outcome.decode(), slice(begin, begin + int(length))))
        begin += int(length)
    return index


def read_trial(path, place=slice(None)):
    """(cells, columns of the curve, {table: columns}) of one spooled trial."""
    if path.suffix == ".h5":
        seal.verify(path, "ravine-trial")
    with open(path, "rb") as file:
        file.seek(place.start or 0)
        return _decode(file.read(-1 if place.stop is None else place.stop - place.start))


def _decode(image):
    with h5py.File(io.BytesIO(image), "r") as file:
        identity = file["identity"].asstr()[:]
        cells = file["cells"]
        row = dict(zip(("id", "spec", "build_id"), identity), in_plan=1)
        values = {TEXT: cells["text"].asstr()[:], NUMBER: cells["number"][:],
                  INTEGER: cells["integer"][:]}
        for i, (name, kind) in enumerate(zip(cells["name"].asstr()[:], cells["kind"][:])):
            row[name] = values[kind % TIMING][i]
        tables = {name: _columns(group) for name, group in file.get("tables", {}).items()}
        return row, _columns(file["curve"]), tables


def _columns(group):
    names = group["name"].asstr()[:]
    columns = np.reshape(group["values"][:], (len(names), -1) if len(names) else (0, 0))
    return {name: column.astype(np.int64) if kind % TIMING == INTEGER else column
            for name, kind, column in zip(names, group["kind"][:], columns)}


def _joined(path, packed, rows, curves, tables):
    first = len(packed.trials) if packed else 0
    trials = pd.DataFrame(rows)
    observations = _stacked(curves, first, packed and packed.curves)
    names = dict.fromkeys(name for own in tables for name in own)
    if packed:
        names.update(dict.fromkeys(packed.tables))
    tables = {name: _stacked([own.get(name, {}) for own in tables], first,
                             packed and packed.tables.get(name)) for name in names}
    attributes, units, environment = {}, {}, {}
    if packed:
        trials = pd.concat([packed.trials, trials], ignore_index=True)
        attributes, units = packed.attributes, packed.units
        environment = packed.environment
    trials.index.name = "trial"
    return Results(os.fspath(path), trials, observations, units,
                   {"suite": pathlib.Path(path).stem, **attributes}, environment, tables,
                   packed.checks if packed else pd.DataFrame())


def _stacked(columns, first, packed):
    """The rows of all trials, below those of the packed file if there are any."""
    frames = [] if packed is None else [packed]
    for trial, own in enumerate(columns, first):
        frame = pd.DataFrame(own)
        frame.insert(0, "trial", trial)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
