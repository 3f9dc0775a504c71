"""ravine.figures as a function."""

import os
import pathlib

import matplotlib

from ..errors import Misuse
from ..results.joining import join
from ..results.load import Results, as_results
from .drawing import FORMATS, choices, draw_file, figure_makers, suite_figure_makers


def figures(*results: "Results | str | os.PathLike[str]", figure: "str | list[str] | None" = None,
            format: "str | list[str]" = "png", output: "str | os.PathLike[str] | None" = None, x: str = "epoch",
            journal: "str | None" = None, width: "float | None" = None, title: bool = True,
            caption: bool = True, together: bool = False) -> "list[pathlib.Path]":
    """Draws the figures of result files, as scripts/figures does, and returns the paths written.

    results: paths of result files, or Results. figure: names (all, unless given; `scripts/figures --list` has them).
    format: of pdf, svg, png, pgf. output: the folder, figures/ beside each file unless given. x: epoch, step, seconds,
    gradient_evaluations, ... journal, width (inches), title, caption: the page of a paper. together: draws all of them as
    one, where problems and protocols agree. Raises Misuse, one sentence, where nothing can be drawn.
    """
    from . import journals
    from .bands import X_AXES

    known = [*figure_makers(), *suite_figure_makers()]
    names = known if figure is None else choices(figure, known, "figure")
    formats = choices(format, FORMATS, "format")
    axis, *others = choices(x, list(X_AXES), "x")
    if others:
        raise Misuse(f"x is '{x}': name one axis")
    page = journals.page(journal, width, title, caption)
    if not results:
        raise Misuse("no result file is given: name one, such as results/optimizers.h5")
    if together:
        results = [join([as_results(one) for one in results])]
    paths = [pathlib.Path(getattr(one, "path", one)) for one in results]
    folders = [path.parent / "figures" if output is None else pathlib.Path(output) for path in paths]
    if len({(folder.resolve(), path.stem.casefold()) for folder, path in zip(folders, paths)}) < len(paths):
        raise Misuse("the figures of two of the files would have the same names: draw them one by one, each with its "
                     "own output")
    with matplotlib.rc_context():  # the caller's plots keep their looks
        drawn = [draw_file(one, names, formats, folder, axis, page=page) for one, folder in zip(results, folders)]
    return [path for paths in drawn for path in paths]
