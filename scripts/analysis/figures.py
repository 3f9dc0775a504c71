"""Draws the figures of result files.

Every figure is redrawn from the stored curves; the same file gives the same bytes. Pictures are
named SUITE-FIGURE-PROBLEM.FORMAT after the stem of the result file.
"""

import argparse
import pathlib
import re

from . import errors

FORMATS = ("pdf", "svg", "png")


def figure_makers():
    """{name: (function of results, problem, x; what it shows)}, one figure per problem."""
    from . import learning_curves, sensitivity

    return {
        "curves": (learning_curves.draw, "learning curves of every optimizer at its best rate"),
        "sensitivity": (sensitivity.draw, "final validation metric against learning rate"),
    }


def file_stem(label):
    """A label as part of a file name: mlp(mnist) becomes mlp-mnist."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", label).strip("-")


def draw_file(path, names, formats, folder, x):
    """Draws the named figures of one result file and returns the paths written."""
    import matplotlib.pyplot as plt

    from . import style
    from .load import load
    from .series import problems, series_of

    results = load(path)
    style.apply()
    makers = figure_makers()
    written = []
    for problem, label in problems(results).items():
        if not series_of(results, problem):
            continue  # every trial failed: there is no curve
        for name in names:
            figure = makers[name][0](results, problem, x)
            for kind in formats:
                target = folder / f"{pathlib.Path(path).stem}-{name}-{file_stem(label)}.{kind}"
                style.save(figure, target, kind)
                written.append(target)
            plt.close(figure)
    if not written:
        raise errors.Misuse(f"'{path}' has no finished trial to draw: run the suite again, which "
                            "retries failed trials")
    return written


def choices(text, known, flag):
    """The comma-separated names of a flag, checked."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise errors.Misuse(f"unknown {flag} '{name}': known are {', '.join(known)}")
    if not names:
        raise errors.Misuse(f"{flag} is empty: known are {', '.join(known)}")
    return names


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
                        help="epoch (default), step, seconds or gradient_evaluations")
    parser.add_argument("--list", action="store_true", help="name the figures and stop")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    try:
        makers = figure_makers()
    except ImportError as error:
        raise errors.Misuse(f"this Python lacks {error.name}: run scripts/setup, or set "
                            "RAVINE_PYTHON to one that has it") from error
    if options.list:
        for name, (_, meaning) in makers.items():
            print(f"{name:12} {meaning}")
        return 0
    from .bands import X_AXES

    names = choices(options.figure, list(makers), "--figure") if options.figure else list(makers)
    formats = choices(options.format, FORMATS, "--format")
    choices(options.x, list(X_AXES), "--x")
    if not options.files:
        raise errors.Misuse("no result file is given: name one, such as results/optimizers.h5")
    for path in options.files:
        folder = options.output or pathlib.Path(path).parent / "figures"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for target in draw_file(path, names, formats, folder, options.x):
                print(target)
        except OSError as error:
            raise errors.Misuse(f"cannot write to '{folder}': {error.strerror}; choose another "
                                "folder with --output") from error
    return 0


if __name__ == "__main__":
    errors.run("scripts/figures", main)
