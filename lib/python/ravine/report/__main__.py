"""Writes one self-contained HTML page on result files: curves, tables, statistics, failures.

The page opens from disk and needs no network. With --watch it is rewritten whenever trials finish,
and includes trials that a running suite has not packed yet.
"""

import argparse
import os
import pathlib
import time

from .. import errors, places
from ..results import program
from ..results.load import load

POLL_SECONDS = 5


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(prog=places.spoken("scripts/report"), description=places.spoken(__doc__),
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE", help="result files of suites")
    parser.add_argument("--output", metavar="FILE", type=pathlib.Path,
                        help="the page (default: report.html beside the first file)")
    parser.add_argument("--watch", action="store_true",
                        help="rewrite the page while suites run, until all are done")
    parser.add_argument("--together", action="store_true",
                        help="one report on all files: your optimizers beside the shipped ones, where problems and "
                             "protocols agree (default: a part of the page for each file)")
    parser.add_argument("--baseline", metavar="NAME",
                        help="the optimizer with which the others are compared (default: sgd, momentum or adam, the "
                             "first that ran on every problem compared; else the first in alphabetical order)")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse_arguments(arguments)
    from .page import page_on, replace

    def page_of(found, refresh=None):
        return page_on(found, refresh, options.baseline, options.together)

    output = options.output or pathlib.Path(options.files[0]).parent / "report.html"
    if not options.watch:
        replace(output, page_of([load(path) for path in options.files]))
        print(output)
        return 0
    return _watch(options.files, output, page_of, replace)


def _watch(files, output, page_of, replace):
    before = None
    while True:
        seen = program.status(*files)
        going = any(one["state"] == "running" or one["state"] == "stopped" and one["finished"]
                    for one in seen)
        now = [_stamp(one) for one in seen]
        if now != before:
            try:
                found = [_results(one) for one in seen]
                page = page_of(found, refresh=4 * POLL_SECONDS if going else None)
            except errors.Misuse:
                if not going:
                    raise
            else:
                replace(output, page)
                print(f"{output}: {sum(len(one.plan) for one in found)} trials", flush=True)
            before = now
        if not going:
            return 0
        time.sleep(POLL_SECONDS)


def _results(seen):
    partial = seen["finished"] and (seen["state"] != "done" or seen["shards"])
    return program.load_so_far(seen["output"]) if partial else load(seen["output"])


def _stamp(seen):
    """Changes when trials finish or are packed."""
    written = os.stat(seen["output"]).st_mtime_ns if os.path.exists(seen["output"]) else None
    return seen["state"], seen["finished"], seen["diverged"], seen["failed"], written


if __name__ == "__main__":
    try:
        errors.run("scripts/report", main)
    except KeyboardInterrupt:
        pass
