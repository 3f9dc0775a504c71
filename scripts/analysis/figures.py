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
    """{name: (function of results, problem, x; what it shows)}, one figure per problem.

    A function returns None where the results have nothing to show, such as a factor that varies.
    """
    from . import (averages_figure, best_of_k, distributions_figure, heat_maps, landscapes,
                   layers_figure, learning_curves, sensitivity, time_bars, unit_inputs_figure)

    return {
        "curves": (learning_curves.draw, "learning curves of every optimizer at its best rate"),
        "sensitivity": (sensitivity.draw, "final validation metric against learning rate"),
        "heat-maps": (heat_maps.draw, "learning rate against the other factors that vary"),
        "times": (time_bars.draw, "time to target, with misses"),
        "landscapes": (landscapes.draw, "the objective around the paths of trials that recorded it"),
        "averages": (averages_figure.draw, "averages of the iterates beside the iterate itself"),
        "unit-inputs": (unit_inputs_figure.draw, "what enters a unit, with and without batch norm"),
        "layers": (layers_figure.draw, "spread of activations and gradients in every layer"),
        "distributions": (distributions_figure.draw, "activations and gradients in every layer"),
        "best-of-k": (best_of_k.draw, "what tuning with k trials is expected to find"),
    }


def suite_figure_makers():
    """{name: (function of results, x; what it shows)}, one figure over all problems of a suite."""
    from . import lecture, papers, profiles_figure, ranks_figure

    def of_all(draw):
        return lambda results, x: draw(results)

    return {
        "profile": (profiles_figure.draw, "performance profile over the problems"),
        "ranks": (ranks_figure.draw, "critical-difference diagram over the problems"),
        **{name: (of_all(draw), meaning)
           for name, (draw, meaning) in (lecture.FIGURES | papers.FIGURES).items()},
    }


def file_stem(label):
    """A label as part of a file name: mlp(mnist) becomes mlp-mnist."""
    return re.sub(r"[^A-Za-z0-9_.]+", "-", label).strip("-")


def draw_file(path, names, formats, folder, x):
    """Draws the named figures of one result file and returns the paths written."""
    import matplotlib.pyplot as plt

    from . import lecture, style
    from .load import load
    from .series import problems, series_of

    results = load(path)
    if results.attributes.get("suite") in lecture.PICTURES_ONLY:
        names = [name for name in names if name in lecture.FIGURES]
    style.apply()
    makers, suite_makers, stem = figure_makers(), suite_figure_makers(), pathlib.Path(path).stem
    # A problem whose trials all failed has no curve.
    drawable = {problem: label for problem, label in problems(results).items()
                if series_of(results, problem)}
    tasks = [(makers[name][0], (results, problem, x), f"{stem}-{name}-{file_stem(label)}")
             for problem, label in drawable.items() for name in names if name in makers]
    tasks += [(suite_makers[name][0], (results, x), f"{stem}-{name}")
              for name in names if name in suite_makers and drawable]
    written = []
    for make, arguments, target in tasks:
        figure = make(*arguments)
        if figure is None:
            continue
        for kind in formats:
            written.append(folder / f"{target}.{kind}")
            style.save(figure, written[-1], kind)
        plt.close(figure)
    if not drawable:
        raise errors.Misuse(f"'{path}' has no finished trial to draw: run the suite again, which "
                            "retries failed trials")
    if not written:
        raise errors.Misuse(f"'{path}' has nothing to show in {', '.join(names)}: that needs more "
                            "problems or factors that vary")
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
                        help="epoch (default), step, seconds, gradient_evaluations, loss_evaluations, "
                             "curvature_products or gradient_equivalents (the three in one)")
    parser.add_argument("--list", action="store_true", help="name the figures and stop")
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
