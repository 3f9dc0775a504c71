"""Results as a rectangular xarray Dataset, for notebooks that think in labelled dimensions."""

import numpy as np


def to_xarray(results):
    """A Dataset with the dimensions trial and observation.

    Columns of curves have shape (trial, observation), padded with NaN (integers become floats)
    behind the end of shorter trials; columns of trials have shape (trial,) and are coordinates, so
    that `dataset.where(dataset.optimizer == "sgd", drop=True)` selects. A column of the trials whose
    name a curve has, too, ends in `_of_trial`: learning_rate is that of every observation,
    learning_rate_of_trial the factor. Needs xarray.
    """
    import xarray

    trials, curves = results.trials, results.curves
    row = np.searchsorted(trials.index, curves["trial"])
    begin = np.searchsorted(curves["trial"], trials.index)
    column = np.arange(len(curves)) - begin[row]
    shape = (len(trials), int(column.max(initial=-1)) + 1)
    variables = {}
    for name in curves.columns.drop("trial"):
        values = np.full(shape, np.nan)
        values[row, column] = curves[name]
        units = {"units": results.units[name]} if name in results.units else {}
        variables[name] = (("trial", "observation"), values, units)
    coordinates = {f"{name}_of_trial" if name in variables else name: ("trial", trials[name].to_numpy())
                   for name in trials}
    return xarray.Dataset(variables, {"trial": trials.index.to_numpy(), **coordinates},
                          dict(results.attributes))
