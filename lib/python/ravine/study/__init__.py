"""What follows from the trials of a file: chosen rates, statistics, comparisons."""

from .differences import against
from .per_problem import common_labels, comparable, scores, study, times
from .summary import summarize

__all__ = ["against", "common_labels", "comparable", "scores", "statistics", "study", "summarize", "times"]
