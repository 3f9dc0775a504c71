"""Misuse of the analysis, faults of its own, and how programs report both."""

import difflib
import os
import pathlib
import sys
import traceback

from . import places

MISUSE = 2
# EX_SOFTWARE of sysexits.h. Python ends with 1 where nobody catches: to a gate that is a verdict.
INTERNAL = 70
FOLDER = pathlib.Path(__file__).parents[1]  # of the package


class Misuse(Exception):
    """One sentence with the offending value, the rule and the remedy. Programs end with code 2."""


class LeftOut(Exception):
    """Why one figure of several is not drawn, as the end of a sentence."""


class TooFew(LeftOut):
    """The same where results have too little to show, which only matters to those who named it."""


def near(name, known):
    """A question behind a name that nobody knows, if one of the known ones is like it."""
    found = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean '{found[0]}'?)" if found else ""


def run(program, main):
    """Calls main() and ends the process as every ravine program does.

    Exit codes: what main() returns, which are the verdicts of a checker; 2 for Misuse and for a
    Python that lacks a library; 70 for any other exception, a fault of the program and never a
    verdict. Either is one sentence on standard error; RAVINE_TRACEBACK=1 adds where a fault came
    from.
    """
    try:
        code = main()
        sys.stdout.flush()  # here, for a full disk must not pass as the verdict
    except Misuse as error:
        code = MISUSE
        _say(f"{program}: {error}")
    except ModuleNotFoundError as error:
        code = MISUSE
        _say(f"{program}: this Python lacks {error.name}: run scripts/setup, or set RAVINE_PYTHON to "
             "one that has it")
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        code = 0
        _discard_output()
    except Exception as error:
        code = INTERNAL
        _say(f"{program}: {describe(error)}")
        if os.environ.get("RAVINE_TRACEBACK"):
            _say("".join(traceback.format_exception(error)).rstrip())
        _discard_output()
    sys.exit(code)


def describe(error):
    """The sentence about an exception that nobody foresaw: what, where, what to do."""
    # Of the frames the last one of ours: pandas' own say little about our mistake.
    frames = [frame for frame in traceback.extract_tb(error.__traceback__)
              if pathlib.Path(frame.filename).is_relative_to(FOLDER)
              and frame.filename != __file__]
    where = (f" at {pathlib.Path(frames[-1].filename).relative_to(FOLDER)}:{frames[-1].lineno}"
             if frames else "")
    text = " ".join(str(error).split())
    return (f"internal error{where}: {type(error).__name__}{': ' if text else ''}{text}; nothing was "
            "decided: please report it with the command and its files (RAVINE_TRACEBACK=1 shows "
            "the traceback)")


def _say(text):
    """Messages are best effort: a closed standard error does not change the exit code."""
    try:
        print(places.spoken(text), file=sys.stderr, flush=True)
    except (OSError, ValueError, AttributeError):  # full, closed, or none at all
        pass


def _discard_output():
    """What is still buffered goes nowhere, or the interpreter would fail again at its end."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        except OSError:
            pass
