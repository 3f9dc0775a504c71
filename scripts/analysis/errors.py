"""Misuse of the analysis, and how programs report it."""

import sys


class Misuse(Exception):
    """One sentence with the offending value, the rule and the remedy. Programs end with code 2."""


def run(program, main):
    """Calls main() and ends the process as every ravine program does."""
    try:
        sys.exit(main())
    except Misuse as error:
        print(f"{program}: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
