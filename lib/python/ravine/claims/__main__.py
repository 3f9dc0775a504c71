"""Which claims of the lecture and of papers do these results support?

Each claim is a sentence with the statistic and the rule that decide it, paired by seed; checks
compare a computed value with a closed form or a published number. Error rates hold over the whole
table (Holm). A gate is a claim that must not fail.

exit codes: 0 no gate fails; 1 a gate is not supported; 2 misuse; 70 an error of this script, which
decides nothing
"""

import argparse
import string
import sys

from .. import errors, places
from ..results.load import load
from . import table
from .judge import failed_gates, judge


def main(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/claims"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="+", metavar="RESULTS.h5")
    parser.add_argument("--claim", action="append", metavar="ID", default=[],
                        help="only these claims, such as L25 (with L25a, L25b, ...); may be repeated")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print a Markdown table")
    options = parser.parse_args(arguments)
    judged = judge([load(path) for path in options.results])
    if options.claim:
        judged = [one for one in judged if {one.id, _statement(one.id)} & set(options.claim)]
    if not judged:
        raise errors.Misuse("none of the claims applies to these results: name files of suites "
                            "that have claims (suites/README.md), and existing ids")
    if options.json:
        text = table.to_json(judged)
    elif options.markdown:
        text = table.markdown(judged)
    else:
        text = table.terminal(judged, colour=sys.stdout.isatty())
    print(text, end="")
    return 1 if failed_gates(judged) else 0


def _statement(name):
    """L25 of L25a and of L25.variance."""
    return name.partition(".")[0].rstrip(string.ascii_lowercase)


if __name__ == "__main__":
    errors.run("scripts/claims", main)
