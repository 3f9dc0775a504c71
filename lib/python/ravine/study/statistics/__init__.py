"""What the report and the gate conclude from curves: one idea per module, plain arrays in and out.

Every random statistic takes a seed and gives the same digits on every run.
"""

from .aggregate import (expected_best_of_k, improvement_matrix, improvement_of_places, iqm, places,
                        probability_of_improvement)
from .bootstrap import Interval, joint_bootstrap
from .paired import PairedDifference, holm, paired_difference, sign_flip, wilcoxon_p
from .profiles import R_MAX, integrated_profile, performance_ratios, profile
from .ranks import (LEAST_PROBLEMS, Friedman, critical_difference, friedman, groups_not_separated,
                    mean_ranks)
from .seed_mean import SeedMean, p_above, p_below, seed_mean
from .targets import LEAST_TIME, expected_running_time, first_reached, median_time, speed_up
from .tuning import basin_span, basin_width, regret, selection_bias

__all__ = [
    "Friedman", "Interval", "LEAST_PROBLEMS", "LEAST_TIME", "PairedDifference", "R_MAX", "SeedMean", "basin_span",
    "basin_width", "critical_difference", "expected_best_of_k", "expected_running_time", "first_reached",
    "friedman", "groups_not_separated", "holm", "improvement_matrix",
    "improvement_of_places", "integrated_profile", "iqm",
    "joint_bootstrap", "mean_ranks", "median_time", "p_above", "p_below", "paired_difference",
    "performance_ratios", "places", "probability_of_improvement", "profile", "regret", "seed_mean",
    "selection_bias", "sign_flip", "speed_up", "wilcoxon_p",
]
