"""Where the programs are, and where files go, from the clone and from an installed tree."""

import os
import pathlib
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
