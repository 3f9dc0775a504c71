"""What results/FORMAT.md promises of the trials and curves in a result file, checked at once.

Whoever analyses results may rely on all of it: each trial has what names it, each curve its steps.
"""

import math
import re

import numpy as np
import pandas as pd

from .columns import malformed

OUTCOMES = ("completed", "target_reached", "stuck", "diverged", "failed")
NEEDED = ("id", "in_plan", "problem", "optimizer", "learning_rate", "seed", "outcome")
TEXTS = ("id", "spec", "build_id", "problem", "optimizer", "schedule", "initializer", "batch_norm",
         "averaging", "shuffle", "observe", "record", "target", "outcome", "message", "stage",
         "setting", "contest", "objective_unit", "loss_unit")
COUNTS = ("in_plan", "batch_size", "seed", "budget_steps", "steps", "gradient_evaluations",
          "loss_evaluations", "curvature_products")
NUMBERS = ("learning_rate", "train_seconds", "workspace_bytes")
CHECKS = {"id": str, "statement": str, "quantity": str, "predicted": float, "actual": float,
          "tolerance": float, "unit": str}
MOST_STEPS = 2**53  # counts are floating-point numbers where a column mixes both


def check_rows(results):
    """Raises Misuse for the first promise about curves, tables and checks that is broken."""
    _curves(results.path, results.trials, results.curves)
    for name, table in results.tables.items():
        _table(results.path, name, table)
    if len(results.checks.columns):
        _checks(results.path, results.checks)


def check_trials(path, trials):
    """Raises Misuse for the first promise about /trials that is broken."""
    lacking = [name for name in NEEDED if name not in trials]
    if lacking or not len(trials):
        lack = f"the columns {', '.join(lacking)} of /trials" if lacking else "any trial"
        raise malformed(path, f"it lacks {lack}")
    if "trial" in trials:
        raise malformed(path, "/trials/trial has the name of a dimension")
    for name in TEXTS:
        if name in trials and not _is_text(trials[name]):
            raise malformed(path, f"/trials/{name} does not hold texts")
    for name in COUNTS:
        if name in trials:
            _count(path, f"/trials/{name}", trials[name])
    for name in NUMBERS:
        if name in trials and _is_text(trials[name]):
            raise malformed(path, f"/trials/{name} does not hold numbers")
    _each(path, trials, "id", lambda ids: ids != "", "is empty")
    _each(path, trials, "id", lambda ids: ~ids.duplicated(), "is there twice")
    _each(path, trials, "in_plan", lambda flags: flags.isin([0, 1]), "is neither 0 nor 1")
    _each(path, trials, "outcome", lambda own: own.isin(OUTCOMES), "is not an outcome")
    _each(path, trials, "learning_rate", lambda own: np.isfinite(own) & (own >= 0),
          "is not a learning rate")
    for name in ("seed", "problem", "optimizer"):
        _each(path, trials, name, lambda own: own.notna() & (own != ""), "is empty")
    if not (trials["in_plan"] == 1).any():
        raise malformed(path, "no trial is in the plan")
    if "stage" in trials and not {"setting", "contest"} <= set(trials):
        raise malformed(path, "/trials has a stage without setting and contest")


def check_components(path, trials, vocabulary, components):
    """Raises Misuse for a field of the trials with a text that /components does not take apart."""
    for name in (*vocabulary.factors, *vocabulary.protocol):
        if name not in trials or not _is_text(trials[name]):
            continue
        for text in trials[name].unique():
            if text and text not in components:
                raise malformed(path, f"/components lacks {text!r}, which /trials/{name} holds")


def _each(path, trials, name, holds, otherwise):
    bad = ~np.asarray(holds(trials[name]), bool)
    if bad.any():
        trial = int(np.argmax(bad))
        raise malformed(path, f"/trials/{name} of trial {trial}, {trials[name].iloc[trial]!r}, "
                              f"{otherwise}")


def _is_text(column):
    return not pd.api.types.is_numeric_dtype(column)


def _count(path, where, column):
    """Whole numbers from 0; NaN is what a trial lacks."""
    if _is_text(column):
        raise malformed(path, f"{where} does not hold numbers")
    values = column.dropna().to_numpy()
    bad = (values < 0) | (values > MOST_STEPS) | (values != np.floor(values))
    if bad.any():
        raise malformed(path, f"{where} holds {values[np.argmax(bad)]:g} where a count belongs")


def _curves(path, trials, curves):
    for name in ("step", "epoch", "objective"):
        if name not in curves:
            raise malformed(path, f"it lacks the column {name} of /curves")
    _numeric(path, "/curves", curves)
    _count(path, "/curves/step", curves["step"])
    later = curves["trial"].to_numpy()[1:] == curves["trial"].to_numpy()[:-1]
    if curves["step"].isna().any() or (np.diff(curves["step"])[later] <= 0).any():
        raise malformed(path, "/curves/step does not rise within each trial")
    empty = ~trials.index.isin(curves["trial"]) & (trials["outcome"] != "failed")
    if empty.any():
        trial = int(np.argmax(empty))
        raise malformed(path, f"trial {trial} is {trials['outcome'].iloc[trial]} without any "
                              "observation")
    for text in trials["target"].unique() if "target" in trials else ():
        _target(path, text, curves)


def _target(path, text, curves):
    """"none", "" or metric>=number."""
    declared = re.fullmatch(r"(\w+)(>=|<=)(.+)", text)
    if text in ("", "none"):
        return
    try:
        if declared and declared[1] in curves and math.isfinite(float(declared[3])):
            return
    except ValueError:
        pass
    raise malformed(path, f"/trials/target holds {text!r}, which is not a target")


def _table(path, name, table):
    _numeric(path, f"/{name}", table)
    if "step" not in table:
        raise malformed(path, f"it lacks the column step of /{name}")
    for count in ("step", "layer", "part"):
        if count in table:
            _count(path, f"/{name}/{count}", table[count])
    for count in ("layer", "part"):
        if count in table and table[count].isna().any():
            raise malformed(path, f"/{name}/{count} has gaps")


def _numeric(path, group, frame):
    for name, column in frame.items():
        if _is_text(column):
            raise malformed(path, f"{group}/{name} does not hold numbers")


def _checks(path, checks):
    for name, kind in CHECKS.items():
        if name not in checks:
            raise malformed(path, f"it lacks the column {name} of /checks")
        if _is_text(checks[name]) != (kind is str):
            raise malformed(path, f"/checks/{name} holds values of another type")
    if checks["id"].duplicated().any():
        raise malformed(path, "/checks/id names a check twice")
