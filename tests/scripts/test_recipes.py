"""The recipes of scripts/recipes, each as far as a machine without its tool allows (README.md there)."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import types

import pytest
import suites

PROJECT = suites.PROJECT
RECIPES = PROJECT / "scripts" / "recipes"
CMAKE = (PROJECT / "CMakeLists.txt").read_text()
VERSION = re.search(r"project\(ravine VERSION (\S+)", CMAKE)[1]
PATH = f"{PROJECT / 'scripts'}:{os.environ['PATH']}"
ENVIRONMENT = {**suites.environment(), "PATH": PATH, "RAVINE_BUILD_DIR": str(suites.BUILD)}


def options():
    """Every option that a build has."""
    files = [PROJECT / "CMakeLists.txt", *PROJECT.glob("cmake/*.cmake"), *PROJECT.glob("lib/python/bindings/CMake*")]
    return set(re.findall(r"(?:option\(|set\()(RAVINE_\w+)", "".join(path.read_text() for path in files)))


def test_recipes_are_listed_with_how_they_are_tested():
    listed = set(re.findall(r"^\| \[[^]]*\]\((\S+)\)", (RECIPES / "README.md").read_text(), re.MULTILINE))
    files = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "."], cwd=RECIPES,
                           capture_output=True, text=True, check=True).stdout.split()
    assert listed == set(files) - {"README.md"}


@pytest.mark.parametrize("recipe", ["Containerfile", "ravine.def", "spack/package.py", "conda/recipe.yaml"])
def test_a_recipe_uses_options_that_there_are(recipe):
    used = set(re.findall(r"(?:\b|-D)(RAVINE_\w+)", (RECIPES / recipe).read_text()))
    assert {"RAVINE_TESTS", "RAVINE_KERNELS", "RAVINE_GROUPS"} <= used <= options()


@pytest.mark.parametrize("recipe", ["Containerfile", "ravine.def"])
def test_a_container_is_made_of_files_that_there_are(recipe):
    text = (RECIPES / recipe).read_text()
    assert "scripts/setup" in text and (PROJECT / "scripts/setup").exists()
    assert f"{RECIPES.relative_to(PROJECT) / recipe}" in text  # how to build it
    assert "--preset release" in text and '"release"' in (PROJECT / "CMakePresets.json").read_text()
    shell = re.findall(r"^(?:RUN )(.*(?:\\\n.*)*)", text, re.MULTILINE) or re.findall(
        r"^%(?:post|runscript|test)\n((?:  .*\n|\n)+)", text, re.MULTILINE)
    assert len(shell) == 3
    for commands in shell:
        assert subprocess.run(["bash", "-n", "-c", commands], check=False).returncode == 0


def libraries():
    """What a build without tests and kernels looks for, as Spack and conda call it."""
    names = {"HDF5": "hdf5", "OpenSSL": "openssl", "ZLIB": "zlib", "fmt": "fmt", "Random123": "random123",
             "Boost": "boost", "pybind11": "pybind11", "OpenMP": None, "Threads": None, "benchmark": None, "GTest": None,
             "Eigen3": None}
    files = [PROJECT / "CMakeLists.txt", PROJECT / "cmake/RavineFetch.cmake", PROJECT / "lib/python/bindings/CMakeLists.txt"]
    found = re.findall(r"find_package\((\w+)", "".join(path.read_text() for path in files))
    return {names[name] for name in found} - {None}  # a KeyError: name the new library here and in the recipes


class Spack:
    """The directives that the recipe uses, which note what they are told."""

    def __init__(self):
        self.told = {name: [] for name in ("depends_on", "version", "variant", "license", "conflicts")}
        self.package = types.ModuleType("spack.package")
        for name, calls in self.told.items():
            setattr(self.package, name, lambda *words, _calls=calls, **_: _calls.append(words[0]))

    def run(self, monkeypatch):
        cmake = types.ModuleType("spack_repo.builtin.build_systems.cmake")
        cmake.CMakePackage = type("CMakePackage", (), {
            "run_tests": False, "define": staticmethod(lambda name, value: (name, value)),
            "define_from_variant": staticmethod(lambda name, variant: (name, variant)),
            "spec": {"python": types.SimpleNamespace(command=types.SimpleNamespace(path="/python"))}})
        for name in ("spack", "spack_repo", "spack_repo.builtin", "spack_repo.builtin.build_systems"):
            monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        monkeypatch.setitem(sys.modules, "spack.package", self.package)
        monkeypatch.setitem(sys.modules, cmake.__name__, cmake)
        names = {}
        exec(compile((RECIPES / "spack/package.py").read_text(), "package.py", "exec"), names)  # noqa: S102
        return names["Ravine"]


def test_spack_names_every_library_and_the_version(monkeypatch):
    spack = Spack()
    recipe = spack.run(monkeypatch)
    packages = {re.match(r"[\w-]+", spec)[0].removesuffix("-api").removeprefix("py-")
                for spec in spack.told["depends_on"]}
    assert libraries() <= packages
    assert python_libraries() <= packages
    assert spack.told["version"] == [VERSION]
    assert ("RAVINE_KERNELS", "kernels") in recipe().cmake_args() and spack.told["variant"] == ["kernels"]


def python_libraries():
    """What the Python package asks for."""
    import tomllib

    project = tomllib.loads((PROJECT / "lib/python/pyproject.toml").read_text())["project"]
    return {*project["dependencies"], *project["optional-dependencies"]["report"]}


def test_conda_names_every_library_and_the_version():
    yaml = pytest.importorskip("yaml", reason="python3-yaml is not installed: scripts/setup --test")
    recipe = yaml.safe_load((RECIPES / "conda/recipe.yaml").read_text())
    assert recipe["package"]["version"] == VERSION
    assert (RECIPES / "conda" / recipe["source"]["path"]).resolve() == PROJECT
    assert (PROJECT / recipe["about"]["license_file"]).exists()
    host = {"boost" if name == "libboost-devel" else name for name in recipe["requirements"]["host"]}
    assert libraries() - {"random123"} <= host and "RAVINE_FETCH=ON" in recipe["build"]["script"][0]
    run = {name.split()[0].removesuffix("-base") for name in recipe["requirements"]["run"]}
    assert python_libraries() <= run


class Reframe(type):
    """The metaclass of a stand-in for ReFrame's tests, whose bodies have these names without an import."""

    @classmethod
    def __prepare__(cls, *_, **__):
        return {"parameter": list, "run_before": lambda _: lambda method: method, "sanity_function": lambda method: method,
                "performance_function": lambda _: lambda method: method}


