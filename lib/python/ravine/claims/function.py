"""ravine.claims as a function."""

import dataclasses
import os

import pandas as pd

from ..errors import Misuse
from ..results.load import Results, as_results
from .judge import Judgement, judge


def claims(*results: "Results | str | os.PathLike[str]") -> pd.DataFrame:
    """Judges the claims of the lecture and of papers by result files, as scripts/claims does.

    results: paths of result files, or Results. Returns a row per claim: suite, id, sentence, verdict, evidence, effect,
    low, high, seeds, p, ...; error rates hold over all rows of one call (Holm). Empty where no claim applies.
    """
    if not results:
        raise Misuse("no result file is given: name one, such as results/optimizers.h5")
    judged = judge([as_results(one) for one in results])
    return pd.DataFrame([dataclasses.asdict(one) for one in judged],
                        columns=[field.name for field in dataclasses.fields(Judgement)])
