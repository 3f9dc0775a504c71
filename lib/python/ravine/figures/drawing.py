"""Which figures there are, and the pages of those that are asked for."""

import dataclasses
import functools
import multiprocessing
import pathlib
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from .. import errors
from . import file_names

FORMATS = ("pdf", "svg", "png", "pgf")
NOTHING = "these results contain nothing to show in it"
MOST_PROCESSES = 8  # each takes memory of its own


def figure_makers():
    """{name: (function of results, problem, x; what it shows)}, one figure per problem.

    A function returns None where the results have nothing to show, such as a factor that varies.
    """
    from . import (averages, best_of_k, distributions, heat_maps, landscapes, layers,
                   learning_curves, sensitivity, time_bars, unit_inputs)

    return {
        "curves": (learning_curves.draw, "learning curves of every optimizer at its best rate"),
        "sensitivity": (sensitivity.draw, "final validation metric against learning rate"),
        "heat-maps": (heat_maps.draw, "learning rate against the other factors that vary"),
        "times": (time_bars.draw, "time to target, with misses"),
        "landscapes": (landscapes.draw, "the objective around the paths of trials that recorded it"),
        "averages": (averages.draw, "averages of the iterates beside the iterate itself"),
        "unit-inputs": (unit_inputs.draw, "inputs of a unit, with and without batch norm"),
        "layers": (layers.draw, "spread of activations and gradients in every layer"),
        "distributions": (distributions.draw, "activations and gradients in every layer"),
        "best-of-k": (best_of_k.draw, "expected best result of tuning with k trials"),
    }


def suite_figure_makers():
    """{name: (function of results, x; what it shows)}, one figure over all problems of a suite."""
    from . import lecture, papers, profiles, ranks

    def of_all(draw):
        return lambda results, x: draw(results)

    return {
        "profile": (profiles.draw, "performance profile over the problems"),
        "ranks": (ranks.draw, "critical-difference diagram over the problems"),
        **{name: (of_all(draw), meaning)
           for name, (draw, meaning) in (lecture.FIGURES | papers.FIGURES).items()},
    }


@dataclasses.dataclass(frozen=True)
class Missing:
    """A figure that was asked for and not drawn; `failed` is a fault of the program that draws it."""

    name: str
    reason: str
    failed: bool = False
    expected: bool = False  # of all figures most have nothing to show; of those that were named, none


def draw_file(path, names, formats, folder, x, missing=None, page=None, choice=None, processes=1):
    """Draws the named figures of one result file, a path or its Results, and returns the paths written.

    page: what they are drawn for (style.Page). choice: what of the file (study.narrowing.Choice). processes: how many
    draw side by side, forked from this one; the bytes do not depend on it.
    A figure that cannot be drawn never prevents the others: it is appended to the list `missing`.
    """
    from . import style

    style.apply(page or style.Page())
    missing = [] if missing is None else missing
    written, stem = [], pathlib.Path(getattr(path, "path", path)).stem
    for target, pages, lacking in _drawn(tasks(path, names, x, choice), formats, processes):
        missing += lacking
        for kind, content in pages.items():
            folder.mkdir(parents=True, exist_ok=True)
            written.append(folder / f"{stem}-{target}.{kind}")
            written[-1].write_bytes(content)
    if not written and not any(one.failed for one in missing):
        reasons = [one.reason for one in missing if one.reason != NOTHING]
        raise errors.Misuse(reasons[0] if reasons else f"'{getattr(path, 'path', path)}' has nothing to show in "
                            f"{', '.join(names)}: it needs more problems or varying factors")
    return written


def _drawn(jobs, formats, processes):
    """(target, {format: bytes}, [Missing]) of each job, in their order."""
    if processes < 2 or len(jobs) < 2:
        yield from (draw_one(*job, formats) for job in jobs)
        return
    global _shared
    _shared = jobs, formats  # what the forked processes find
    context = multiprocessing.get_context("fork")
    try:
        with ProcessPoolExecutor(min(processes, len(jobs), MOST_PROCESSES), context) as pool:
            yield from pool.map(_draw_shared, range(len(jobs)))
    except BrokenProcessPool as error:
        raise errors.Misuse("a process that drew a figure was killed, perhaps for lack of memory: free some, or draw "
                            "with --figure one by one") from error


_shared = None


def _draw_shared(number):
    jobs, formats = _shared
    return draw_one(*jobs[number], formats)


def draw_one(target, make, formats):
    """Draws one figure in all formats."""
    import matplotlib.pyplot as plt

    from . import pgf, style

    missing = []
    try:
        figure = make()
        kinds = formats
        if figure and "pgf" in formats and not pgf.holds(figure):
            missing.append(Missing(target, pgf.REFUSED))
            kinds = [kind for kind in formats if kind != "pgf"]
        if figure is None:
            missing.append(Missing(target, NOTHING, expected=True))
        return target, {} if figure is None else style.pages(figure, kinds), missing
    except (errors.LeftOut, errors.Misuse) as reason:
        return target, {}, [*missing, Missing(target, str(reason), expected=isinstance(reason, errors.TooFew))]
    except Exception as error:  # a fault of one figure, which the others must not suffer from
        said = " ".join(f"{type(error).__name__}: {error}".split())
        return target, {}, [*missing, Missing(target, f"drawing failed ({said}); please report this", True)]
    finally:
        plt.close("all")


def tasks(path, names, x, choice=None):
    """[(target, function that draws it or returns None)] of the named figures of one file."""
    from ..results.load import as_results
    from ..study.narrowing import narrow
    from ..study.series import problems, series_of
    from . import lecture

    whole = as_results(path)
    path = whole.path
    results = narrow(whole, choice)
    if results.attributes.get("suite") in lecture.PICTURES_ONLY:
        names = [name for name in names if name in lecture.FIGURES]
    # A problem whose trials all failed has no curve.
    drawable = {problem: label for problem, label in problems(results).items()
                if series_of(results, problem)}
    if not drawable:
        raise errors.Misuse(f"'{path}' has no finished trial to draw: run the suite again, which "
                            "retries failed trials")
    makers, suite_makers = figure_makers(), suite_figure_makers()
    # Of the whole file: a figure keeps its name whatever else is drawn.
    stems = file_names.file_stems(problems(whole))
    found = [(f"{name}-{stems[problem]}", functools.partial(_draw, makers[name][0], results, problem, x))
             for problem in drawable for name in names if name in makers]
    return found + [(name, functools.partial(_draw, suite_makers[name][0], results, x))
                    for name in names if name in suite_makers]


def _draw(maker, *arguments):
    """The figure, in which no panel is empty without a word, or None."""
    from .axes import name_empty_panels

    figure = maker(*arguments)
    if figure is not None:
        name_empty_panels(figure)
    return figure


def choices(text, known, flag):
    """The comma-separated names of a flag, or those of a list, checked."""
    names = [name.strip() for name in (text.split(",") if isinstance(text, str) else text) if name.strip()]
    for name in names:
        if name not in known:
            raise errors.Misuse(f"unknown {flag} '{name}'{errors.near(name, known)}: choose one of {', '.join(known)}")
    if not names:
        raise errors.Misuse(f"{flag} is empty: choose one of {', '.join(known)}")
    return names
