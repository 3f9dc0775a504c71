"""ravine.check: the gate as a function."""

import os

from ..errors import Misuse
from ..results.load import Results, as_results
from .compare import Comparison, compare
from .judge import ALPHA


def check(new: "Results | str | os.PathLike[str]", baseline: "Results | str | os.PathLike[str]", *,
          exact: bool = False, alpha: float = ALPHA, subset: bool = False) -> Comparison:
    """Did anything train differently than in the baseline? The Comparison of two result files, as scripts/gate makes it.

    new, baseline: paths of result files, or Results. exact: any differing bit is a change. alpha: the probability of
    any false alarm. subset: `new` may lack configurations. The answer prints as a table; `.lines` has a verdict for
    each configuration, `.of("regressed")` those with one, and `.exit_code()` is that of scripts/gate. Raises Misuse
    where the two cannot be compared.
    """
    if not 0 < alpha < 0.5:
        raise Misuse(f"alpha is {alpha:g}, but must lie in (0, 0.5): 0.01 is one false alarm in 100 runs")
    return compare(as_results(new), as_results(baseline), exact, alpha, subset)
