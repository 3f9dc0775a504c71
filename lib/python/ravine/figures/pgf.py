"""Figures as PGF, whose words LaTeX sets when it sets the paper: it need not be there before."""

import contextlib

from matplotlib.backends import backend_pgf
from matplotlib.backends.backend_agg import RendererAgg

REFUSED = "it has a picture of pixels, for which pgf has no place: choose pdf"


class Renderer(backend_pgf.RendererPgf):
    """matplotlib's, but for the size of words: it asks LaTeX for it, this one our own fonts.

    So a file is the same with every LaTeX, and without one.
    """

    def __init__(self, figure, file):
        super().__init__(figure, file)
        self._measure = RendererAgg(1, 1, figure.dpi)

    def get_text_width_height_descent(self, s, prop, ismath):
        return self._measure.get_text_width_height_descent(s, prop, ismath)


@contextlib.contextmanager
def without_latex():
    """Within it, matplotlib writes PGF with this Renderer."""
    theirs, backend_pgf.RendererPgf = backend_pgf.RendererPgf, Renderer
    try:
        yield
    finally:
        backend_pgf.RendererPgf = theirs


def holds(figure):
    """Whether a figure is lines and words alone: PGF has no place for pixels."""
    return not any(axes.images for axes in figure.axes)
