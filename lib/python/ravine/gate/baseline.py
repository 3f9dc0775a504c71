"""Makes a baseline from a result file: every result bit, no timings, small enough to be committed.

Compressed, with what depends on the machine or the build left out: times, bytes, host, compiler,
build id and date. The same results therefore give the same baseline, byte for byte, on any machine.
`scripts/gate` and `ravine.load` read it.
"""

import argparse
import os
import pathlib

import h5py
import numpy as np

from .. import errors
from ..results import seal
from ..results.load import KIND, load
from .exact import TIMINGS

ATTRIBUTES = ("format", "format_version", "suite", "digest")
ENVIRONMENT = ("ravine", "precision")
OF_A_BUILD = ("build_id",)
STORED = {"compression": "gzip", "compression_opts": 9, "shuffle": True, "track_times": False}


def write_baseline(source, target):
    """Writes the baseline of the result file `source`, replacing `target` at once."""
    load(source)  # refuses anything but an intact result file
    target = pathlib.Path(target)
    part = target.with_name(target.name + ".part")
    with h5py.File(source, "r") as old, _timeless_file(part) as new:
        for name in ATTRIBUTES:
            if name in old.attrs:
                new.attrs[name] = old.attrs[name]
        environment = _timeless_group(new, "environment")
        for name in ENVIRONMENT:
            if name in old["environment"].attrs:
                environment.attrs[name] = old["environment"].attrs[name]
        for group in ("trials", "curves", "checks", "metrics", "components", "constants"):
            if group not in old:
                continue
            copy = _timeless_group(new, group)
            for name, value in old[group].attrs.items():
                copy.attrs[name] = value
            for name, column in old[group].items():
                if not name.endswith(TIMINGS) and name not in OF_A_BUILD:
                    _copy(column, new, f"{group}/{name}")
    seal.seal(part, KIND)
    os.replace(part, target)


def _timeless_file(path):
    """A new file that does not hold when it was written.

    Of version 1.10: older HDF5 formats spend 2 kB on the index of every column's chunks.
    """
    creation, access = (h5py.h5p.create(kind) for kind in (h5py.h5p.FILE_CREATE,
                                                           h5py.h5p.FILE_ACCESS))
    creation.set_userblock(seal.SEAL_BYTES)
    creation.set_obj_track_times(False)
    access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_V110)
    return h5py.File(h5py.h5f.create(os.fsencode(path), h5py.h5f.ACC_TRUNC, creation, access))


def _timeless_group(file, name):
    creation = h5py.h5p.create(h5py.h5p.GROUP_CREATE)
    creation.set_obj_track_times(False)
    return h5py.Group(h5py.h5g.create(file.id, name.encode(), None, creation))


def _copy(column, new, name):
    if h5py.check_string_dtype(column.dtype) is not None:
        texts = [text.encode() for text in column.asstr()[:]]
        width = max([1, *map(len, texts)])  # fixed, because variable lengths are never compressed
        kind = h5py.string_dtype("utf-8", width)
        copy = _store(new, name, np.array(texts, dtype=kind), kind)
    else:
        copy = _store(new, name, column[:], column.dtype)
    if "units" in column.attrs:
        copy.attrs["units"] = column.attrs["units"]


def _store(file, name, values, kind):
    """One chunk: it needs no index."""
    chunks = {"chunks": values.shape, **STORED} if values.size else {"track_times": False}
    return file.create_dataset(name, data=values, dtype=kind, **chunks)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/renew_baselines", description=__doc__)
    parser.add_argument("source", metavar="RESULTS.h5")
    parser.add_argument("target", metavar="BASELINE.h5")
    options = parser.parse_args(arguments)
    try:
        write_baseline(options.source, options.target)
    except OSError as error:
        raise errors.Misuse(f"cannot write '{options.target}': {error.strerror}") from error
    return 0


if __name__ == "__main__":
    errors.run("scripts/renew_baselines", main)
