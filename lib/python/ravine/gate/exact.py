"""Exact comparison: every result bit of a trial against the stored one."""

import dataclasses

import numpy as np

# Names end in their unit: what is timed or depends on the machine is not a result.
TIMINGS = ("_seconds", "_bytes")


@dataclasses.dataclass(frozen=True)
class Difference:
    """The first place, in step order, where a trial leaves its baseline."""

    seed: int
    column: str
    step: object  # None if the curves agree and a cell of the trial differs
    old: object
    new: object

    def __str__(self):
        where = f"{self.column} at step {self.step}" if self.step is not None else self.column
        text = f"seed {self.seed}: {where} was {_show(self.old)}, is {_show(self.new)}"
        if isinstance(self.old, float) and isinstance(self.new, float):
            size = abs(self.new - self.old)
            text += f" (by {size:.3g})" if np.isfinite(size) else ""
        return text


def first_difference(pair, seed):
    """The Difference of one trial of a Pair, or None if all result bits agree."""
    old, new = pair.baseline[seed], pair.new[seed]
    length = min(len(old), len(new))
    found = []
    for name, values in old.curve.items():
        if name in new.curve and not _timing(name):
            unequal = _unequal(values[:length], new.curve[name][:length])
            if unequal.any():
                found.append((int(unequal.argmax()), len(found), name))
    if found:
        at, _, name = min(found)
        return Difference(seed, name, int(old.curve["step"][at]), old.curve[name][at].item(),
                          new.curve[name][at].item())
    if len(old) != len(new):
        return Difference(seed, "observations", None, len(old), len(new))
    if old.outcome != new.outcome:
        return Difference(seed, "outcome", None, old.outcome, new.outcome)
    # A column that holds only NaN is the same as none: other trials of the file have it.
    for name in sorted(set(old.curve) ^ set(new.curve)):
        holder, words = (new, ("absent", "measured")) if name in new.curve else (
            old, ("measured", "absent"))
        if not _timing(name) and len(holder.measured(name)):
            return Difference(seed, name, None, *words)
    return None


def no_longer_measured(pair, seed):
    """What the baseline has a value of at a step where the new trial has none, in words; "" if none.

    A trial that diverged is not such a case: its numbers end because it did.
    """
    old, new = pair.baseline[seed], pair.new[seed]
    if new.outcome == "diverged":
        return ""
    steps, at, there = np.intersect1d(old.curve["step"], new.curve["step"], return_indices=True)
    for name, values in old.curve.items():
        if _timing(name) or values.dtype.kind != "f":
            continue
        gone = ~np.isnan(values[at]) & np.isnan(new.column(name)[there])
        if gone.any():
            first = int(gone.argmax())
            where = "there" if len(new.measured(name)) else "at all"
            return (f"seed {seed}: {name} was {_show(values[at][first].item())} at step "
                    f"{steps[first]}, is not measured {where}")
    return ""


def _timing(name):
    return name.endswith(TIMINGS)


def _unequal(old, new):
    """Where the bits differ. All NaN are one value; 0 and -0 are two."""
    if old.dtype.kind != "f" or new.dtype != old.dtype:
        return old != new
    bits = np.dtype(f"u{old.dtype.itemsize}")
    both_nan = np.isnan(old) & np.isnan(new)
    old_bits, new_bits = (np.ascontiguousarray(one).view(bits) for one in (old, new))
    return (old_bits != new_bits) & ~both_nan


def _show(value):
    return f"{value:.9g}" if isinstance(value, float) else f"'{value}'" if isinstance(
        value, str) else str(value)
