"""The gate's proof: its false-alarm rate is as stated, and seeded defects are caught.

`scripts/test --long` runs 1000 comparisons and prints the power table of gate/README.md.
"""

import dataclasses
import functools

import numpy as np
import pytest
import real_vocabulary
import toy_training
from ravine.gate.configurations import Pair
from ravine.gate.judge import ALPHA, judge
from ravine.gate.measure import measure

POOL = 60
SEEDS = 12
ALARMS = ("regressed", "changed")


@functools.lru_cache(maxsize=None)
def pool(name, defect="", rounding=0.0):
    rule = dataclasses.replace(toy_training.RULES[name], defect=defect, rounding=rounding)
    return toy_training.train(rule, range(POOL))


def pair(baseline, new, old_seeds, new_seeds):
    return Pair("", "", {i: baseline[s] for i, s in enumerate(old_seeds)},
                {i: new[s] for i, s in enumerate(new_seeds)}, real_vocabulary.of_a_baseline())


def comparisons(request, quick):
    return 1000 if request.config.getoption("--long") else quick


def verdicts_without_change(random, rounding):
    """Other seeds of the same version as pairs; or the same seeds, other rounding errors."""
    measured = []
    for name in toy_training.RULES:
        seeds = random.permutation(POOL)
        if rounding:
            ours = pair(pool(name), pool(name, rounding=1e-7), seeds[:SEEDS], seeds[:SEEDS])
        else:
            ours = pair(pool(name), pool(name), seeds[:SEEDS], seeds[SEEDS : 2 * SEEDS])
        measured.append(measure(ours))
    return [finding.verdict for finding in judge(measured)]


@pytest.mark.parametrize("rounding", [False, True])
def test_false_alarm_rate(request, rounding):
    random = np.random.default_rng(7)
    count = comparisons(request, 100)
    alarms = sum(any(verdict in ALARMS for verdict in verdicts_without_change(random, rounding))
                 for _ in range(count))
    # What a rate of ALPHA would exceed once in 1000 test runs.
    assert alarms <= ALPHA * count + 3.1 * np.sqrt(ALPHA * count)
    print(f"{alarms} of {count} comparisons raised a false alarm (rounding: {rounding})")


def test_rounding_is_equivalent():
    random = np.random.default_rng(8)
    verdicts = [v for _ in range(5) for v in verdicts_without_change(random, rounding=True)]
    assert set(verdicts) == {"equivalent"}


@pytest.mark.parametrize("defect", toy_training.DEFECTS)
def test_seeded_defects_are_caught(request, defect):
    random = np.random.default_rng(9)
    count = comparisons(request, 50) // 5
    caught = {}
    for seeds in (SEEDS, 20):
        found = [verdict_on(defect, random, seeds) for _ in range(count)]
        caught[seeds] = np.mean([verdict in ALARMS for verdict in found])
    print(f"{defect}: {caught}")
    assert min(caught.values()) >= 0.9


def verdict_on(defect, random, seeds):
    measured = []
    for name in toy_training.RULES:
        drawn = random.permutation(POOL)[:seeds]
        defective = toy_training.DEFECTS[defect] == name
        new = pool(name, defect) if defective else pool(name, rounding=1e-7)
        measured.append(measure(pair(pool(name), new, drawn, drawn)))
    return judge(measured)[list(toy_training.RULES).index(toy_training.DEFECTS[defect])].verdict
