"""Draws the figures of result files.

Every figure is redrawn from the stored curves; the same file gives the same bytes. Pictures are
named SUITE-FIGURE-PROBLEM.FORMAT after the stem of the result file.
"""

import argparse
import pathlib
import sys

from .. import errors
from .drawing import FORMATS, choices, draw_file, figure_makers, suite_figure_makers


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/figures", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="result files of suites")
    parser.add_argument("--figure", metavar="NAME,...", help="which figures (default: all)")
    parser.add_argument("--format", metavar="KIND,...", default="pdf,png",
                        help="pdf, svg, png (default: pdf,png)")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path,
                        help="folder for the pictures (default: figures/ beside the file)")
    parser.add_argument("--x", default="epoch",
                        help="epoch (default), step, seconds, gradient_evaluations, "
                             "loss_evaluations, curvature_products or gradient_equivalents (all "
                             "three combined)")
    parser.add_argument("--list", action="store_true", help="list the figures and stop")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    makers = {**figure_makers(), **suite_figure_makers()}
    if options.list:
        for name, (_, meaning) in makers.items():
            print(f"{name:15} {meaning}")
        return 0
    from .bands import X_AXES

    names = choices(options.figure, list(makers), "--figure") if options.figure else list(makers)
    formats = choices(options.format, FORMATS, "--format")
    choices(options.x, list(X_AXES), "--x")
    if not options.files:
        raise errors.Misuse("no result file is given: name one, such as results/optimizers.h5")
    folders = {path: options.output or pathlib.Path(path).parent / "figures"
               for path in options.files}
    _refuse_shared_names(folders)
    return max(_draw(path, folder, names, formats, options) for path, folder in folders.items())


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
        for target in draw_file(path, names, formats, folder, options.x, missing):
            print(target)
    except errors.Misuse as error:  # the other files are drawn nevertheless
        print(f"scripts/figures: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        raise errors.Misuse(f"cannot write to '{folder}': {error.strerror}; choose another "
                            "folder with --output") from error
    for one in missing:
        if one.expected and not options.figure:
            continue
        print(f"scripts/figures: skipping {one.name} of '{path}': {one.reason}", file=sys.stderr)
    return int(any(one.failed for one in missing))


if __name__ == "__main__":
    errors.run("scripts/figures", main)
