"""What pyproject.toml cannot say: the version stands in CMakeLists.txt, and travels in ravine/VERSION."""

import pathlib
import sys

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from ravine._version import version  # noqa: E402


class BuildWithVersion(build_py):
    def run(self):
        super().run()
        noted = pathlib.Path(self.build_lib) / "ravine" / "VERSION"
        noted.write_text(f"{version()}\n", encoding="ascii")


setup(version=version(), cmdclass={"build_py": BuildWithVersion})
