"""Result files as pandas frames."""

import dataclasses
import functools
import os

import h5py
import numpy as np
import pandas as pd

from . import identity, seal
from .errors import Misuse

KIND = "ravine-results"
FORMAT_VERSION = 1
NEEDED = ("id", "in_plan", "problem", "optimizer", "learning_rate", "seed", "outcome")


@dataclasses.dataclass(frozen=True)
class Results:
    """The content of one result file.

    trials: one row per trial, indexed by `trial` (its position in the file): id, problem,
        optimizer, learning_rate, seed, outcome, in_plan, ...
    curves: one row per observation with its `trial`: step, epoch, train_loss, ...
    units: the unit of each column that has one, by column name; "mixed" if problems differ in it.
    attributes: of the whole file: suite, created, digest, ...
    environment: where and how the results were made.
    tables: what only some trials record, by the name of its group ("diagnostics",
        "trajectories"): frames with a row per `trial`, `step` and what else counts.
    checks: one row per exact check of the suite: id, statement, quantity, predicted, actual,
        tolerance, unit; empty without any.
    """

    path: str
    trials: pd.DataFrame
    curves: pd.DataFrame
    units: dict
    attributes: dict
    environment: dict
    tables: dict = dataclasses.field(default_factory=dict)
    checks: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)

    @property
    def plan(self):
        """The trials of the last command; those of earlier plans are kept in the file, too."""
        return self.trials[self.trials["in_plan"] == 1]

    @functools.cached_property
    def identity(self):
        """What tells the trials apart, all but the seed: a frame of texts, a row per trial."""
        return identity.fields_of(self.trials)

    def units_of(self, problem):
        """`units`, but of objectives and losses those of this problem; others may differ."""
        trial = self.trials[self.trials["problem"] == problem].iloc[0]
        own = {name: trial.get(_unit_cell(name)) for name in self.curves}
        return self.units | {name: unit for name, unit in own.items() if isinstance(unit, str)}

    def to_xarray(self):
        """The same as an xarray Dataset with the dimensions trial and observation."""
        from .xarray_view import to_xarray

        return to_xarray(self)


def _unit_cell(column):
    """The column of the trials that has the unit of a metric, None for any other column."""
    if column == "objective" or column.endswith("_objective"):
        return "objective_unit"
    return "loss_unit" if column.endswith("_loss") else None


def load(path):
    """Reads a result file after checking its seal. Raises Misuse for anything else."""
    path = os.fspath(path)
    seal.verify(path, KIND)
    with h5py.File(path, "r") as file:
        attributes = {name: _plain(value) for name, value in file.attrs.items()}
        version = attributes.get("format_version")
        if version != FORMAT_VERSION:
            raise Misuse(f"'{path}' has format version {version}, but version {FORMAT_VERSION} is "
                         "read here: use the scripts of the ravine that wrote it")
        if "trials" not in file or "curves" not in file:
            raise Misuse(f"'{path}' has no trials and curves: run the suite again")
        environment = dict(file["environment"].attrs) if "environment" in file else {}
        units = {}
        trials = _frame(file["trials"], units)
        curves = _frame(file["curves"], units)
        row_size = _row_size(file["curves"])
        tables = {name: (_frame(group, units), _row_size(group)) for name, group in file.items()
                  if name != "curves" and isinstance(group, h5py.Group) and "row_size" in group}
        checks = _frame(file["checks"], units) if "checks" in file else pd.DataFrame()
    trials.index.name = "trial"
    lacking = [name for name in NEEDED if name not in trials]
    if lacking or not len(trials):
        lack = f"the columns {', '.join(lacking)} of /trials" if lacking else "any trial"
        raise Misuse(f"'{path}' lacks {lack}: run the suite again")
    curves = _with_trials(path, trials, curves, row_size)
    tables = {name: _with_trials(path, trials, *table) for name, table in tables.items()}
    environment = {name: _plain(value) for name, value in environment.items()}
    return Results(path, trials, curves, units, attributes, environment, tables, checks)


def _row_size(group):
    return group.get("row_size", np.empty(0, int))[:]


def _with_trials(path, trials, rows, row_size):
    """A contiguous ragged array with the trial of each row."""
    if len(row_size) != len(trials) or row_size.sum() != len(rows):
        raise Misuse(f"'{path}' contradicts itself: {len(trials)} trials, {len(row_size)} curves, "
                     f"{row_size.sum()} of {len(rows)} observations; run the suite again")
    rows.insert(0, "trial", np.repeat(trials.index.to_numpy(), row_size))
    return rows


def _frame(group, units):
    columns = {}
    for name, dataset in group.items():
        if name == "row_size":
            continue
        text = h5py.check_string_dtype(dataset.dtype) is not None
        values = _texts(dataset[:]) if text else dataset[:]
        if values.dtype.kind == "i" and (values == -1).any():  # what integers have for NaN
            values = np.where(values == -1, np.nan, values)
        columns[name] = values
        if "units" in dataset.attrs:
            units[name] = _plain(dataset.attrs["units"])
    return pd.DataFrame(columns)


def _texts(stored):
    """Texts of a column as str: each different one is decoded once, as most columns repeat a few."""
    codes, distinct = pd.factorize(stored.astype(object))
    return np.array([text.decode() for text in distinct], object)[codes]


def _plain(value):
    """An HDF5 attribute as str, int, float or array."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, np.ndarray) and value.ndim == 0 or isinstance(value, np.generic):
        return value.item()
    return value
