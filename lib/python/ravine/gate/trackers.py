"""What services that track benchmarks over time read: the final metric of each configuration of the new file.

bencher: the JSON of bencher.dev (Bencher Metric Format). github-action-benchmark: its customSmallerIsBetter. Both take
the median over seeds, with the smallest and the largest as limits; a diverged trial counts as its loss bound, or as
accuracy 0, as in the gate's own comparison.
"""

import json
import statistics

from .measure import final_values


def bencher(pairs):
    """{"adam, lr 0.001, ...": {"final_test_accuracy": {"value", "lower_value", "upper_value"}}}"""
    found = {}
    for pair in measured(pairs):
        metric, _, values = final_values(pair)
        found[pair.label] = {f"final_{metric}": {"value": statistics.median(values), "lower_value": min(values),
                                                  "upper_value": max(values)}}
    return json.dumps(found, indent=1, allow_nan=False) + "\n"


def github_action_benchmark(pairs):
    """A list of {"name", "unit", "value", "range", "extra"}; accuracies become errors, so that smaller is better."""
    rows = []
    for pair in measured(pairs):
        metric, larger_is_better, values = final_values(pair)
        if larger_is_better:
            values = [1 - value for value in values]
        rows.append({"name": f"{pair.label}: final {'1 - ' if larger_is_better else ''}{metric}",
                     "unit": metric, "value": statistics.median(values),
                     "range": f"{min(values):.6g} to {max(values):.6g}", "extra": f"seeds: {len(values)}"})
    return json.dumps(rows, indent=1, allow_nan=False) + "\n"


def measured(pairs):
    """Those of which the new file has a curve at all: where every trial failed there is no number."""
    return [pair for pair in pairs if any(len(trial) for trial in pair.new.values())]
