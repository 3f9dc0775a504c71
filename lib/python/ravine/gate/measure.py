"""What the gate compares: the shape of the training curve, the time to a target, the final metric.

Twelve coordinates per trial: the log of the training loss at 10 log-spaced steps, the log of the
steps to a target, and the final metric. Differences are oriented: positive is worse.
"""

import dataclasses
import re

import numpy as np
from scipy import stats

from ..study.statistics import first_reached

POINTS = 10
VANISHED = 1e-8  # times the loss at step 0: below, a difference of logs means nothing
# A change is immaterial below the larger of these and the spread over seeds (see margins).
LEAST_RATIO = 0.01
LEAST_FRACTION = 0.002


@dataclasses.dataclass(frozen=True)
class Measured:
    """The coordinates of one configuration. Shapes (seeds, coordinates) and (coordinates,)."""

    names: list  # "train_loss at step 64", "steps to train_loss <= 0.3", "final test_accuracy"
    ratio: np.ndarray  # True: a difference of logs, so exp(d) is a ratio
    differences: np.ndarray  # new - baseline, positive worse; infinite for a target now missed
    margins: np.ndarray


def measure(pair):
    """The Measured of a Pair, over the seeds with curves in both files."""
    # A trial that failed in both files has no curve: there is nothing to compare.
    seeds = [s for s in pair.seeds if len(pair.baseline[s]) and len(pair.new[s])]
    new = [pair.new[seed] for seed in seeds]
    # The margin and the target come from every seed of the baseline, the differences from pairs.
    own = [s for s, trial in pair.baseline.items() if len(trial)]
    baseline = [pair.baseline[seed] for seed in own]
    paired = [own.index(seed) for seed in seeds]

    # The baseline says what counts; what the new trials lack of it was found before (compare.py).
    loss, final = (_first_measured(names, baseline) for names in compared(pair.vocabulary))
    steps = _steps(baseline + new)
    curves = Curves(loss, steps, baseline, new)
    names, ratio, differences, margins = [], [], [], []
    for labels, is_ratio, least, old_values, new_values, known in (
            _losses(curves, baseline), _time(curves, baseline, new),
            _final(final, pair.vocabulary, steps, baseline, new)):
        with np.errstate(invalid="ignore"):
            d = new_values - old_values[paired]
        d[new_values == old_values[paired]] = 0.0  # two misses are equal: inf - inf is not NaN
        d[~known[paired]] = 0.0  # a seed of which the baseline has no value shows no difference
        old_values = np.where(known, old_values, np.nan)
        names += labels
        ratio += [is_ratio] * len(labels)
        differences.append(d)
        margins.append(_margin(old_values, least))
    return Measured(names, np.array(ratio), np.hstack(differences), np.concatenate(margins))


class Curves:
    """The training loss of all trials at common steps, shape (trials, steps), in log if positive."""

    def __init__(self, loss, steps, baseline, new):
        self.loss, self.steps = loss, steps
        self.old, self.new = (np.array([_curve(trial, loss, steps) for trial in trials])
                              for trials in (baseline, new))
        self.logarithmic = bool(min(self.old.min(), self.new.min()) > 0)
        if self.logarithmic:
            self.old, self.new = np.log(self.old), np.log(self.new)
        else:
            size = _scale(baseline[0], loss)
            self.old, self.new = self.old / size, self.new / size

    def text(self, value):
        return f"{np.exp(value) if self.logarithmic else value:.3g}"


def _margin(values, least):
    """sqrt(2) times the standard deviation over the baseline's seeds, or `least` if larger.

    This is the standard deviation of the difference between two seeds: a change inside the margin
    is smaller than what another seed would do.
    """
    spread = [np.std(v[np.isfinite(v)], ddof=1) if np.isfinite(v).sum() > 1 else 0.0
              for v in values.T]
    return np.maximum(np.sqrt(2) * np.array(spread), least)


def compared(vocabulary):
    """The losses whose curves are compared, and the metrics whose ends are, the preferred first."""
    return vocabulary.training_losses, vocabulary.reported


def measurable(pair):
    """Whether the baseline has a loss and a final metric to compare."""
    trials = [trial for trial in pair.baseline.values() if len(trial)]
    return all(any(np.isfinite(trial.measured(name)).any() for trial in trials for name in columns)
               for columns in compared(pair.vocabulary))


def final_values(pair):
    """The preferred final metric, whether it should be large, and its value for each seed of the new file."""
    trials = [trial for trial in pair.new.values() if len(trial)]
    metric = _first_measured(compared(pair.vocabulary)[1], trials)
    if pair.vocabulary.larger_is_better(metric):
        return metric, True, [_final_accuracy(trial, metric) for trial in trials]
    last = _steps(trials)[-1:]
    return metric, False, [float(_curve(trial, metric, last)[0]) for trial in trials]


