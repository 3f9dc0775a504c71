"""Small made-up results in which a claim is true, or false because labels are swapped.

They are generated from the claim's own data, without the code that judges it.
"""

import re

import component_texts
import numpy as np
import pandas as pd
import real_vocabulary

from ravine.results.components import say
from ravine.results.load import Results

OTHER = "something_else(x=1)"
LEVELS = np.array([1.0, 2.0, 4.0, 8.0])  # of what a trend is measured along
SEEDS = 12
FACTORS = {"problem": "mlp(data=glyphs)", "optimizer": "sgd", "schedule": "constant",
           "initializer": "he", "batch_norm": "off", "batch_size": 32, "shuffle": "per_epoch",
           "averaging": "none", "budget_steps": 100, "target": "none", "learning_rate": 0.1}


def results(claim, swapped=False):
    """Results in which the claim is true; with the labels swapped it is false."""
    rows = []
    for labels, points in _groups(claim, swapped):
        for seed in range(SEEDS):
            noise = np.random.default_rng([seed, 7]).normal() * 1e-4
            rows += [({**_own(claim), **labels, "seed": seed}, points, noise)]
    return _frames(claim, rows)


def _own(claim):
    return {**FACTORS, **{column: _first(pattern) for column, pattern in claim.where.items()}}


def _groups(claim, swapped):
    """(labels of the trials, {level: value}) for each group; the level is None without a trend."""
    if claim.a:
        a, b = _pair(claim)
        sides = [{c: _first(p) for c, p in side.items()} for side in (claim.a, claim.b)]
        if claim.rule != "within":
            if swapped:
                sides.reverse()
            return [(sides[0], {None: a}), (sides[1], {None: b})]
        # Equal ones cannot be told apart by swapping: a third setting trades labels with b.
        other = {c: _outside(p) for c, p in claim.b.items()}
        far = {None: a * 50 + 50}
        return [(sides[0], {None: a}), (sides[1], far if swapped else {None: b}),
                (other, {None: b} if swapped else far)]
    inside, outside = {}, {c: _outside(p) for c, p in claim.where.items()}
    true, false = _points(claim, *_effects(claim))
    return [(outside if swapped else inside, true), (inside if swapped else outside, false)]


def _pair(claim):
    """Values of a and b whose effect obeys the rule, and not with the labels exchanged."""
    if claim.column == "diverged":
        return (1, 0) if claim.rule == "above" else (0, 1)
    t, wide = claim.threshold, 1 + 2 * abs(claim.threshold)
    base = 1 + 2 * wide
    if claim.statistic == "ratio":
        far = 2 * max(t, 1 / t)
        ratio = {"above": far, "below": 1 / far, "within": t}[claim.rule]
        return base * ratio, base
    step = {"above": t + wide, "below": t - wide, "within": t}[claim.rule]
    return base + step, base


def _effects(claim):
    """An effect that obeys the rule and one that does not."""
    t = claim.threshold
    if claim.column == "diverged":
        return (1, 0) if claim.rule == "above" else (0, 1)
    if claim.statistic == "monotone":
        return (1, -1) if claim.rule == "above" else (-1, 1)
    if claim.statistic == "factor" or claim.take == "range":  # never below zero
        high, low = 2 * max(t, 1 / t), t / 2
    else:
        high, low = t + 1 + abs(t), t - 1 - abs(t)
    far = t + 10 * claim.margin + 1
    return {"above": (high, low), "below": (low, high), "within": (t, far)}[claim.rule]


def _points(claim, *wanted):
    """{level: value} with those effects along LEVELS."""
    laws = {"value": lambda x, e: e, "slope": lambda x, e: 3 + e * x,
            "exponent": lambda x, e: 3 * x**e, "factor": lambda x, e: 3 * e**x,
            "monotone": lambda x, e: 20 + e * x}
    if claim.statistic == "value":
        return [{None: effect} for effect in wanted]
    return [{x: laws[claim.statistic](x, effect) for x in LEVELS} for effect in wanted]


