"""The figures of a result file, one page of code each."""

from .drawing import draw_file

__all__ = ["draw_file"]
