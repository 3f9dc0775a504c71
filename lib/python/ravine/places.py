"""Where things are, and how users call them, from the clone and from an installed tree."""

import os
import pathlib
import re
import shutil

PACKAGE = pathlib.Path(__file__).resolve().parent
CLONE = PACKAGE.parents[2] if (PACKAGE.parents[2] / "scripts" / "bench").is_file() else None
ROOT = CLONE or pathlib.Path.cwd()


def programs():
    """The folder of the suites: $RAVINE_BUILD_DIR, the build of the clone, or the installed bin/."""
    if "RAVINE_BUILD_DIR" in os.environ:
        return pathlib.Path(os.environ["RAVINE_BUILD_DIR"])
    if CLONE:
        return CLONE / "build" / "release"
    beside = (folder / "bin" for folder in PACKAGE.parents)
    found = next((folder for folder in beside if (folder / "ravine-results").exists()), None)
    known = shutil.which("ravine-results")
    return found or pathlib.Path(known or ".").parent


def scripts():
    """The folder of scripts that are not written in Python, those of Slurm."""
    return CLONE / "scripts" if CLONE else PACKAGE.parents[1] / "scripts"


def data_catalog():
    """The catalog of real data sets."""
    installed = PACKAGE.parents[1] / "datasets"
    return (CLONE / "datasets" if CLONE else installed) / "catalog.tsv"


def suites():
    """The names of the suites that are there, without "ravine-"."""
    found = (path.name.removeprefix("ravine-") for path in programs().glob("ravine-*"))
    return sorted(name for name in found if re.fullmatch("[a-z-]+", name) and name not in NO_SUITES)


NO_SUITES = ("results", "results-double", "kernels", "fuzz")
# What the command `ravine` calls scripts whose names differ; those that it does not have.
COMMANDS = {"fetch_datasets": "fetch", "slurm/submit": "submit", "slurm/status": "status"}
NO_COMMANDS = ("setup", "bench", "test", "fuzz", "renew_", "make_", "compare_", "cost_")


def spoken(text):
    """A text with the names of scripts as the user calls them: "scripts/figures", or "ravine figures" where the
    command was typed, or where there is no clone."""
    if CLONE and not os.environ.get("RAVINE_COMMAND"):
        return text

    def command(match):
        return match[0] if match[1].startswith(NO_COMMANDS) else f"ravine {COMMANDS.get(match[1], match[1])}"

    return re.sub(r"scripts/((?:slurm/)?\w+)", command, text)
