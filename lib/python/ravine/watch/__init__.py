"""A running suite in the terminal: what is finished, the best curve of each optimizer, the time left."""

from .view import view

__all__ = ["view"]
