"""Results of a suite that still runs: the packed file, if any, and the finished trials spooled."""

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
TEXT, NUMBER, INTEGER = range(3)
TIMING = 16  # added to the kind


def folder_of(path):
    return pathlib.Path(f"{os.fspath(path)}.spool")


def load_partial(path):
    """The Results of `path` joined by the trials in its spool. Raises Misuse if there is neither."""
    packed = load(path) if os.path.exists(path) else None
    known = set(packed.trials["id"]) if packed else set()
    rows, curves, tables = [], [], []
    for name, image in _images(folder_of(path)):
        if name in known:
            continue
        try:
            row, curve, own = read_trial(image, name)
        except (Misuse, OSError):
            continue  # damaged: the suite computes it again
        rows.append(row)
        curves.append(curve)
        tables.append(own)
    if not rows:
        return packed or load(path)
    return _joined(path, packed, rows, curves, tables)


def _images(folder):
    """(id, bytes) of the spooled trials, ascending by id: files of their own, and batches of many.

    What is packed or replaced while we look is left out.
    """
    found = {}
    for file in [*sorted(folder.glob("*.batch")), *folder.glob("?" * 16 + ".h5")]:
        try:
            image = file.read_bytes()
            # A file of its own is newer than a batch, a later batch newer than an earlier one.
            found.update(_unfolded(image, file) if file.suffix == ".batch" else {file.stem: image})
        except (Misuse, OSError):
            continue
    return sorted(found.items())


def _unfolded(image, path):
    """{id: bytes} of a batch: the number of trials, a line of four words for each, the bytes."""
    seal.verify_image(image, path, BATCH_KIND)
    body = io.BytesIO(image[seal.SEAL_BYTES :])
    lines = [body.readline().split() for _ in range(int(body.readline()))]
    return {line[0].decode(): body.read(int(line[3])) for line in lines}


def read_trial(image, name):
    """(cells, columns of the curve, {table: columns}) of the bytes of one spooled trial."""
    seal.verify_image(image, name, KIND)
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
