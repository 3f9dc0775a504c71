"""Claims: sentences of the lecture and of papers, decided by what the suites measured.

    claim       what a claim is; the claims themselves are the *.toml beside it, a file per suite
    selection   which trials it compares, and how they pair
    quantities  the number that each trial contributes
    effects     one effect per seed
    exact       the checks that C++ computed against a closed form or a published number
    judge       verdicts, with Holm's correction over the whole table
    table       how the table is told
"""

from ..rooms import callable_as
from .claim import Claim, claims_of, read_claims
from .function import claims
from .judge import Judgement, failed_gates, judge, scorecard

__all__ = ["Claim", "Judgement", "claims", "claims_of", "failed_gates", "judge", "read_claims", "scorecard"]
callable_as(__name__, claims)
