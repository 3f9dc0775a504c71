"""The statistics against published golden values, closed forms and scipy."""

import itertools
import json
import pathlib

import numpy as np
import pytest
from ravine.study import statistics as st
from scipy import stats

GOLDEN = json.loads((pathlib.Path(__file__).parent / "golden/deepobs_statistics.json").read_text())
OPTIMIZERS = ["SGD", "Momentum", "Adam"]
PROBLEMS = list(dict.fromkeys(name.split("/")[0] for name in GOLDEN["final"]))
ACCURACY = ["fmnist_2c2d", "cifar10_3c3d", "cifar100_allcnnc", "svhn_wrn164", "tolstoi_char_rnn"]


def finals(problem, optimizer):
    """Larger is better for all problems."""
    return np.array(GOLDEN["final"][f"{problem}/{optimizer}"]) * (1 if problem in ACCURACY else -1)


def median_times():
    epochs = GOLDEN["epochs_to_target"]
    return np.array([[st.median_time([np.inf if e is None else e for e in epochs[f"{p}/{o}"]])
                      for o in OPTIMIZERS] for p in PROBLEMS])


def means():
    return np.array([[finals(p, o).mean() for o in OPTIMIZERS] for p in PROBLEMS])


def test_integrated_profile_of_deepobs():
    expected = [GOLDEN["algoperf_B_epochs"][o] for o in OPTIMIZERS]
    np.testing.assert_allclose(st.integrated_profile(median_times()), expected, rtol=1e-14)
    np.testing.assert_allclose(expected, [0.90117, 0.90663, 0.93536], atol=5e-6)


def test_integrated_profile_is_the_integral_of_the_profile():
    times = np.array([[1, 2, np.inf], [3, 3, 9], [np.inf] * 3, [5, 1, 2.5]])
    taus = 1 + 3 * (np.arange(300_000) + 0.5) / 300_000
    profile = st.profile(st.performance_ratios(times), taus)
    np.testing.assert_allclose(st.integrated_profile(times), profile.mean(axis=0), atol=1e-5)


def test_profile_counts_problems():
    ratios = st.performance_ratios([[10, 20], [30, 15], [7, np.inf], [np.inf, np.inf]])
    np.testing.assert_array_equal(ratios, [[1, 2], [2, 1], [1, np.inf], [np.inf, np.inf]])
    np.testing.assert_array_equal(st.profile(ratios, [1, 2, 1e9]),
                                  [[0.5, 0.25], [0.75, 0.5], [0.75, 0.5]])


def test_ranks_and_friedman_of_deepobs():
    golden = GOLDEN["friedman"]
    ranks = st.mean_ranks(means())
    np.testing.assert_array_equal(ranks, [golden["ranks"][o] for o in OPTIMIZERS])
    result = st.friedman(means())
    assert result.chi2 == pytest.approx(golden["chi2"], rel=1e-13)
    assert result.f == pytest.approx(golden["F"], rel=1e-13)
    assert st.critical_difference(3, 8) == pytest.approx(golden["CD05"], rel=1e-13)


def test_friedman_agrees_with_scipy():
    scores = np.random.default_rng(1).normal(size=(12, 5))
    ours, theirs = st.friedman(scores), stats.friedmanchisquare(*scores.T)
    assert ours.chi2 == pytest.approx(theirs.statistic)
    assert ours.chi2_p == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("solvers", range(2, 9))
def test_friedman_without_ties_is_that_of_the_mean_ranks(solvers):
    """chi2 = 12 N / (k (k + 1)) (sum_j R_j^2 - k (k + 1)^2 / 4): Demsar (2006), section 3.2.2."""
    scores = np.random.default_rng(solvers).normal(size=(7, solvers))
    n, k = scores.shape
    squares = np.sum(st.mean_ranks(scores) ** 2)
    assert st.friedman(scores).chi2 == pytest.approx(
        12 * n / (k * (k + 1)) * (squares - k * (k + 1) ** 2 / 4), rel=1e-12)


