"""Result files, read and checked: pandas frames, and what tells the trials of a file apart."""

from .load import Results, load

__all__ = ["Results", "load"]
