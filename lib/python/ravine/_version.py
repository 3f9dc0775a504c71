"""The version of this package, which is that of the project: it stands in CMakeLists.txt alone."""

import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
NOTED = HERE / "VERSION"  # beside an installed package


def version():
    if NOTED.is_file():
        return NOTED.read_text(encoding="ascii").strip()
    project = (HERE.parents[2] / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"^project\(ravine VERSION ([0-9.]+)", project, re.MULTILINE)[1]