def _losses(curves, baseline):
    chosen = log_spaced(curves.steps, POINTS)
    at = np.searchsorted(curves.steps, chosen)
    names = [f"{curves.loss} at step {step}" for step in chosen]
    known = np.array([_held(trial, trial.known(curves.loss), chosen) for trial in baseline])
    return names, curves.logarithmic, LEAST_RATIO, curves.old[:, at], curves.new[:, at], known


def _time(curves, baseline, new):
    """Steps to the target of the trials, or to the median loss of the baseline at half its budget.

    For the latter the loss (in log where it is positive) is interpolated between observations.
    """
    declared = re.fullmatch(r"(\w+)(>=|<=)(.+)", baseline[0].target)
    if declared:
        metric, sign, bound = declared[1], declared[2], float(declared[3])
        times = [np.array([[np.inf if trial.outcome == "diverged" else
                            first_reached(trial.curve["step"], trial.column(metric), bound,
                                          sign == ">=")] for trial in trials])
                 for trials in (baseline, new)]
        name = f"steps to {metric} {sign} {bound:g}"
    else:
        half = int(np.searchsorted(curves.steps, curves.steps[-1] / 2, side="right")) - 1
        target = np.median(curves.old[:, half])
        times = [np.array([[_crossing(curves.steps, curve, target)] for curve in side])
                 for side in (curves.old, curves.new)]
        name = f"steps to {curves.loss} <= {curves.text(target)}"
    old, new = (np.log(np.maximum(side, 0.5)) for side in times)
    return [name], True, LEAST_RATIO, old, new, np.ones(old.shape, dtype=bool)


def _crossing(steps, curve, target):
    """Where the curve first falls to the target; inf if it never does."""
    reached = curve <= target
    if not reached.any():
        return np.inf
    i = int(reached.argmax())
    if i == 0:
        return float(steps[0])
    share = (curve[i - 1] - target) / (curve[i - 1] - curve[i])
    return float(steps[i - 1] + share * (steps[i] - steps[i - 1]))


def _final(metric, vocabulary, steps, baseline, new):
    """What should be large as differences (0 after divergence), losses as ratios where positive."""
    known = np.array([[bool(trial.known(metric)[-1])] for trial in baseline])
    if vocabulary.larger_is_better(metric):
        old, new = (np.array([[-_final_accuracy(trial, metric)] for trial in side])
                    for side in (baseline, new))
        return [f"final {metric}"], False, LEAST_FRACTION, old, new, known
    curves = Curves(metric, steps[-1:], baseline, new)
    return [f"final {metric}"], curves.logarithmic, LEAST_RATIO, curves.old, curves.new, known


def _final_accuracy(trial, metric):
    """The accuracy at the last observation; 0 after divergence, and where there is none."""
    last = float(trial.column(metric)[-1])
    return last if trial.outcome != "diverged" and np.isfinite(last) else 0.0


def _curve(trial, column, steps):
    """The column at `steps`. After divergence it is `worst` times the start, after a target constant.

    Both bounds (divergence above, 10^-8 of the start below) also hold for what was observed.
    """
    start = _scale(trial, column)
    values, own = trial.column(column), trial.curve["step"]
    # What is not finite after step 0 has diverged; at step 0 it is not measured.
    values = np.where(np.isfinite(values), np.minimum(values, trial.worst * start), trial.worst * start)
    result = _held(trial, values, steps)
    if trial.outcome == "diverged":
        result = np.where(steps >= own[-1], trial.worst * start, result)
    return np.where(result > 0, np.maximum(result, VANISHED * start), result)


def _held(trial, values, steps):
    """The values of a trial's observations at `steps`, each held until the next observation."""
    at = np.searchsorted(trial.curve["step"], steps, side="right") - 1
    return values[np.clip(at, 0, len(values) - 1)]


def _scale(trial, column):
    """The size of the column at its first observation; 1 where that says nothing."""
    first = trial.measured(column)[:1]
    start = abs(float(first[0])) if len(first) else 1.0
    return start if np.isfinite(start) and start > 0 else 1.0


def _steps(trials):
    """The observed steps of the longest trial, without step 0: no rule has acted there."""
    longest = max((trial.curve["step"] for trial in trials), key=lambda steps: steps[-1])
    return longest[longest > 0] if (longest > 0).any() else longest


def log_spaced(steps, count):
    """At most `count` of the given steps, nearest to log-spaced positions from first to last."""
    steps = np.asarray(steps)
    if len(steps) <= count:
        return steps
    wanted = np.linspace(np.log(steps[0]), np.log(steps[-1]), count)
    nearest = np.abs(np.log(steps)[None, :] - wanted[:, None]).argmin(axis=1)
    return steps[np.unique(nearest)]


def _first_measured(columns, trials):
    """The first column that a trial measured: what one of them lacks, others still tell."""
    for name in columns:
        if any(np.isfinite(trial.measured(name)).any() for trial in trials):
            return name
    return columns[-1]


def signed_ranks(d):
    """Ranks of |d| with the signs of d: a target that is missed on one side only ranks highest."""
    return np.sign(d) * stats.rankdata(np.abs(d), axis=0)
