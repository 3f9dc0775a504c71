"""Draws the figures of result files.

Every figure is redrawn from the stored curves; the same file gives the same bytes. Pictures are
named SUITE-FIGURE-PROBLEM.FORMAT after the stem of the result file.
"""

import argparse
import dataclasses
import functools
import pathlib
import sys

from . import errors, file_names

FORMATS = ("pdf", "svg", "png")
NOTHING = "these results have nothing to show in it"


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


@dataclasses.dataclass(frozen=True)
class Missing:
    """A figure that was asked for and not drawn; `failed` is a fault of the program that draws it."""

    name: str
    reason: str
    failed: bool = False


def draw_file(path, names, formats, folder, x, missing=None):
    """Draws the named figures of one result file and returns the paths written.

    A figure that cannot be drawn never prevents the others: it is appended to the list `missing`.
    """
    import matplotlib.pyplot as plt

    from . import style

    style.apply()
    missing = [] if missing is None else missing
    written, stem = [], pathlib.Path(path).stem
    for target, make in tasks(path, names, x):
        try:
            figure = make()
            pages = {} if figure is None else {kind: style.page(figure, kind) for kind in formats}
        except (errors.LeftOut, errors.Misuse) as reason:
            missing.append(Missing(target, str(reason)))
            continue
        except Exception as error:  # a fault of one figure, which the others must not suffer from
            said = " ".join(f"{type(error).__name__}: {error}".split())
            missing.append(Missing(target, f"drawing it failed ({said}); please report this", True))
            continue
        finally:
            plt.close("all")
        if not pages:
            missing.append(Missing(target, NOTHING))
        for kind, page in pages.items():
            written.append(folder / f"{stem}-{target}.{kind}")
            written[-1].write_bytes(page)
    if not written and not any(one.failed for one in missing):
        reasons = [one.reason for one in missing if one.reason != NOTHING]
        raise errors.Misuse(reasons[0] if reasons else f"'{path}' has nothing to show in "
                            f"{', '.join(names)}: that needs more problems or factors that vary")
    return written


def tasks(path, names, x):
    """[(target, function that draws it or returns None)] of the named figures of one file."""
    from . import lecture
    from .load import load
    from .series import problems, series_of

    results = load(path)
    if results.attributes.get("suite") in lecture.PICTURES_ONLY:
        names = [name for name in names if name in lecture.FIGURES]
    # A problem whose trials all failed has no curve.
    drawable = {problem: label for problem, label in problems(results).items()
                if series_of(results, problem)}
    if not drawable:
        raise errors.Misuse(f"'{path}' has no finished trial to draw: run the suite again, which "
                            "retries failed trials")
    makers, suite_makers = figure_makers(), suite_figure_makers()
    stems = file_names.file_stems(drawable)
    found = [(f"{name}-{stems[problem]}", functools.partial(makers[name][0], results, problem, x))
             for problem in drawable for name in names if name in makers]
    return found + [(name, functools.partial(suite_makers[name][0], results, x))
                    for name in names if name in suite_makers]


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
                                "names: draw them one by one, each with an --output of its own")
        seen[place] = path


def _draw(path, folder, names, formats, options):
    """Draws one file, names what was written and what was not, and returns an exit code."""
    missing = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in draw_file(path, names, formats, folder, options.x, missing):
            print(target)
    except errors.Misuse as error:  # the other files are drawn nevertheless
        print(f"scripts/figures: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        raise errors.Misuse(f"cannot write to '{folder}': {error.strerror}; choose another "
                            "folder with --output") from error
    for one in missing:
        if one.reason == NOTHING and not options.figure:
            continue  # of all figures most have nothing to show; of those that were named, none
        print(f"scripts/figures: '{path}' goes without {one.name}: {one.reason}", file=sys.stderr)
    return int(any(one.failed for one in missing))


if __name__ == "__main__":
    errors.run("scripts/figures", main)
