"""Writes the trials and curves of result files in formats of other tools.

    csv           FILE.trials.csv and FILE.curves.csv; a curve's column `trial` is the line of its trial, from 0
    parquet       the same as .parquet, by pyarrow or fastparquet
    tensorboard   a folder FILE.tensorboard with the events of each trial, a scalar for each column of its curve

Every number keeps its value; a quantity that a trial does not have is empty, and absent from events.
"""

import argparse
import pathlib

from .. import errors, places
from ..figures.drawing import choices


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/export"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="result files of suites")
    parser.add_argument("--format", default="csv", metavar="KINDS",
                        help="csv (default), parquet, tensorboard, separated by commas")
    parser.add_argument("--output", metavar="DIR", help="folder to write to (default: that of the result file)")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    from ..results.load import load
    from . import events, tables

    writers = {"csv": tables.write_csv, "parquet": tables.write_parquet, "tensorboard": events.write}
    kinds = options.format.split(",")
    choices(kinds, list(writers), "--format")
    if not options.files:
        raise errors.Misuse("no result file is given: name one, such as results/optimizers.h5")
    for path in map(pathlib.Path, options.files):
        results = load(path)
        folder = pathlib.Path(options.output) if options.output else path.parent
        for kind in kinds:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                for target in writers[kind](results, folder / path.stem):
                    print(target)
            except OSError as error:
                raise errors.Misuse(f"cannot write to '{folder}': {error.strerror}; choose another folder with "
                                    "--output") from error
    return 0


if __name__ == "__main__":
    errors.run("scripts/export", main)
