"""The corpus of odd result files: every column and group renamed, retyped, resized, linked elsewhere,
and values that no suite writes; each a named edit (forged_results.py)."""

import h5py
import numpy as np

from .forged_results import (
    BAD_UTF8, OF_COLUMNS, OF_GROUPS, added, attribute, both, constant, damaged_chunk, deleted,
    emptied, first, loop, named, other_kind, put, renamed, values)

# Representatives of texts, whole numbers and numbers, of trials, curves, tables and checks.
COLUMNS = {"trials/id": True, "trials/optimizer": True, "trials/learning_rate": True,
           "trials/seed": True, "trials/problem_data": False, "curves/row_size": True,
           "curves/step": True, "curves/objective": True, "diagnostics/layer": False,
           "checks/statement": True, "checks/actual": True, "components/text": True,
           "components/value": True}  # whether the format needs it
GROUPS = {"trials": True, "curves": True, "environment": False, "diagnostics": False, "checks": False,
          "components": True}


def edits():
    """{name: (edit, whether the file has to be refused)}"""
    found = {}
    for name, needed in COLUMNS.items():
        for change in OF_COLUMNS:
            spared = not needed and change in (deleted, renamed)
            # A text or a count where any parameter may stand is a parameter of another type.
            spared |= name == "trials/problem_data" and change is other_kind
            found[f"{name} {change.__name__}"] = (_of(change, name), not spared)
    for name, needed in GROUPS.items():
        for change in OF_GROUPS:
            spared = not needed and change in (deleted, renamed, emptied)
            found[f"{name} {change.__name__}"] = (_of(change, name), not spared)
    found.update((name, (edit, True)) for name, edit in REFUSED.items())
    found.update((name, (edit, False)) for name, edit in READ.items())
    return found


def _of(change, name):
    return lambda file: change(file, name)


REFUSED = {
    "row_size negative": both(first("curves/row_size", -1)),
    "row_size balanced by a negative": values(
        "curves/row_size", lambda old: old + np.resize([-100, 100], len(old))),
    "row_size floats": values("curves/row_size", lambda old: old.astype(float)),
    "row_size overflows": constant("curves/row_size", 2**62),
    "row_size empty": values("curves/row_size", lambda old: np.append(0, old[:-1] + (
        np.arange(len(old) - 1) == 0) * old[-1])),
    "row_size above 2^63": constant("curves/row_size", np.uint64(2**64 - 1)),
    "step negative": first("curves/step", -5),
    "step falls": values("curves/step", lambda old: old[::-1].copy()),
    "step stands": constant("curves/step", 1),
    "step a fraction": first("curves/step", 0.5),
    "step missing": first("curves/step", -1),
    "learning_rate nan": constant("trials/learning_rate", np.nan),
    "learning_rate one nan": first("trials/learning_rate", np.nan),
    "learning_rate infinite": first("trials/learning_rate", np.inf),
    "learning_rate negative": first("trials/learning_rate", -0.1),
    "seed missing": first("trials/seed", -1),
    "seed negative": first("trials/seed", -7),
    "seed nan": constant("trials/seed", np.nan),
    "spec nan": lambda file: put(file, "trials/spec", np.full(len(file["trials/id"]), np.nan)),
    "id twice": constant("trials/id", "0" * 16),
    "id empty": first("trials/id", ""),
    "id not UTF-8": first("trials/id", BAD_UTF8),
    "message not UTF-8": first("trials/message", BAD_UTF8),
    "plan empty": constant("trials/in_plan", 0),
    "plan of another number": constant("trials/in_plan", 2),
    "outcome unknown": first("trials/outcome", "vanished"),
    "outcome empty": first("trials/outcome", ""),
    "problem empty": first("trials/problem", ""),
    "optimizer empty": constant("trials/optimizer", ""),
    "target unknown": constant("trials/target", "luck>=1"),
    "target no number": constant("trials/target", "test_loss>=x"),
    "target nan": constant("trials/target", "test_loss<=nan"),
    "stage alone": added("stage", "final"),
    "column trial of trials": added("trial", 1),
    "column trial of curves": lambda file: file["curves"].create_dataset(
        "trial", data=np.zeros(len(file["curves/step"]))),
    "layer a fraction": first("diagnostics/layer", 0.5),
    "check twice": constant("checks/id", "L1"),
    "component without a name": constant("components/kind", "argument"),
    "component of no kind": first("components/kind", "part"),
    "component not in the table": constant("trials/schedule", "cosine(end=1)"),
    "step damaged": damaged_chunk("curves/step"),
    "format missing": attribute("/", "format", None),
    "format another": attribute("/", "format", "netcdf"),
    "version missing": attribute("/", "format_version", None),
    "version future": attribute("/", "format_version", 99),
    "version a text": attribute("/", "format_version", "1"),
    "version an array": attribute("/", "format_version", [1, 1]),
    "version empty": attribute("/", "format_version", h5py.Empty("i8")),
    "suite missing": attribute("/", "suite", None),
    "suite a number": attribute("/", "suite", 7),
    "suite not UTF-8": attribute("/", "suite", BAD_UTF8),
    "environment not UTF-8": attribute("environment", "cpu", BAD_UTF8),
    "units not UTF-8": attribute("curves/objective", "units", BAD_UTF8),
    "name not UTF-8": lambda file: file.move("trials/message", b"trials/caf\xe9"),
    "group dangling": lambda file: file.__setitem__("more", h5py.SoftLink("/nowhere")),
    "group outside": lambda file: file.__setitem__("more", h5py.ExternalLink("/etc/passwd", "/")),
}

