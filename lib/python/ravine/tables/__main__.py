"""Writes tables for papers: what each optimizer reached on each problem of result files.

The final value is the median over seeds with its bootstrap interval (the range, where there are fewer
than six seeds), at the learning rate that validation chose; steps to a target stand where the file
gives one. A value is bold only where it is better than that of every other optimizer by a paired test.
"""

import argparse
import pathlib
import sys

from .. import errors, places
from ..figures import paper_file
from ..figures.drawing import choices


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/tables"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE", help="result files of suites")
    parser.add_argument("--format", metavar="KIND", help="booktabs (default), markdown or csv")
    parser.add_argument("--output", metavar="FILE", help="where to write (default: standard output)")
    paper_file.add_flags(parser)
    return paper_file.merged(parser.parse_args(arguments), "tables")


def main(arguments=None):
    options = parse_arguments(arguments)
    from ..results.load import load
    from ..study.narrowing import narrow, require_known
    from .formats import FORMATS
    from .rows import notes, rows

    kind = options.format or "booktabs"
    choices([kind], list(FORMATS), "--format")
    if not options.files:
        raise errors.Misuse("no result file is given: name one, such as results/optimizers.h5")
    choice, whole = paper_file.choice(options), [load(path) for path in options.files]
    require_known(choice, whole)
    shown = [narrow(one, choice) for one in whole]
    text = FORMATS[kind]([(pathlib.Path(one.path).name, rows(one), notes(one)) for one in shown])
    if not options.output:
        sys.stdout.write(text)
        return 0
    try:
        pathlib.Path(options.output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise errors.Misuse(f"cannot write '{options.output}': {error.strerror}; choose another file with "
                            "--output") from error
    print(options.output)
    return 0


if __name__ == "__main__":
    errors.run("scripts/tables", main)