def _frames(claim, rows):
    trials, curves = [], []
    along = claim.over in ("layer", "step")
    for labels, points, noise in rows:
        groups = [points] if along or None in points else [{x: v} for x, v in points.items()]
        for group in groups:
            level = next(iter(group))
            extra = {} if along or level is None else {claim.over: level}
            curves.append(_curve(claim, group, noise).assign(trial=len(trials)))
            trials.append({**labels, **extra, **_cells(claim, group, noise),
                           "id": f"{len(trials):016x}", "in_plan": 1, "outcome": "completed"})
    trials = pd.DataFrame(trials)
    trials.index.name = "trial"
    table = pd.concat(curves, ignore_index=True)
    if "depth" in trials:
        trials["problem_hidden"] = [f"10x{depth:g}" for depth in trials.pop("depth")]
    if claim.table == "trials" and "diverged" in trials:
        trials["outcome"] = trials.pop("diverged").map(lambda x: "diverged" if x > 0 else "completed")
    plain = pd.DataFrame({"trial": trials.index, "step": 0, "objective": 1.0})
    return Results("made-up.h5", trials, table if claim.table == "curves" else plain, {},
                   {"suite": "made-up"}, {}, {claim.table: table},
                   vocabulary=real_vocabulary.of_a_baseline(),
                   components=component_texts.of(trials))


def _cells(claim, group, noise):
    if claim.table != "trials":
        return {}
    return _solve(claim, next(iter(group.values())) * (1 + noise))


def _curve(claim, group, noise):
    """Observations at steps 0 to 100 whose quantity is the value of each level."""
    frames = []
    for level, value in group.items():
        value = value * (1 + noise)
        frame = pd.DataFrame({"step": np.arange(0, 101, 20.0), "objective": 1.0})
        if claim.over == "step":
            frame = pd.DataFrame({"step": [level], "objective": 1.0})
        if claim.target:
            frame = _reaching(claim, frame, value)
        elif claim.take == "range":
            low, high = _solve(claim, 0.0), _solve(claim, value)
            odd = np.arange(len(frame)) % 2 == 1
            frame = frame.assign(**{name: np.where(odd, high[name], low[name]) for name in high})
        else:
            frame = frame.assign(**_solve(claim, value))
        frame["layer"] = (level if claim.over == "layer" else claim.layer if claim.layer > 0
                          else 9 + claim.layer)
        frames.append(frame)
    if claim.layers == "hidden":  # outputs that are to be left out
        frames += [frames[-1].assign(layer=10, **{n: 77.0 for n in _solve(claim, 1.0)})]
    if claim.layer < -1:  # the layers behind the one that counts
        frames += [frames[0].assign(layer=8, **{n: 0.0 for n in _solve(claim, 1.0)})]
    return pd.concat(frames, ignore_index=True).astype({"layer": int})


def _reaching(claim, frame, value):
    """The metric is reached at the last observation, where `column` says `value`."""
    for sign, bad, good in ((">=", -1, 1), ("<=", 1, -1)):
        if sign in claim.target:
            metric, bound = claim.target.split(sign)
            frame[metric.strip()] = float(bound) + bad
            frame.loc[frame.index[-1], metric.strip()] = float(bound) + good
    return frame.assign(**{name: np.linspace(0, one, len(frame))
                           for name, one in _solve(claim, value).items()})


def _solve(claim, value):
    """{column: number} for which the (linear) expression `claim.column` has that value."""
    names = list(dict.fromkeys(re.findall(r"[A-Za-z_]\w*", claim.column)))
    at = [pd.DataFrame({name: [1.0] for name in names} | {names[0]: [x]}).eval(claim.column)
          .iloc[0] for x in (0.0, 1.0)]
    return {name: 1.0 for name in names} | {names[0]: (value - at[0]) / (at[1] - at[0])}


def _first(pattern):
    """A value that matches: of a component, its text."""
    first = pattern[0] if isinstance(pattern, list) else pattern
    return say(first) if isinstance(first, dict) else first


def _outside(pattern):
    first = _first(pattern)
    return OTHER if isinstance(first, str) else 1e6