@pytest.mark.parametrize("solvers", range(2, 6))
def test_friedman_with_ties_is_that_of_conover(solvers):
    """T1 = (k - 1) sum_j (R_j - N (k + 1) / 2)^2 / (A - C): Conover (1999), section 5.8."""
    scores = np.random.default_rng(solvers).integers(0, 3, size=(9, solvers)).astype(float)
    n, k = scores.shape
    ranks = np.array([[(row < value).sum() + ((row == value).sum() + 1) / 2 for value in row] for row in scores])
    assert (np.sort(ranks, axis=1) != np.arange(1, k + 1)).any()
    expected = ((k - 1) * np.sum((ranks.sum(axis=0) - n * (k + 1) / 2) ** 2)
                / (np.sum(ranks**2) - n * k * (k + 1) ** 2 / 4))
    assert st.friedman(scores).chi2 == pytest.approx(expected, rel=1e-12)


def test_friedman_of_perfect_agreement_and_of_one_problem():
    assert st.friedman([[1, 2, 3]] * 4).f == np.inf
    assert st.friedman([[1, 2]] * 4).f == np.inf
    assert np.isnan(st.friedman([[1, 2, 3]]).chi2)


@pytest.mark.parametrize("k", range(2, 13))
def test_nemenyi_constants_follow_the_studentized_range(k):
    exact = stats.studentized_range.ppf(0.95, k, np.inf) / np.sqrt(2)
    assert st.critical_difference(k, 1) == pytest.approx(exact * np.sqrt(k * (k + 1) / 6), rel=1e-3)


def test_groups_within_one_critical_difference():
    assert st.groups_not_separated([3.9, 1.0, 1.8, 2.5], 1.0) == [(1.0, 1.8), (1.8, 2.5)]
    assert st.groups_not_separated([1, 3], 1.5) == []
    assert st.groups_not_separated([1, 2, 3], 5) == [(1, 3)]


@pytest.mark.parametrize("pair", GOLDEN["prob_improvement"])
def test_probability_of_improvement_of_deepobs(pair):
    x, y = pair.split(">")
    ours = [st.probability_of_improvement(finals(p, x), finals(p, y)) for p in PROBLEMS]
    np.testing.assert_allclose(ours, GOLDEN["prob_improvement"][pair]["per_problem"], rtol=1e-13)
    assert np.mean(ours) == pytest.approx(GOLDEN["prob_improvement"][pair]["mean"], rel=1e-13)


def test_probability_of_improvement_is_mann_whitney_and_mirrors():
    random = np.random.default_rng(2)
    x, y = random.integers(0, 5, 9), random.integers(1, 6, 7)
    u = stats.mannwhitneyu(x, y).statistic
    assert st.probability_of_improvement(x, y) == pytest.approx(u / 63)
    assert st.probability_of_improvement(x, y, at_least=False) == pytest.approx(1 - u / 63)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_iqm_of_deepobs_with_its_interval(optimizer):
    golden = GOLDEN["iqm_accuracy_5tasks"][optimizer]
    runs = [[finals(p, optimizer)] for p in ACCURACY]
    interval = st.joint_bootstrap(runs, lambda ps: st.iqm([p[0] for p in ps]))
    assert interval.value == pytest.approx(golden["iqm"], rel=1e-13)
    # The golden interval comes from other draws: the ends agree to a tenth of the width.
    low, high = golden["ci95"]
    assert interval.low == pytest.approx(low, abs=0.1 * (high - low))
    assert interval.high == pytest.approx(high, abs=0.1 * (high - low))


def test_improvement_matrix_holds_the_pairs():
    runs = [finals("svhn_wrn164", o) for o in OPTIMIZERS]
    pairs = [[st.probability_of_improvement(x, y) for y in runs] for x in runs]
    np.testing.assert_allclose(st.improvement_matrix(runs), pairs)
    uneven = [[1, 2, 3], [2, 4]]
    np.testing.assert_allclose(st.improvement_matrix(uneven, at_least=False),
                               [[0.5, 0.75], [0.25, 0.5]])


def test_iqm_trims_a_quarter_on_each_side():
    assert st.iqm([100, 1, 2, 3, -50]) == 2
    assert st.iqm([5]) == 5


