"""What bash completes behind `ravine`, from what the programs say of themselves.

    source <(ravine completion)
"""

import re
import subprocess
import sys

from . import places

SCRIPT = places.PACKAGE / "completion.bash"
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z0-9-]*")
# Flags of suites whose values are the names of components, and the kinds of these.
COMPONENTS = {"--problem": "problems", "--optimizer": "optimizers", "--schedule": "schedules",
              "--init": "initializers", "--averaging": "averagings"}


def main(words):
    """Prints the completions of the last word behind `--`, a line each."""
    for text in complete(words[1:] if words[:1] == ["--"] else words):
        print(text)
    return 0


def complete(words):
    """What may stand in place of the last of the words behind `ravine`."""
    from . import command
    *before, last = words or [""]
    if not before:
        found = command.SUMMARIES
    elif before == ["run"]:
        found = places.suites()
    elif last.startswith("-"):
        found = flags_of(before)
    elif before[0] == "run" and before[-1] in COMPONENTS:
        found = components(command.program(before[1]), COMPONENTS[before[-1]])
    else:
        found = []
    return sorted(text for text in found if text.startswith(last))


def flags_of(before):
    from . import command
    if before[0] == "run":
        return flags(said_by([command.program(before[1]), "--help"]))
    if before[0] in command.RESULTS:
        return flags(said_by([command.program("results"), "--help"]))
    return flags(said_by([sys.executable, "-m", "ravine", before[0], "--help"]))


def flags(text):
    return set(FLAG.findall(text))


def components(program, kind):
    """The names that a suite lists under a heading of its --components."""
    text = said_by([program, "--components"])
    section = re.search(rf"^{kind}\n((?:  .*\n|\n)*)", text, re.MULTILINE)
    return re.findall(r"^  (\w+)", section[1], re.MULTILINE) if section else []


def said_by(words):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
