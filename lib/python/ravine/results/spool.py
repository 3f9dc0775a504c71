"""Results of a suite that still runs: the packed file, if any, and the finished trials spooled."""

import contextlib
import dataclasses
import hashlib
import io
import os
import pathlib
import re

import h5py
import numpy as np
import pandas as pd

from ..errors import Misuse
from . import columns, promises, seal
from .load import KIND, Results, load

TRIAL, SEGMENT = "ravine-trial", "ravine-segment"
TRIALS = "?" * 16 + ".h5"
TEXT, NUMBER, INTEGER = range(3)
TIMING = 16  # added to the kind
INDEX = re.compile(rb"(\w{1,64}) \w+ (\w{1,64}) (\d{1,18})\n")  # id, build id, outcome, bytes


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


@dataclasses.dataclass(frozen=True)
class Finished:
    """What is finished of an output now.

    outcomes: {id: outcome} of the trials of the latest plan in its file and of all in its spool.
    damaged: one sentence on each file that does not count, because it is not intact.
    """

    outcomes: dict
    damaged: list


def finished(path):
    """The Finished of an output, whose files may be replaced while we look."""
    found, damaged = {}, []

    def look(file, read):
        try:
            found.update(read(file))
        except Misuse as error:
            if os.path.lexists(file):
                damaged.append(str(error))

    if os.path.lexists(path):
        look(path, _planned)
    for segment in _segments(folder_of(path)):
        look(segment, lambda file: ((id_, outcome) for id_, outcome, _ in _index(file)))
    for file in folder_of(path).glob(TRIALS):
        look(file, _outcome)
    return Finished(found, damaged)


def _planned(path):
    """(id, outcome) of the trials of the latest plan in a result file."""
    with columns.opened(path, KIND) as file:
        trials = columns.group(file, "trials", path)
        ids = columns.column(trials, "id", columns.TEXT, path)
        flags = columns.column(trials, "in_plan", columns.INTEGER, path)
        outcomes = columns.column(trials, "outcome", columns.TEXT, path)
    if not len(ids) == len(flags) == len(outcomes):
        raise columns.malformed(path, "/trials has columns of different lengths")
    return zip(ids[flags == 1], outcomes[flags == 1])


def _outcome(path):
    """(id, outcome) of a spooled trial, without its curves."""
    with columns.opened(path, TRIAL) as file:
        cells = columns.group(file, "cells", path)
        names = list(columns.column(cells, "name", columns.TEXT, path))
        texts = columns.column(cells, "text", columns.TEXT, path)
    if "outcome" not in names or len(names) != len(texts):
        raise columns.malformed(path, "/cells has no outcome")
    yield path.stem, texts[names.index("outcome")]


def has_trials(path):
    """Whether the spool of `path` holds trials that are not packed yet."""
    folder = folder_of(path)
    return any(folder.glob(TRIALS)) or any(_segments(folder))


def _segments(folder):
    """Segment files, the newest last."""
    return sorted(folder.glob("*.segment"), key=lambda path: (len(path.stem), path.stem))


def _places(folder):
    """{id: (file, where its bytes are in it)}. A file of its own is newer than a segment."""
    places = {}
    for segment in _segments(folder):
        with contextlib.suppress(Misuse, OSError):
            places.update((id_, (segment, place)) for id_, _, place in _index(segment))
    places.update((file.stem, (file, slice(None))) for file in folder.glob(TRIALS))
    return sorted(places.items())


def _index(path):
    """(id, outcome, where its bytes are) of the trials in a segment file: results/FORMAT.md."""
    label = seal.verify(path, SEGMENT)
    with open(path, "rb") as file:
        file.seek(seal.SEAL_BYTES)
        lines = [file.readline()]
        for _ in range(int(lines[0]) if lines[0].strip().isdigit() else 0):
            lines.append(file.readline())
            if not lines[-1]:
                break
        begin = file.tell()
    index = []
    for line in lines[1:]:
        match = INDEX.fullmatch(line)
        if match:
            length = int(match[3])
            index.append((match[1].decode(), match[2].decode(), slice(begin, begin + length)))
            begin += length
    if (hashlib.sha256(b"".join(lines)).hexdigest() != label or len(index) != len(lines) - 1
            or begin != os.stat(path).st_size):
        raise Misuse(f"'{path}' has a damaged index: it is not a segment of trials, or was altered")
    return index


def read_trial(path, place=slice(None)):
    """(cells, columns of the curve, {table: columns}) of one spooled trial."""
    if path.suffix == ".h5":
        seal.verify(path, TRIAL)
    with open(path, "rb") as file:
        file.seek(place.start or 0)
        return _decode(path, file.read(-1 if place.stop is None else place.stop - place.start))


def _decode(path, image):
    with columns.refusing(path, "HDF5 cannot open it"):
        file = h5py.File(io.BytesIO(image), "r")
    with file:
        identity = columns.column(file, "identity", columns.TEXT, path)
        if len(identity) != 3:
            raise columns.malformed(path, "/identity is not an id, a text and a build id")
        row = dict(zip(("id", "spec", "build_id"), identity), in_plan=1)
        row |= _cells(path, columns.group(file, "cells", path))
        tables = (columns.groups(columns.group(file, "tables", path), path)
                  if "tables" in file else {})
        return (row, _columns(path, columns.group(file, "curve", path)),
                {name: _columns(path, group) for name, group in tables.items()})


def _cells(path, group):
    names, kinds = _names(path, group, TEXT)
    values = [columns.column(group, name, kind, path)
              for name, kind in zip(("text", "number", "integer"),
                                    (columns.TEXT, columns.NUMBER, columns.INTEGER))]
    if any(len(column) != len(names) for column in values):
        raise columns.malformed(path, "/cells has columns of different lengths")
    return {name: values[kind][i] if kind != INTEGER or values[kind][i] != -1 else np.nan
            for i, (name, kind) in enumerate(zip(names, kinds))}


def _columns(path, group):
    names, kinds = _names(path, group, NUMBER)
    values = columns.column(group, "values", columns.NUMBER, path)
    if len(values) % max(1, len(names)) or (len(values) and not len(names)):
        raise columns.malformed(path, f"{group.name} has columns of different lengths")
    return {name: own.astype(np.int64) if kind == INTEGER and np.isfinite(own).all() else own
            for name, kind, own in zip(names, kinds,
                                       values.reshape(len(names), -1) if len(names) else [])}


def _names(path, group, least):
    """Names and kinds of cells or columns; the kinds begin with `least`."""
    names = columns.column(group, "name", columns.TEXT, path)
    kinds = columns.column(group, "kind", columns.INTEGER, path)
    if len(kinds) != len(names) or ((kinds % TIMING < least) | (kinds % TIMING > INTEGER)
                                    | (kinds < 0) | (kinds >= 2 * TIMING)).any():
        raise columns.malformed(path, f"{group.name} has columns of unknown kinds")
    return names, kinds % TIMING


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
    texts = trials.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in trials.dtypes]]
    trials[texts] = trials[texts].fillna("")  # what a trial lacks, as in a packed file
    trials.index.name = "trial"
    results = Results(os.fspath(path), trials, observations, units,
                      {"suite": pathlib.Path(path).stem, **attributes}, environment, tables,
                      packed.checks if packed else pd.DataFrame())
    promises.check_trials(results.path, trials)
    promises.check_rows(results)
    return results


def _stacked(columns, first, packed):
    """The rows of all trials, below those of the packed file if there are any."""
    frames = [] if packed is None else [packed]
    for trial, own in enumerate(columns, first):
        frame = pd.DataFrame(own)
        frame.insert(0, "trial", trial)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)
