"""What very many trials cost: listing, storing, packing and reading them.

    pytest -s --long tests/end_to_end/test_scale.py

prints the numbers of the table in results/FORMAT.md. Listing takes trials of one step of a toy;
storing and packing take those of tests/results/sample_record.hpp (31 cells, 24 columns), so that
nothing is spent on training.
"""

import sys

import pytest
import suites

from ravine.speed.peers import processes

pytestmark = pytest.mark.long
FEW, MANY, OBSERVATIONS = 10_000, 100_000, 10
FLAGS = ("--problem", "rosenbrock", "--optimizer", "sgd", "--learning-rate", "0.001", "--steps", "1")


def listing(trials):
    return processes.run([suites.BUILD / "ravine-optimizers", *FLAGS, "--seeds", trials, "--list"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("scale")


@pytest.fixture(scope="module", params=[FEW, MANY], ids=str)
def spooled(request, folder):
    """A spool of that many trials, and what fill_spool says: ms per trial early and late, MB."""
    path = folder / f"{request.param}.h5.spool"
    said = suites.run("tests/fill_spool", path, request.param, OBSERVATIONS)
    assert said.returncode == 0, said.stderr
    return request.param, path, [float(word) for word in said.stdout.split()]


PACKS = {}  # trials -> how packing went


def test_listing_takes_less_than_two_seconds():
    few, many = listing(FEW), listing(MANY)
    print(f"\nlist {FEW}: {few.seconds:.2f} s, {few.peak_bytes * 1e-6:.0f} MB; "
          f"{MANY}: {many.seconds:.2f} s, {many.peak_bytes * 1e-6:.0f} MB")
    assert many.seconds < 2


def test_storing_does_not_slow_down(spooled):
    trials, path, (early, late, megabytes) = spooled
    files = list(path.iterdir())
    size = sum(file.stat().st_size for file in files)
    print(f"\nspool {trials}: {early:.2f} ms per trial, then {late:.2f} ms, {megabytes:.0f} MB; "
          f"{len(files)} files, {size / trials:.0f} bytes per trial")
    assert len(files) == trials // 500
    assert late < 1.5 * early + 0.5


def test_packing_takes_less_than_a_minute(spooled, folder):
    trials, path, _ = spooled
    output = folder / f"{trials}.packed.h5"
    PACKS[trials] = done = processes.run([suites.BUILD / "ravine-results", "merge", output, path,
                                          "--suite", "scale"])
    print(f"\npack {trials}: {done.seconds:.1f} s, {done.peak_bytes * 1e-6:.0f} MB; "
          f"{output.stat().st_size / trials:.0f} bytes per trial of {OBSERVATIONS} observations")
    assert done.seconds < 60
    read = processes.run([sys.executable, "-c", "import sys; from ravine import load; "
                          f"r = load({str(output)!r}); assert len(r.trials) == {trials}; r.curves"])
    print(f"load {trials} with pandas: {read.seconds:.1f} s, {read.peak_bytes * 1e-6:.0f} MB")
    assert read.seconds < 5


def test_packing_takes_the_same_memory_for_any_number():
    """What grows is where each trial is: a few hundred bytes of it."""
    growth = (PACKS[MANY].peak_bytes - PACKS[FEW].peak_bytes) / (MANY - FEW)
    print(f"\npacking: {growth:.0f} bytes of memory per trial")
    assert growth < 1000