def test_bootstrap_gives_the_same_digits_and_other_ones_for_another_seed():
    runs = [[np.arange(10.0) ** 1.5]]
    def ends(seed):
        interval = st.joint_bootstrap(runs, lambda ps: np.mean(ps[0][0]), seed=seed)
        return float(interval.low), float(interval.high)
    assert ends(3) == ends(3) != ends(4)


def test_joint_bootstrap_pairs_shared_seeds_only():
    base = np.random.default_rng(0).normal(size=20)
    runs = [[base + 1, base]]
    def gap(ps):
        return np.mean(ps[0][0]) - np.mean(ps[0][1])
    paired = st.joint_bootstrap(runs, gap)
    assert paired.paired and paired.high - paired.low < 1e-12
    seeds = [[np.arange(20), np.arange(20) + 5]]
    apart = st.joint_bootstrap(runs, gap, seeds)
    assert not apart.paired and apart.high - apart.low > 0.5


def test_bootstrap_interval_covers_the_mean():
    random = np.random.default_rng(5)
    hits = 0
    for trial in range(200):
        runs = [[random.normal(size=30)]]
        interval = st.joint_bootstrap(runs, lambda ps: np.mean(ps[0][0]), resamples=500, seed=trial)
        hits += interval.low <= 0 <= interval.high
    assert 0.88 <= hits / 200 <= 0.99


def test_expected_best_of_k_is_the_mean_over_all_draws():
    values = [0.3, 0.9, 0.9, 0.5]
    for k in (1, 2, 3):
        draws = [max(draw) for draw in itertools.product(values, repeat=k)]
        assert st.expected_best_of_k(values, k) == pytest.approx(np.mean(draws))
        draws = [min(draw) for draw in itertools.product(values, repeat=k)]
        assert st.expected_best_of_k(values, k, at_least=False) == pytest.approx(np.mean(draws))
    assert st.expected_best_of_k([0.5, -np.inf], 3) == -np.inf


def test_times_to_target():
    assert st.first_reached([0, 1, 2, 4], [3, np.nan, 1, 0.5], 1) == 2
    assert st.first_reached([0, 1, 2], [0.1, 0.97, 0.99], 0.97, at_least=True) == 1
    assert st.first_reached([0, 1], [3, 2], 1) == np.inf
    assert st.median_time([1, np.inf, 3]) == 3
    assert st.median_time([1, np.inf, np.inf, 3]) == np.inf
    assert st.expected_running_time([10, 20, 100], [True, True, False]) == 65
    assert st.expected_running_time([10], [False]) == np.inf
    assert st.speed_up([1, 4], [2, 8]) == pytest.approx(2)
    assert st.speed_up([1, 4, np.inf], [4, 1, np.inf]) == pytest.approx(1)


