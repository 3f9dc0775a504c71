"""The same bits from every compiler for every instruction set: tests/portability/bits.cpp built anew.

What is not installed here (a compiler, an emulator) is skipped by name. bits.tsv has the known hashes:
RAVINE_RENEW=1 writes them.
"""

import os
import pathlib
import platform
import shutil
import subprocess

import pytest

PROJECT = pathlib.Path(__file__).parents[2]
KNOWN = pathlib.Path(__file__).with_name("bits.tsv")
SOURCES = [PROJECT / name for name in ("tests/portability/bits.cpp", "lib/ravine/core/math.cpp",
                                       "lib/ravine/core/portable.cpp", "lib/ravine/linalg/general_eigen.cpp",
                                       "lib/ravine/linalg/symmetric_eigen.cpp", "lib/ravine/linalg/tile.cpp")]
FLAGS = ["-std=c++20", "-O3", "-DNDEBUG", "-ffp-contract=off", "-fno-math-errno", "-w",
         f"-I{PROJECT / 'lib'}"]
X86 = platform.machine() == "x86_64"
# compiler, what it builds for (at -O1 it compiles twice as fast), how it runs
TARGETS = {
    "g++-v3": ("g++", ["-march=x86-64-v3"], []),
    "g++-v4": ("g++", ["-march=x86-64-v4"], []),
    "g++-baseline": ("g++", ["-march=x86-64", "-O1"], []),
    "clang++-v3": ("clang++", ["-march=x86-64-v3"], []),
    "clang++-v4": ("clang++", ["-march=x86-64-v4", "-O1"], []),
    "aarch64": ("aarch64-linux-gnu-g++", ["-static", "-O1"], ["qemu-aarch64"]),
}


def flags_of_this_cpu():
    return next(line.split() for line in open("/proc/cpuinfo") if line.startswith(("flags", "Features")))


def hashes(folder, compiler, flags, runner):
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    if runner and shutil.which(runner[0]) is None:
        pytest.skip(f"{runner[0]} is not installed")
    if "-march=x86-64-v4" in flags and "avx512vl" not in flags_of_this_cpu():
        pytest.skip("this CPU has no AVX-512")
    lines = []
    for precision, define in (("float", []), ("double", ["-DRAVINE_DOUBLE"])):
        program = folder / precision
        subprocess.run([compiler, *FLAGS, *flags, *define, *SOURCES, "-o", program], check=True)
        printed = subprocess.run([*runner, program], check=True, capture_output=True, text=True).stdout
        lines += [f"{precision} build: {line}" for line in printed.splitlines()]
    return lines


@pytest.mark.skipif(not X86, reason="cross compilers start from x86-64")
@pytest.mark.parametrize("target", TARGETS)
def test_are_the_known_ones(target, tmp_path):
    found = hashes(tmp_path, *TARGETS[target])
    if os.environ.get("RAVINE_RENEW") and target == "g++-v3":
        KNOWN.write_text("\n".join(found) + "\n")
    assert found == KNOWN.read_text().splitlines()


@pytest.mark.skipif(not X86, reason="the flags are those of x86-64")
@pytest.mark.parametrize("change", [
    ("-ffp-contract=off", "-ffp-contract=fast"), ("0x1.110fc2p-7F", "0x1.110fc4p-7F")])
def test_see_contraction_and_another_polynomial(change, tmp_path):
    """What must change the bits does: else the hashes above would prove little."""
    old, new = change
    copy = tmp_path / "lib"
    shutil.copytree(PROJECT / "lib" / "ravine", copy / "ravine")
    elementary = copy / "ravine/core/elementary.hpp"
    text = elementary.read_text()
    elementary.write_text(text.replace(old, new))
    flags = [new if flag == old else flag for flag in FLAGS]
    assert elementary.read_text() != text or flags != FLAGS
    flags[-1] = f"-I{copy}"
    sources = [copy / path.relative_to(PROJECT / "lib") if "lib" in path.parts[-4:] else path
               for path in SOURCES]
    program = tmp_path / "changed"
    subprocess.run(["g++", *flags, "-march=x86-64-v3", *sources, "-o", program], check=True)
    printed = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    known = [line.removeprefix("float build: ") for line in KNOWN.read_text().splitlines()
             if line.startswith("float build: ")]
    assert printed.splitlines() != known
