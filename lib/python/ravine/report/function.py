"""ravine.report as a function."""

import os
import pathlib

from ..errors import Misuse
from ..results.load import Results, as_results
from .page import page_on, replace


def report(*results: "Results | str | os.PathLike[str]",
           output: "str | os.PathLike[str] | None" = None, baseline: "str | None" = None,
           together: bool = False) -> pathlib.Path:
    """Writes one self-contained HTML page on result files, as scripts/report does, and returns its path.

    results: paths of result files, or Results. output: the page, report.html beside the first file unless given.
    baseline: the optimizer with which the others are compared (sgd, momentum or adam, unless given).
    together: one report on all of them, where problems and protocols agree, not a part for each.
    Raises Misuse, one sentence, for a file that cannot be read or written.
    """
    if not results:
        raise Misuse("no result file is given: name one, such as results/optimizers.h5")
    found = [as_results(one) for one in results]
    page = pathlib.Path(output) if output is not None else pathlib.Path(found[0].path).parent / "report.html"
    replace(page, page_on(found, baseline=baseline, together=together))
    return page
