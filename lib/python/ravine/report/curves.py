"""The curves of a suite as the page carries them: columns of 32-bit floats, trials as slices."""

import base64

import matplotlib.colors
import numpy as np

from ..figures import style
from ..figures.axes import FRACTION, metric_label
from ..results.identity import short_value

X_AXES = {"epoch": "epoch", "step": "update", "gradient_evaluations": "gradient evaluations",
          "train_seconds": "training time (s)"}
NOT_METRICS = ("trial", "loss_evaluations", "curvature_products", *X_AXES)
LEAST_LUMINANCE = 0.44  # of a line on black
GREY = 0.05  # largest difference between the channels of what is not a colour
# Between metrics of equal standing the page starts with the first that is measured.


def columns_of(results):
    """{name: text}, of the columns that the page shows and that were measured at all.

    A text is the base64 of a bit per observation, set where it has a value, a dot, and the base64 of
    these values as little-endian float32; or "=" and the name of an earlier column that is the same.
    """
    packed, seen = {}, {}
    for name in results.curves:
        if name in NOT_METRICS and name not in X_AXES:
            continue
        with np.errstate(over="ignore"):  # what no 32-bit float holds is infinite on the page
            values = results.curves[name].to_numpy(dtype="<f4")
        if np.isfinite(values).any():
            known = ~np.isnan(values)
            text = ".".join(base64.b64encode(part.tobytes()).decode() for part in
                            (np.packbits(known, bitorder="little"), values[known]))
            packed[name] = f"={seen[text]}" if text in seen else text
            seen.setdefault(text, name)
    return packed


def metrics_of(results, columns):
    """[(name, label, is accuracy)], raw metrics first, then averages, then norms."""
    names = [name for name in columns if name not in NOT_METRICS]

    first = results.vocabulary.reported

    def place(name):
        return (first.index(name) if name in first else len(first),
                not name.endswith(("_loss", "_accuracy")), name.startswith("averaged_"))

    return [{"name": name, "label": metric_label(name, results.units),
             "accuracy": results.units.get(name) == FRACTION} for name in sorted(names, key=place)]


def trials_of(results):
    """Seed, outcome and slice of each trial, as parallel lists in the order of the file."""
    begin = np.searchsorted(results.curves["trial"], results.trials.index, side="left")
    end = np.searchsorted(results.curves["trial"], results.trials.index, side="right")
    return {"seed": [int(s) for s in results.trials["seed"]],
            "outcome": list(results.trials["outcome"]),
            "begin": begin.tolist(), "end": end.tolist()}


def series_of_problem(problem):
    """The entries of a problem with their trials grouped by learning rate."""
    colours = style.colours(problem.entries)
    return [{"label": entry.label, "colours": shades(colours[entry.label]), "rate": entry.rate,
             "configurations": [{"rate": float(rate), "trials": [int(t) for t in group.index]}
                                for rate, group in entry.trials.groupby("learning_rate")]}
            for entry in problem.entries]


def shades(colour):
    """The colour on white, and one of the same hue that can be seen on black.

    Colours are lightened as far as needed; greys are mirrored, or black and dark grey would be one.
    """
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    if np.ptp(rgb) < GREY:
        return [matplotlib.colors.to_hex(rgb), matplotlib.colors.to_hex(1 - 0.9 * rgb)]
    luminance = rgb @ [0.2126, 0.7152, 0.0722]
    share = max(0.0, (LEAST_LUMINANCE - luminance) / (1 - luminance))
    return [matplotlib.colors.to_hex(rgb), matplotlib.colors.to_hex(rgb + share * (1 - rgb))]


def factors_of(results):
    """[(factor, its values in short)] of what the trials vary and hold, all but rate and seed."""
    fields = results.identity.loc[results.plan.index]
    columns = {name: fields[name] for name in fields if name not in ("learning_rate", "problem")}
    if "budget_steps" in results.plan:
        columns["budget_steps"] = results.plan["budget_steps"].map(lambda count: f"{count:g}")
    rows = []
    for name, values in columns.items():
        texts = [short_value(text, name) for text in dict.fromkeys(values) if text]
        rows.append((name.replace("_", " "), results.components.labels(texts).values()
                     if len(texts) > 1 else texts))
    return [(name, ", ".join(dict.fromkeys(values))) for name, values in rows if values]
