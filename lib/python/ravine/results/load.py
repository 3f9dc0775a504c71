"""Result files as pandas frames."""

import dataclasses
import functools
import os

import numpy as np
import pandas as pd

from ..errors import Misuse
from . import columns, components, identity, names, pictures, promises, vocabulary

KIND = "ravine-results"
FORMAT_VERSION = 1
NOT_RAGGED = ("trials", "checks", "environment", "metrics", "components", "constants")
TIMING = "train_seconds"
NAMED_TABLES = ("diagnostics", "trajectories", "landscapes")


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
    vocabulary: roles of the columns of trials, the table of metrics, constants.
    components: what the texts of problems, optimizers, ... are made of.
    labels: {label of a line: what is written instead}, where whoever shows the results says so.
    """

    path: str
    trials: pd.DataFrame
    curves: pd.DataFrame
    units: dict
    attributes: dict
    environment: dict
    tables: dict = dataclasses.field(default_factory=dict)
    checks: pd.DataFrame = dataclasses.field(default_factory=pd.DataFrame)
    vocabulary: "vocabulary.Vocabulary | None" = None
    components: "components.Components" = dataclasses.field(
        default_factory=lambda: components.Components({}))
    labels: dict = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def plan(self):
        """The trials of the last command; those of earlier plans are kept in the file, too."""
        return self.trials[self.trials["in_plan"] == 1]

    @functools.cached_property
    def identity(self):
        """What tells the trials apart, all but the seed: a frame of texts, a row per trial."""
        return identity.fields_of(self.trials)

    @functools.cached_property
    def remembered(self):
        """What is costly to derive from these results, by what derived it and from which part."""
        return {}

    def units_of(self, problem):
        """`units`, but of objectives and losses those of this problem; others may differ."""
        trial = self.trials[self.trials["problem"] == problem].iloc[0]
        own = {name: trial.get(_unit_cell(name)) for name in self.curves}
        return self.units | {name: unit for name, unit in own.items() if isinstance(unit, str)}

    def _repr_html_(self):
        return pictures.results_html(self)

    def __repr__(self):
        return (f"<ravine results '{self.path}': {len(self.plan)} trials of the suite "
                f"{self.attributes.get('suite', '')}>")

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
    """Reads a result file after checking its seal and every promise of results/FORMAT.md.

    Raises Misuse, one sentence, for anything else.
    """
    path = os.fspath(path)
    with columns.opened(path, KIND) as file:
        attributes = columns.attributes(file, path)
        _check_version(path, attributes)
        found = columns.groups(file, path)
        if "trials" not in found or "curves" not in found:
            raise columns.malformed(path, "it has no trials and curves")
        units = {}
        for name in ("environment", "checks", "metrics", "components", "constants", *NAMED_TABLES):
            if name in file and name not in found:
                raise columns.malformed(path, f"/{name} is not a group")
        trials = _frame(path, found["trials"], units)
        trials.index.name = "trial"
        promises.check_trials(path, trials)
        tables = {name: _ragged(path, group, units, trials) for name, group in found.items()
                  if name == "curves" or name not in NOT_RAGGED and "row_size" in group}
        checks = _frame(path, found["checks"], units) if "checks" in found else pd.DataFrame()
        words = vocabulary.read(path, file, found)
        parts = components.read(path, found)
        environment = (columns.attributes(found["environment"], path)
                       if "environment" in found else {})
    if TIMING not in tables["curves"]:  # baselines leave timings out
        trials[TIMING] = tables["curves"][TIMING] = np.nan
    promises.check_components(path, trials, words, parts)
    trials, parts = names.with_present_names(trials, parts)
    results = Results(path, trials, tables.pop("curves"), units, attributes, environment, tables,
                      checks, words, parts)
    promises.check_rows(results)
    return results


def as_results(what):
    """`what` itself if it is a Results, else the Results of the file at this path."""
    return what if isinstance(what, Results) else load(what)


def _check_version(path, attributes):
    version = attributes.get("format_version")
    if version != FORMAT_VERSION:
        raise Misuse(f"'{path}' has format version {version}, but version {FORMAT_VERSION} is "
                     "expected here: use the scripts of the ravine that wrote it")
    if attributes.get("format") != KIND:
        raise columns.malformed(path, f"its attribute format is not {KIND}")
    for name in ("suite", "created", "digest"):
        if not isinstance(attributes.get(name, "" if name != "suite" else None), str):
            raise columns.malformed(path, f"its attribute {name} is not a text")


def _ragged(path, group, units, trials):
    """A contiguous ragged array as a frame with the trial of each row."""
    found = columns.datasets(group, path)
    if "trial" in found:
        raise columns.malformed(path, f"{group.name}/trial has the name of a dimension")
    size = found.pop("row_size", None)
    if size is None or columns.kind_of(size, path) != columns.INTEGER:
        raise columns.malformed(path, f"{group.name}/row_size is not a column of whole numbers")
    if len(size) != len(trials):
        raise columns.malformed(path, f"{group.name}/row_size has {len(size)} rows for "
                                      f"{len(trials)} trials")
    rows = columns.check_lengths(group, found, path)
    sizes = columns.values(size, path)
    if (sizes < 0).any() or (sizes > rows).any() or sizes.sum() != rows:
        raise columns.malformed(path, f"{group.name}/row_size does not add up to the {rows} rows "
                                      "that there are")
    frame = _frame_of(path, found, units)
    frame.insert(0, "trial", np.repeat(np.arange(len(trials)), sizes))
    return frame


def _frame(path, group, units):
    found = columns.datasets(group, path)
    columns.check_lengths(group, found, path)
    return _frame_of(path, found, units)


def _frame_of(path, found, units):
    frame = {}
    for name, dataset in found.items():
        values = columns.values(dataset, path)
        if values.dtype.kind == "i" and (values == -1).any():  # what integers have for NaN
            values = np.where(values == -1, np.nan, values)
        frame[name] = values
        if unit := columns.unit(dataset, path):
            units[name] = unit
    return pd.DataFrame(frame)