METRICS = ("objective", "train_loss", "test_loss", "validation_loss", "train_accuracy",
           "test_accuracy", "validation_accuracy", "gradient_norm", "update_norm", "parameter_norm",
           "train_seconds")

# Values that a suite could store, or that mean nothing to a reader: no tool may stumble.
READ = {
    **{f"metrics {word}": both(*(constant(f"curves/{metric}", value) for metric in METRICS))
       for word, value in (("nan", np.nan), ("infinite", np.inf), ("negative", -2.0), ("zero", 0.0),
                           ("enormous", 1e308), ("enormous below", -1e308))},
    "diagnostics nan": constant("diagnostics/input_mean", np.nan),
    "landscapes infinite": constant("landscapes/objective", np.inf),
    "learning_rate zero": constant("trials/learning_rate", 0.0),
    "learning_rate enormous": constant("trials/learning_rate", 1e308),
    "seed enormous": first("trials/seed", 2**53 - 1),
    "step float32": values("curves/step", lambda old: old.astype("f4")),
    "objective big-endian": values("curves/objective", lambda old: old.astype(">f8")),
    "seed int8": values("trials/seed", lambda old: old.astype("i1")),
    "all failed": constant("trials/outcome", "failed"),
    "all diverged": constant("trials/outcome", "diverged"),
    "all stuck": constant("trials/outcome", "stuck"),
    "one in the plan": values("trials/in_plan", lambda old: (np.arange(len(old)) == 0).astype("u1")),
    # With the figures of optimizers, which name what they show.
    **{f"words {word}": both(attribute("/", "suite", "optimizers"), named(text), *(
        constant(f"trials/{column}", text) for column in (
            "problem", "optimizer", "schedule", "message")))
       for word, text in (("unbalanced", "((("), ("closed", ")"), ("equations", "a(b=c=d,,=)"),
                          ("long", "x" * 5000), ("escape", "\x1b[31mred\x07"), ("lines", "a\nb\r\tc"),
                          ("mathematics", "$\\frac{"), ("dollars", "f(data=a$$b.csv)"), ("path", "../../x"),
                          ("not Latin", "\u6570\u636e \U0001f600 \u202e"))},
    "parameter not a number": added("optimizer_alpha2", "sutskever(max=0.99)"),
    "created missing": attribute("/", "created", None),
    "suite unknown": attribute("/", "suite", "nobody's"),
    "suite empty": attribute("/", "suite", ""),
    "units a number": attribute("curves/objective", "units", 5),
    "units an array": attribute("curves/objective", "units", ["a", "b"]),
    "environment a number": attribute("environment", "cpu", 5),
    "group of columns unknown": lambda file: file.copy("diagnostics", "more"),
    "group within": lambda file: file.create_group("environment/more"),
    "loop": loop,
}
