"""The gate's proof on real curves of the library: no false alarms, and seeded mistakes are caught.

`tests/gate/train.cpp` trains with and without a mistake in the library. `scripts/test --long` runs
1000 comparisons of each kind and prints the power table of lib/python/ravine/gate/README.md.
"""

import functools
import subprocess

import numpy as np
import pytest
import real_vocabulary
import suites
from ravine import load
from ravine.gate.configurations import Pair, match
from ravine.gate.exact import first_difference
from ravine.gate.judge import ALPHA, judge
from ravine.gate.measure import measure

SEEDS = 12
ALARMS = ("regressed", "changed")
DEFECTS = {  # of tests/gate/train.cpp
    "correction": "no bias correction of Adam's mean square",
    "sigma": "1/sigma lost in the batch-norm gradient",
    "momentum": "momentum 0.88 instead of 0.9",
    "schedule": "linear schedule one step late",
    "sorted": "unshuffled sampler of examples sorted by class",
}


@pytest.fixture(scope="module")
def pool(request, tmp_path_factory):
    """pool(defect): {configuration: {seed: Trial}}, and how many seeds there are."""
    seeds = 60 if request.config.getoption("--long") else 26
    folder = tmp_path_factory.mktemp("gate")

    @functools.lru_cache(maxsize=None)
    def trained(defect):
        path = folder / f"{defect}.h5"
        subprocess.run([suites.BUILD / "tests" / "gate_train", path, defect, str(seeds)],
                       check=True, env=suites.environment(), timeout=600)
        results = load(path)
        names = dict.fromkeys(results.plan["spec"].map(configuration))
        return {name: pair.new for name, pair in zip(names, match(results, results)[0])}

    trained.seeds = seeds
    trained.long = request.config.getoption("--long")
    return trained


def configuration(spec):
    """What identifies it whatever the mistake: the canonical text without the seed."""
    return "\n".join(line for line in spec.splitlines() if not line.startswith("seed = "))


def chosen(trials, seeds):
    return {i: trials[seed] for i, seed in enumerate(seeds)}


def judged(pairs):
    return [finding.verdict for finding in judge([measure(pair) for pair in pairs])]


@pytest.mark.parametrize("other", ["seeds", "rounding"])
def test_false_alarm_rate(pool, other):
    """Pairs are other seeds of the same build; or the same seeds with other rounding errors."""
    random = np.random.default_rng(7)
    old, new = pool("none"), pool("rounding" if other == "rounding" else "none")
    count, alarms = 1000 if pool.long else 100, 0
    for _ in range(count):
        pairs = []
        for label in old:
            seeds = random.permutation(pool.seeds)
            theirs = seeds[:SEEDS] if other == "rounding" else seeds[SEEDS : 2 * SEEDS]
            pairs.append(Pair("", "", chosen(old[label], seeds[:SEEDS]),
                              chosen(new[label], theirs), real_vocabulary.of_a_baseline()))
        alarms += any(verdict in ALARMS for verdict in judged(pairs))
    print(f"{other}: {alarms} of {count} comparisons raised a false alarm")
    # What a rate of ALPHA would exceed once in 1000 test runs.
    assert alarms <= ALPHA * count + 3.1 * np.sqrt(ALPHA * count)


@pytest.mark.parametrize("defect", DEFECTS)
def test_seeded_defects_are_caught(pool, defect):
    """One configuration is spoilt, the others differ by rounding."""
    random = np.random.default_rng(9)
    old, healthy, spoilt = pool("none"), pool("rounding"), pool(defect)
    (acting,) = spoilt
    count = 200 if pool.long else 10
    caught = {}
    for number in (SEEDS, 20):
        found = []
        for _ in range(count):
            seeds = random.permutation(pool.seeds)[:number]
            pairs = [Pair("", "", chosen(old[label], seeds),
                          chosen((spoilt if label == acting else healthy)[label], seeds),
                          real_vocabulary.of_a_baseline())
                     for label in old]
            found.append(judged(pairs)[list(old).index(acting)] in ALARMS)
        caught[number] = np.mean(found)
    print(f"{DEFECTS[defect]}: " + ", ".join(f"{share:.0%} with {number} seeds"
                                            for number, share in caught.items()))
    assert min(caught.values()) >= 0.9


def test_an_unshuffled_sampler_is_caught_by_its_bits(pool):
    """These examples come in random order already: no shuffling harms nothing, but bits differ."""
    old, spoilt = pool("none"), pool("sampler")
    ((acting, trials),) = spoilt.items()
    pair = Pair("", "", old[acting], trials, real_vocabulary.of_a_baseline())
    assert all(first_difference(pair, seed) for seed in pair.seeds)