@pytest.fixture
def reframe_test(monkeypatch):
    reframe, utility, sanity = (types.ModuleType(name) for name in
                                ("reframe", "reframe.utility", "reframe.utility.sanity"))
    reframe.RunOnlyRegressionTest = Reframe("RunOnlyRegressionTest", (), {})
    reframe.simple_test = lambda one: one
    reframe.utility, utility.sanity = utility, sanity
    sanity.all = all
    sanity.assert_found = lambda pattern, path: bool(re.search(pattern, path.read_text(), re.MULTILINE))
    sanity.extractsingle = lambda pattern, path, tag, convert: convert(
        re.search(pattern, path.read_text(), re.MULTILINE)[tag])
    for module in (reframe, utility, sanity):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    path = RECIPES / "reframe/ravine_quick.py"
    names = {"__file__": str(path)}
    exec(compile(path.read_text(), path.name, "exec"), names)  # noqa: S102
    return names["RavineQuick"]


def test_reframe_runs_a_suite_and_judges_bits_and_time(reframe_test, tmp_path):
    test = reframe_test()
    assert [f"ravine-{suite}" for suite in test.suite] == sorted(suites.golden_digests())
    test.suite, test.stdout, test.stderr = "schedules", tmp_path / "out", tmp_path / "err"
    test.set_command()
    command = f"{test.executable} {' '.join(test.executable_opts)}\n" + "\n".join(test.postrun_cmds)
    with test.stdout.open("w") as out, test.stderr.open("w") as err:
        subprocess.run(["bash", "-e", "-c", command], cwd=tmp_path, env=ENVIRONMENT, stdout=out, stderr=err, check=True)
    assert test.has_the_known_bits() and 0 < test.run_time() < 600
    test.suite = "averaging"
    assert not test.has_the_known_bits()
    test.suite = "schedules"
    test.stderr.write_text(test.stderr.read_text().replace(" 0 failed", " 2 failed"))
    assert not test.has_the_known_bits()


def test_snakemake_merges_shards_into_what_one_run_writes(tmp_path):
    if shutil.which("snakemake") is None:
        pytest.skip("snakemake is not installed: apt-get install snakemake")
    flags = "--scale quick --seeds 1 --problem quadratic"

    def snakemake(*more):
        return subprocess.run(["snakemake", "-s", RECIPES / "Snakefile", "--cores", "2", *more, "--config",
                               "suite=schedules", "shards=2", "output=s.h5", f"flags={flags}"],
                              cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, check=False)

    # One shard was already stopped before: its spool is there, its result is not.
    subprocess.run([suites.BUILD / "ravine-schedules", "--shard", "1/2", "--output", "s.h5", *flags.split(),
                    "--time-limit", "0:00:00"], cwd=tmp_path, capture_output=True, check=False)
    done = snakemake()
    assert done.returncode == 0, done.stderr
    suites.run("ravine-schedules", "--output", tmp_path / "one.h5", *flags.split())
    assert suites.digest(tmp_path / "s.h5") == suites.digest(tmp_path / "one.h5")
    assert sorted(path.name for path in tmp_path.glob("s.shard-*.h5")) == [f"s.shard-{i}-of-2.h5" for i in range(2)]
    assert "Nothing to be done" in snakemake().stderr
