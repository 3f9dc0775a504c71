"""Draws the figures of result files.

Every figure is redrawn from the stored curves; the same file gives the same bytes. Pictures are
named SUITE-FIGURE-PROBLEM.FORMAT after the stem of the result file. For a paper, choose its page and
what is shown, and keep the flags as a TOML file (--config):

    for = "icml" ... in [figures]; problem, optimizer, order, label and files above it
"""

import argparse
import os
import pathlib
import sys

from .. import errors, places
from . import paper_file
from .drawing import FORMATS, choices, draw_file, figure_makers, suite_figure_makers


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/figures"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="result files of suites")
    parser.add_argument("--figure", metavar="NAME,...", help="which figures (default: all)")
    parser.add_argument("--format", metavar="KIND,...",
                        help="pdf, svg, png, pgf (default: pdf,png)")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path,
                        help="folder for the pictures (default: figures/ beside the file)")
    parser.add_argument("--x",
                        help="epoch (default), step, seconds, gradient_evaluations, "
                             "loss_evaluations, curvature_products or gradient_equivalents (all "
                             "three combined)")
    parser.add_argument("--for", metavar="NAME", dest="for",
                        help="the page: icml, neurips, jmlr, tmlr, ieee, or FILE.mplstyle")
    parser.add_argument("--width", metavar="INCHES", type=float,
                        help="the width of every figure (default: the column of --for)")
    parser.add_argument("--no-title", dest="title", action="store_const", const=False,
                        help="leave the title to the paper")
    parser.add_argument("--no-caption", dest="caption", action="store_const", const=False,
                        help="leave the caption to the paper")
    paper_file.add_flags(parser)
    parser.add_argument("--together", action="store_const", const=True,
                        help="draw all files as one, where problems and protocols agree")
    parser.add_argument("--list", action="store_true", help="list the figures and stop")
    return paper_file.merged(parser.parse_args(arguments), "figures")


def main(arguments=None):
    options = parse_arguments(arguments)
    makers = {**figure_makers(), **suite_figure_makers()}
    if options.list:
        for name, (_, meaning) in makers.items():
            print(f"{name:15} {meaning}")
        return 0
    from . import journals
    from .bands import X_AXES

    names = choices(options.figure, list(makers), "--figure") if options.figure else list(makers)
    formats = choices(options.format or "pdf,png", FORMATS, "--format")
    options.x, = choices(options.x or "epoch", list(X_AXES), "--x")
    options.page = journals.page(getattr(options, "for"), options.width, options.title is not False,
                                 options.caption is not False)
    if not options.files:
        raise errors.Misuse("no result file is given: name one, such as results/optimizers.h5")
    options.choice = _choice(options)
    if options.together:
        from ..results.joining import join
        from ..results.load import load

        joined = join([load(path) for path in options.files])
        folder = pathlib.Path(options.output or pathlib.Path(joined.path).parent / "figures")
        return _draw(joined, folder, names, formats, options)
    folders = {path: pathlib.Path(options.output or pathlib.Path(path).parent / "figures")
               for path in options.files}
    _refuse_shared_names(folders)
    return max(_draw(path, folder, names, formats, options) for path, folder in folders.items())


def _choice(options):
    """The Choice of what is drawn, whose names some file must have."""
    choice = paper_file.choice(options)
    if choice:
        from ..results.load import load
        from ..study.narrowing import require_known

        require_known(choice, [load(path) for path in options.files])
    return choice


def _refuse_shared_names(folders):
    """Two files of one stem would overwrite each other's figures."""
    seen = {}
    for path, folder in folders.items():
        place = folder.resolve(), pathlib.Path(path).stem.casefold()
        if place in seen:
            raise errors.Misuse(f"the figures of '{seen[place]}' and '{path}' would have the same "
                                "names: draw them one by one, each with its own --output")
        seen[place] = path


def _draw(path, folder, names, formats, options):
    """Draws one file, names what was written and what was not, and returns an exit code."""
    missing = []
    try:
        for target in draw_file(path, names, formats, folder, options.x, missing,
                                options.page, options.choice, len(os.sched_getaffinity(0))):
            print(target)
    except errors.Misuse as error:  # the other files are drawn nevertheless
        print(places.spoken(f"scripts/figures: {error}"), file=sys.stderr)
        return 2
    except OSError as error:
        raise errors.Misuse(f"cannot write to '{folder}': {error.strerror}; choose another "
                            "folder with --output") from error
    for one in missing:
        if one.expected and not options.figure:
            continue
        print(places.spoken(f"scripts/figures: skipping {one.name} of '{getattr(path, 'path', path)}': {one.reason}"), file=sys.stderr)
    return int(any(one.failed for one in missing))


if __name__ == "__main__":
    errors.run("scripts/figures", main)
