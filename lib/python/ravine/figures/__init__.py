"""The figures of a result file, one page of code each."""

from ..rooms import callable_as
from .drawing import draw_file
from .function import figures

__all__ = ["draw_file", "figures"]
callable_as(__name__, figures)
