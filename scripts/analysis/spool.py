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

KIND, BATCH_KIND = "ravine-trial", "ravine-batch"
TRIALS, BATCHES = "?" * 16 + ".h5", "*.batch"
TEXT, NUMBER, INTEGER = range(3)
TIMING = 16  # added to the kind


def folder_of(path):
    return pathlib.Path(f"{os.fspath(path)}.spool")


def load_partial(path):
    """The Results of `path` joined by the trials in its spool. Raises Misuse if there is neither."""
    packed = load(path) if os.path.exists(path) else None
    known = set(packed.trials["id"]) if packed else set()
    rows, curves, tables = [], [], []
    for id_, image in _images(folder_of(path)):
        if id_ in known:
            continue
        known.add(id_)
        row, curve, own = _decode(image)
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
    for file in _files(folder_of(path), BATCHES):
        with contextlib.suppress(Misuse, OSError):
            found.update((id_, outcome) for id_, outcome, _ in _batch_index(file.read_bytes()))
    for file in _files(folder_of(path), TRIALS):
        with contextlib.suppress(OSError), h5py.File(file, "r") as trial:
            cells = trial["cells"]
            place = list(cells["name"].asstr()[:]).index("outcome")
            found[file.stem] = cells["text"].asstr()[place]
    return found


def _files(folder, pattern):
    return sorted(folder.glob(pattern))


def _images(folder):
    """(id, bytes) of the trials in a spool, whole ones only."""
    for file in _files(folder, BATCHES):
        try:
            seal.verify(file, BATCH_KIND)
            batch = file.read_bytes()
            index = _batch_index(batch)
        except (Misuse, OSError):
            continue  # packed while we looked
        for id_, _, place in index:
            yield id_, batch[place]
    for file in _files(folder, TRIALS):
        try:
            seal.verify(file, KIND)
            yield file.stem, file.read_bytes()
        except (Misuse, OSError):
            continue  # packed, folded or replaced while we looked


def _batch_index(batch):
    """(id, outcome, where its bytes are) of the trials in a batch file (lib/ravine/run/batch_file.hpp)."""
    count, rest = batch[seal.SEAL_BYTES:].split(b"\n", 1)
    lines = rest.split(b"\n", int(count))[:-1]
    begin = seal.SEAL_BYTES + len(count) + 1 + sum(len(line) + 1 for line in lines)
    index = []
    for line in lines:
        id_, _, outcome, length = line.decode().split()
        index.append((id_, outcome, slice(begin, begin + int(length))))
        begin += int(length)
    return index


def _decode(image):
    """(cells, columns of the curve, {table: columns}) of one spooled trial."""
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
