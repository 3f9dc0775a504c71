"""The vocabulary of real result files, for files and results that tests make up."""

import functools
import pathlib

import h5py

from ravine.results.load import load

BASELINE = pathlib.Path(__file__).parents[3] / "results" / "baselines" / "optimizers.h5"


@functools.cache
def of_a_baseline():
    return load(BASELINE).vocabulary


def copy_into(file):
    """Gives an open HDF5 file that has /trials the tables of a baseline."""
    with h5py.File(BASELINE, "r") as own:
        for group in ("metrics", "constants"):
            own.copy(own[group], file, group)
        file["trials"].attrs.update({name: own["trials"].attrs[name]
                                     for name in ("factors", "replicates", "budget", "protocol")})
