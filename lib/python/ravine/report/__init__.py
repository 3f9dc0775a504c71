"""One self-contained HTML page with everything that a suite's results say."""

from .page import render

__all__ = ["render"]
