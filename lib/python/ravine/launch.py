"""Runs a module of this package as a program: launch.py MODULE [ARGUMENT...].

What keeps the module from beginning, such as a library that this Python lacks, is one sentence and
code 2, not a traceback and code 1: that is a verdict of the checkers. Once begun, ravine/errors.py
does the same.
"""

import runpy
import sys


def launch(module, arguments):
    sys.argv = [module, *arguments]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except Exception as error:
        text = " ".join(str(error).split())
        try:
            print(f"ravine: {module} cannot start under {sys.executable}: {type(error).__name__}: "
                  f"{text}; run scripts/setup, or set RAVINE_PYTHON to another Python",
                  file=sys.stderr, flush=True)
        except (OSError, ValueError, AttributeError):
            pass  # a closed standard error does not change the exit code
        sys.exit(2)


if __name__ == "__main__":
    launch(sys.argv[1], sys.argv[2:])
