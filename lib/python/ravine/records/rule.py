"""When a result is a record, and when two results differ.

sigma, the standard deviation of the final metric over seeds, is published with the table. So a mean over n seeds needs
no estimate of its own spread, and nobody profits from a lucky one:

    below the target:   z = (target - mean) sqrt(n) / sigma
    a better than b:    z = (mean_b - mean_a) / (sigma sqrt(1 / n_a + 1 / n_b))

each one-sided, with p = P(Z >= z). Signs turn for metrics that should be large. The rule of the speed runs of
modded-nanogpt (Jordan et al. 2024), whose sigma is published in the same way.
"""

import math

import numpy as np
from scipy.stats import norm

LEAST_SEEDS = 4
A_A_PAIRS = 20_000


def sign(larger_is_better):
    return -1 if larger_is_better else 1


def p_target(mean, n, table):
    z = sign(table.larger_is_better) * (table.target - mean) * math.sqrt(n) / table.sigma
    return float(norm.sf(z))


def p_better(a, n_a, b, n_b, table):
    """Of mean a over n_a seeds against mean b over n_b."""
    z = sign(table.larger_is_better) * (b - a) / (table.sigma * math.sqrt(1 / n_a + 1 / n_b))
    return float(norm.sf(z))


def false_alarms(values, n, table, pairs=A_A_PAIRS):
    """How often two groups of n seeds of one setting count as different, of `pairs` drawn pairs of such groups.

    values: the final metric of each of at least 4 n seeds. Groups of a pair are disjoint; seeded, so the same number
    on every run.
    """
    random = np.random.default_rng(0)
    alarms = 0
    for _ in range(pairs):
        drawn = random.permutation(len(values))[:2 * n]
        a, b = np.mean(values[drawn[:n]]), np.mean(values[drawn[n:]])
        alarms += p_better(a, n, b, n, table) < table.alpha or p_better(b, n, a, n, table) < table.alpha
    return alarms / pairs
