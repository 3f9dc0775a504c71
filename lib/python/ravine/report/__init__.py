"""One self-contained HTML page with everything that a suite's results say."""

from ..rooms import callable_as
from .function import report
from .page import render

__all__ = ["render", "report"]
callable_as(__name__, report)
