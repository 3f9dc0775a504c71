"""A build without root: fmt and Random123 from archives in a mirror, Makefiles, nothing for tests and kernels."""

import hashlib
import json
import pathlib
import shlex
import subprocess
import tarfile

import pytest

PROJECT = pathlib.Path(__file__).parents[2]
ARCHIVES = {"fmt": "fmt-10.1.1", "Random123": "random123-1.14.0"}  # the folder of their headers: the archive
MISSING = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON"
           for name in ("fmt", "Random123", "GTest", "benchmark", "Eigen3", "pybind11")]


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    """A folder of archives laid out as the published ones, of the headers that Debian's packages install."""
    folder = tmp_path_factory.mktemp("mirror")
    for name, archive in ARCHIVES.items():
        headers = pathlib.Path("/usr/include", name)
        if not headers.is_dir():
            pytest.skip(f"{headers} is not here to make an archive of: scripts/setup")
        with tarfile.open(folder / f"{archive}.tar.gz", "w:gz") as file:
            file.add(headers, f"{archive}/include/{name}")
    return folder


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    return tmp_path_factory.mktemp("build")


def configure(build, *flags):
    return subprocess.run(["cmake", "-S", PROJECT, "-B", build, "-G", "Unix Makefiles", "-DRAVINE_WIDER_ARCHS=",
                           *MISSING, *flags], capture_output=True, text=True, check=False)


def words(done):
    """What cmake said, without the breaks of its lines."""
    return " ".join(done.stderr.split())


def hashes(mirror):
    return [f"-DRAVINE_FETCH_{name.upper()}_SHA256="
            + hashlib.sha256((mirror / f"{archive}.tar.gz").read_bytes()).hexdigest()
            for name, archive in ARCHIVES.items()]


def headers_of(build, source):
    """What one source of the library includes, as its compiler finds it."""
    command = next(one for one in json.loads((build / "compile_commands.json").read_text())
                   if one["file"].endswith(f"/core/{source}"))
    words = shlex.split(command["command"])
    words[words.index("-o"):words.index("-o") + 2] = ["-M"]
    return subprocess.run(words, cwd=command["directory"], capture_output=True, text=True, check=True).stdout


def test_what_is_missing_is_named_with_its_remedies(build):
    done = configure(build, "-DRAVINE_FETCH=OFF")
    assert done.returncode != 0
    assert "fmt is missing: install libfmt-dev (fmt-devel), or let the build fetch it with -DRAVINE_FETCH=ON" in words(done)


def test_a_mirror_without_the_archive_is_refused(build, tmp_path):
    done = configure(build, "-DRAVINE_FETCH=ON", f"-DRAVINE_FETCH_MIRROR={tmp_path}")
    assert done.returncode != 0 and f"RAVINE_FETCH_MIRROR is '{tmp_path}', which lacks fmt-10.1.1.tar.gz" in words(done)


def test_archives_other_than_the_published_ones_are_refused(build, mirror):
    """Those of the mirror were made here, so their SHA-256 are not the ones that the project names."""
    done = configure(build, "-DRAVINE_FETCH=ON", f"-DRAVINE_FETCH_MIRROR={mirror}")
    assert done.returncode != 0 and "78b8c0a72b1c35e4443a7e308df52498252d1cefc2b08c9a97bc9ee6cfe61f8b" in words(done)


def test_fetched_headers_are_what_is_compiled_and_installed(build, mirror):
    done = configure(build, "-DRAVINE_FETCH=ON", f"-DRAVINE_FETCH_MIRROR={mirror}", *hashes(mirror))
    assert done.returncode == 0, done.stderr
    assert "GoogleTest or Eigen is missing: tests are not built" in done.stdout
    assert "Google Benchmark is missing: ravine-kernels is not built" in done.stdout
    used = headers_of(build, "random.cpp") + headers_of(build, "text.cpp")
    for header in ("random123-src/include/Random123/philox.h", "fmt-src/include/fmt/format.h"):
        assert f"_deps/{header}" in used
    assert "/usr/include/fmt" not in used and "/usr/include/Random123" not in used
    # A consumer of the installed tree finds them there, and needs no fmt of its own.
    targets, = build.glob("CMakeFiles/Export/*/ravineTargets.cmake")
    assert "${_IMPORT_PREFIX}/include/ravine-fetched" in targets.read_text()
    assert "find_dependency(fmt)" not in (build / "ravineConfig.cmake").read_text()
    assert 'DESTINATION "${CMAKE_INSTALL_PREFIX}/include/ravine-fetched"' in (build / "cmake_install.cmake").read_text()


def test_makefiles_know_the_suites_and_make_their_sources(build):
    """What scripts/bench asks for where there is no Ninja, and a library whose source the build writes."""
    listed = subprocess.run(["make", "-C", build, "help"], capture_output=True, text=True, check=True)
    assert "... every_suite" in listed.stdout.splitlines()
    subprocess.run(["make", "-C", build, "-j2", "ravine_commit"], check=True, capture_output=True)
    assert (build / "lib" / "libravine_commit.so").exists()
