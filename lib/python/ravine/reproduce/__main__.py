"""Reproduces a figure of a paper or of the lecture: runs, draws and compares it with the published one.

    scripts/reproduce --list
    scripts/reproduce A1
    scripts/reproduce B1 --data-dir ~/data

The result file and the pictures land in results/reproduce/. The same command continues a stopped
run.

exit codes: 0 every value is reproduced; 1 some are not; 2 misuse; 70 an error of this script
"""

import argparse
import pathlib
import sys

import numpy as np

from .. import errors, places
from ..results.load import load
from . import run
from .catalog import catalog, find
from .compare import compare


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/reproduce"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figure", nargs="?", metavar="FIGURE", help="which one, such as A1")
    parser.add_argument("--list", action="store_true", help="list the figures and stop")
    parser.add_argument("--data-dir", metavar="DIR", help="downloaded data sets (default: "
                        "$RAVINE_DATA_DIR); scripts/fetch_datasets gets them")
    parser.add_argument("--output", metavar="DIR", type=pathlib.Path,
                        default=places.ROOT / "results" / "reproduce",
                        help="folder of result file and pictures (default: results/reproduce)")
    parser.add_argument("--no-run", action="store_true", help="draw and compare existing results")
    parser.add_argument("--format", metavar="KIND,...", default="pdf,png",
                        help="pdf, svg, png (default: pdf,png)")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    known = catalog()
    folder = run.data_folder(options.data_dir)
    if options.list:
        for figure in known.values():
            print(line(figure, run.missing_data(figure, folder)))
        return 0
    if not options.figure:
        raise errors.Misuse("name a figure: scripts/reproduce --list lists them")
    figure = find(options.figure, known)
    output = options.output / f"{figure.id}.h5"
    if not options.no_run:
        missing = run.missing_data(figure, folder)
        if missing:
            raise errors.Misuse(f"{figure.id} needs the data set {', '.join(missing)}: run "
                                f"scripts/fetch_datasets {' '.join(missing)} and pass its folder "
                                "with --data-dir")
        run.run(figure, output, ("--data-dir", str(folder)) if figure.data else ())
    pictures = draw(figure, output, options.format)
    rows = compare(load(output), figure)
    print(told(figure, rows, pictures), end="")
    return 0 if all(row.reproduced for row in rows) else 1


def draw(figure, output, formats):
    if not figure.figures:
        return []
    from ..figures.drawing import FORMATS, NOTHING, choices, draw_file

    folder = output.parent / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    pictures = draw_file(output, figure.figures, choices(formats, FORMATS, "--format"), folder,
                         figure.x, missing)
    for one in (one for one in missing if one.reason != NOTHING):
        print(places.spoken(f"scripts/reproduce: skipping {one.name}: {one.reason}"), file=sys.stderr)
    return pictures


def line(figure, missing):
    need = f"; needs data: {', '.join(missing)}" if missing else ""
    return f"{figure.id:4} {figure.title} ({figure.cost}{need})\n     {figure.source}"


def told(figure, rows, pictures):
    """The comparison as a table for the terminal."""
    width = max([len(row.what) for row in rows] + [8])
    lines = [f"{figure.id}: {figure.title}", figure.source]
    lines += [f"Deviates: {figure.deviates}"] if figure.deviates else []
    lines += ["", f"{'quantity':{width}}  {'published':>22}  {'ours':>12}  {'sd':>9}  seeds"]
    for row in rows:
        spread = f"{row.spread:9.2g}" if np.isfinite(row.spread) else f"{'–':>9}"
        lines.append(f"{row.what:{width}}  {row.published:>22}  {row.ours:12.6g}  {spread}  "
                     f"{row.seeds:5}  {row.verdict}")
    kept = sum(row.reproduced for row in rows)
    lines += ["", f"{kept} of {len(rows)} values reproduced"]
    return "\n".join([*lines, *map(str, pictures), ""])


if __name__ == "__main__":
    errors.run("scripts/reproduce", main)