def test_holm():
    np.testing.assert_allclose(st.holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(st.holm([0.6, 0.7]), [1, 1])
    assert len(st.holm([])) == 0


@pytest.mark.parametrize("seed", range(5))
def test_holm_is_the_step_down_maximum(seed):
    p = np.round(np.random.default_rng(seed).uniform(0, 0.3, 20), 2)  # with ties
    order = sorted(range(20), key=lambda i: p[i])
    expected, worst = np.empty(20), 0
    for place, i in enumerate(order):
        worst = max(worst, (20 - place) * p[i])
        expected[i] = min(1, worst)
    np.testing.assert_allclose(st.holm(p), expected, rtol=1e-12)


def test_paired_difference():
    x = np.array([1.2, 1.4, 1.1, 1.9, 1.6, 1.3])
    result = st.paired_difference(x, x - np.array([0.1, 0.2, 0.15, 0.3, 0.25, 0.12]))
    assert result.mean == pytest.approx(1.12 / 6) and 0.1 < result.low < result.mean < result.high
    assert result.wilcoxon_p == pytest.approx(2 / 2**6)
    assert st.paired_difference(x, x).wilcoxon_p == 1


def test_sign_flip_of_one_coordinate_is_the_exact_permutation_test():
    d = np.array([0.3, -0.1, 0.5, 0.2, 0.7])
    sums = [np.dot(signs, d) for signs in itertools.product([1, -1], repeat=5)]
    assert st.sign_flip(d[:, None])[0] == np.mean(np.array(sums) >= d.sum() - 1e-12)
    assert st.sign_flip(-d[:, None])[1] == st.sign_flip(d[:, None])[0]


def test_sign_flip_extremes():
    assert st.sign_flip(np.ones((8, 3))) == (2**-8, 1)
    assert st.sign_flip(np.zeros((8, 3))) == (1, 1)
    assert st.sign_flip(np.full((8, 3), 1e-200))[0] == 2**-8


def test_sign_flip_keeps_its_level_on_correlated_curves():
    random = np.random.default_rng(11)
    p = [st.sign_flip(np.cumsum(random.normal(size=(9, 12)), axis=1))[0] for _ in range(1000)]
    for level in (0.05, 0.2):
        assert np.mean(np.array(p) <= level) <= level + 3 * np.sqrt(level * (1 - level) / 1000)


def test_sign_flip_draws_beyond_sixteen_seeds():
    random = np.random.default_rng(12)
    d = random.normal(0.4, 1, size=(20, 1))
    t = stats.ttest_1samp(d[:, 0], 0, alternative="greater").pvalue
    assert st.sign_flip(d)[0] == pytest.approx(t, rel=0.2)
    assert st.sign_flip(d, seed=4) == st.sign_flip(d, seed=4)


def test_basin_width_and_regret():
    rates = [0.001, 0.01, 0.1, 1]
    assert st.basin_width(rates, [2, 1, 1, 2]) == pytest.approx(1 + 2 * 0.1)
    assert st.basin_width(rates, [np.inf, 1, 1.05, np.inf]) == pytest.approx(1)
    assert st.basin_width(rates, [1, 1, 1, 1]) == pytest.approx(3)
    assert st.basin_width(rates, [np.inf] * 4) == 0
    accuracies = [0.1, 0.90, 0.90, 0.1]
    assert st.basin_width(rates, accuracies, at_least=True) == pytest.approx(1 + 2 * 0.01 / 0.8)
    assert st.regret([0.5, 0.2, 0.9], 0.5) == pytest.approx(0.3)
    assert st.regret([0.5, 0.2, 0.9], 0.5, at_least=True) == pytest.approx(0.4)


def test_selection_bias():
    interval = st.selection_bias(0.95, [0.9, 0.92, 0.91, 0.93])
    assert interval.value == pytest.approx(0.035)
    assert 0.01 < interval.low < 0.035 < interval.high < 0.06
    assert st.selection_bias(0.1, [0.2, 0.3], at_least=False).value == pytest.approx(0.15)


def all_pairs(x, y):
    x, y = np.asarray(x, dtype=float)[:, None], np.asarray(y, dtype=float)[None, :]
    return np.mean((x > y) + 0.5 * (x == y))


@pytest.mark.parametrize("sizes", [(1, 1), (3, 7), (40, 40), (64, 33)])
def test_improvement_by_sorting_has_the_digits_of_all_pairs(sizes):
    random = np.random.default_rng(7)
    for values in (lambda n: random.integers(0, 5, n) / 4, lambda n: random.normal(size=n),
                   lambda n: random.choice([-np.inf, 0, 1.5, np.inf], n)):
        runs = [values(n) for n in (*sizes, 5)]
        expected = np.array([[all_pairs(x, y) for y in runs] for x in runs])
        np.testing.assert_array_equal(st.improvement_matrix(runs), expected)
        np.testing.assert_array_equal(st.improvement_matrix(runs, at_least=False), expected.T)


def test_improvement_of_drawn_places_is_that_of_drawn_runs():
    random = np.random.default_rng(8)
    runs = [random.integers(0, 9, 30) / 8 for _ in range(3)]
    one = st.joint_bootstrap([runs], lambda ps: st.improvement_matrix(ps[0]), resamples=50)
    other = st.joint_bootstrap([st.places(runs)], lambda ps: st.improvement_of_places(ps[0]),
                               resamples=50)
    for part in ("value", "low", "high"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


@pytest.mark.parametrize("n", [5, 9, 16])
def test_wilcoxon_is_scipys_exact_one_without_ties(n):
    d = np.random.default_rng(n).normal(0.5, 1, n)
    assert st.wilcoxon_p(d) == pytest.approx(stats.wilcoxon(d, method="exact").pvalue, rel=1e-12)
