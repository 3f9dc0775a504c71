"""The convergence gate: did anything train differently than in the baseline? (gate/README.md)"""

from .compare import Comparison, compare
from .function import check
from .judge import Finding, judge

__all__ = ["Comparison", "Finding", "check", "compare", "judge"]
