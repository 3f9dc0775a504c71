"""python3 -m ravine run SUITE ...: see ravine.training.command."""

import sys

from . import errors
from .training.command import main

if __name__ == "__main__":
    errors.run("ravine", lambda: main(sys.argv[1:]))
