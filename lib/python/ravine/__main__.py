"""python3 -m ravine COMMAND ...: see ravine.command."""

import sys

from . import errors
from .command import main

if __name__ == "__main__":
    errors.run("ravine", lambda: main(sys.argv[1:]))
