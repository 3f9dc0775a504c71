"""Analysis of ravine result files.

    from analysis import load          # with scripts/ on the path
    results = load("results/optimizers.h5")
    results.trials                     # pandas, one row per trial
    results.curves                     # pandas, one row per observation
"""

from .errors import Misuse
from .load import Results, load

__all__ = ["Misuse", "Results", "load"]
