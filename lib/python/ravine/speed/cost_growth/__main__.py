"""How time and memory grow with networks, batches, data and trials: a table and a figure.

Runs ravine-optimizers on generated images (784 inputs, two hidden layers of 256 ReLU units, batch 128,
Adam, one thread) while one factor at a time grows, fits powers to the upper half of each series, and
draws all of them. Times are those of the training clock, memory is the peak of the process. Takes about
two minutes on an idle machine.
"""

import argparse
from pathlib import Path

from ... import errors, places
from ..peers.ravine import Ravine

FORMATS = ("pdf", "png", "svg")


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="scripts/cost_growth", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", type=Path, default=places.programs(),
                        help="folder of ravine-optimizers (default: build/release)")
    parser.add_argument("--output", type=Path, default=places.ROOT / "results/figures/cost-growth",
                        help="figure without its extension (default: results/figures/cost-growth)")
    parser.add_argument("--format", default="pdf,png", help="of pdf, png, svg (default: pdf,png)")
    parser.add_argument("--seconds", type=float, default=0.4,
                        help="approximate duration of the steps of one run (default: 0.4)")
    options = parser.parse_args(arguments)
    kinds = options.format.split(",")
    for kind in kinds:
        if kind not in FORMATS:
            raise errors.Misuse(f"unknown format '{kind}': choose one of {', '.join(FORMATS)}")
    program = options.build_dir / "ravine-optimizers"
    if not program.exists():
        raise errors.Misuse(f"there is no program '{program}': build it with scripts/bench --help")

    from ...figures import style
    from .figure import draw
    from .growth import curves
    from .series import measure

    found = curves(measure(Ravine(program, ""), options.seconds))
    print(f"{'what':8} {'against':18} {'from':>9} {'to':>9} {'value':>20} {'exponent':>9}  expected")
    for curve in found:
        values = f"{curve.y[0]:.3g} to {curve.y[-1]:.3g} {curve.unit}"
        print(f"{curve.quantity:8} {curve.factor:18} {curve.x[0]:9.0f} {curve.x[-1]:9.0f} "
              f"{values:>20} {curve.exponent:9.2f}  {curve.expected}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    figure = draw(found)
    for kind in kinds:
        path = options.output.with_name(f"{options.output.name}.{kind}")
        style.save(figure, path, kind)
        print(path)
    return 0


if __name__ == "__main__":
    errors.run("scripts/cost_growth", main)
