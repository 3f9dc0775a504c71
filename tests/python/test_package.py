"""The package is imported from the clone, from an installed tree and from pip's, and costs nothing at first."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

PROJECT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ.get("RAVINE_BUILD_DIR", PROJECT / "build" / "release"))
BASELINE = PROJECT / "results" / "baselines" / "averaging.h5"
VERSION = re.search(r"^project\(ravine VERSION (\S+)", (PROJECT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]

# Reads a file, and what needs the package's own data: claims, the page's templates, published curves.
USE = """
import pathlib, sys
import ravine
assert "pandas" not in sys.modules, "importing the package imports pandas"
print(pathlib.Path(ravine.__file__).resolve().parent)
print(ravine.__version__)
print(len(ravine.load(sys.argv[1]).trials))
from ravine.claims.claim import FOLDER, read_claims
print(sum(len(read_claims(path)) for path in FOLDER.glob("*.toml")) > 50)
from ravine.figures.papers.deepobs import PUBLISHED
from ravine.report.page import HERE
from ravine.reproduce.catalog import catalog
print(PUBLISHED.is_file(), len(catalog()) > 10,
      all(list(HERE.glob(kind)) for kind in ("*.html", "*.js", "*.css")))
"""


def use(folder, cwd):
    """What a Python says that has the package in `folder` and stands elsewhere."""
    done = subprocess.run([sys.executable, "-c", USE, BASELINE], capture_output=True, text=True, cwd=cwd,
                          env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
                          check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")


def expect(folder, cwd):
    where, version, trials, *rest = use(folder, cwd)
    assert pathlib.Path(where) == folder.resolve() / "ravine"
    assert version == VERSION
    assert int(trials) > 0
    assert rest == ["True", "True True True", ""]


def test_the_clone(tmp_path):
    expect(PROJECT / "lib" / "python", tmp_path)


def test_an_installed_tree(tmp_path):
    if not (BUILD / "cmake_install.cmake").is_file():
        pytest.skip(f"'{BUILD}' is not a folder that CMake has configured")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", tmp_path / "prefix", "--component", "python"],
                   stdout=subprocess.DEVNULL, check=True)
    expect(tmp_path / "prefix" / "share" / "ravine" / "python", tmp_path)


def test_an_installation_by_pip(tmp_path):
    pytest.importorskip("pip", reason="python3-pip is not installed: scripts/setup --test")
    pytest.importorskip("wheel", reason="python3-wheel is not installed: scripts/setup --test")
    # pip builds inside the tree.
    clone = tmp_path / "clone"
    shutil.copytree(PROJECT / "lib" / "python", clone / "lib" / "python",
                    ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    shutil.copy(PROJECT / "CMakeLists.txt", clone)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps",
                    "--no-build-isolation", "--no-compile", "--target", tmp_path / "site",
                    clone / "lib" / "python"], check=True)
    expect(tmp_path / "site", tmp_path)
