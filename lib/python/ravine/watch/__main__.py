"""Watches a running suite in the terminal: trials by outcome, the best curve of each optimizer, the time left.

    ravine watch results/optimizers.h5

The view is redrawn as trials finish, until the run ends. Without a terminal, or with --once, it is printed once.
Ctrl-C ends the view, never the run.

exit codes: 0 the run is done; 1 something is left; 2 misuse
"""

import argparse
import contextlib
import os
import shutil
import signal
import sys

from .. import errors
from ..results import program
from ..results.load import load
from .view import view

POLL_SECONDS = 2
ENTER, LEAVE, HOME, CLEAR_LINE, CLEAR_REST = "\033[?1049h\033[?25l", "\033[?25h\033[?1049l", "\033[H", "\033[K", "\033[J"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="ravine watch", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", metavar="FILE", help="the output of a suite, finished or not")
    parser.add_argument("--once", action="store_true", help="print the view once and stop")
    options = parser.parse_args(arguments)
    look = Look(options.file)
    if not options.once and sys.stdout.isatty():
        with contextlib.suppress(KeyboardInterrupt):
            _live(look)
    print("\n".join(view(look.seen, look.results, shutil.get_terminal_size().columns)))
    return 0 if look.seen["state"] == "done" else 1


class Look:
    """What was last seen of a run: its status, and its Results, read again when trials have finished."""

    def __init__(self, path):
        self.path = path
        self.seen = self.results = self._stamp = None
        self.again()

    def again(self):
        """Raises Misuse for an output that nobody writes, and for a damaged file."""
        seen, = program.status(self.path)
        if seen["state"] == "waiting" and not seen["finished"] and not os.path.exists(self.path) and not seen["shards"]:
            raise errors.Misuse(f"'{self.path}' is not there, and no run writes it: start the suite first, or name its "
                                "--output")
        if seen["damaged"] and not seen["finished"]:
            raise errors.Misuse(seen["damaged"][0])
        stamp = seen["state"], seen["finished"]
        if stamp != self._stamp and seen["finished"]:
            is_whole = seen["state"] == "done" and not seen["shards"]
            self.results = load(self.path) if is_whole else program.load_so_far(self.path)
        self.seen, self._stamp = seen, stamp


def _live(look):
    """Redraws the view until the run ends, at once when the window changes its size."""
    resized = {signal.SIGWINCH}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, resized)
    sys.stdout.write(ENTER)
    try:
        while True:
            size = shutil.get_terminal_size()
            lines = view(look.seen, look.results, size.columns, size.lines - 1)
            sys.stdout.write(HOME + "".join(f"{line}{CLEAR_LINE}\r\n" for line in lines) + CLEAR_REST)
            sys.stdout.flush()
            if look.seen["state"] != "running":
                return
            if signal.sigtimedwait(resized, POLL_SECONDS) is None:
                with contextlib.suppress(errors.Misuse) if look.results is not None else contextlib.nullcontext():
                    look.again()  # a file may be replaced while it is read: the next look has it
    finally:
        sys.stdout.write(LEAVE)
        sys.stdout.flush()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


if __name__ == "__main__":
    errors.run("ravine watch", main)
