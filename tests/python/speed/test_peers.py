"""scripts/compare_peers: processes and their memory, who is a fair peer, data as wide as a row."""

import subprocess
import sys

import numpy as np
import pytest

from ravine.errors import Misuse
from ravine.speed.peers import __main__ as peers
from ravine import training
from ravine.speed.peers import processes, published, ravine, rows, steps


def test_peak_memory_is_that_of_the_program_alone():
    ballast = np.ones(40_000_000)  # 320 MB of ours must not count
    small = processes.run([sys.executable, "-S", "-c", "pass"])
    large = processes.run([sys.executable, "-S", "-c", "b'x' * 100_000_000"])
    assert ballast[0] == 1 and small.peak_bytes < 60e6
    assert 95e6 < large.peak_bytes - small.peak_bytes < 115e6


def test_a_failing_program_is_an_error_with_its_words():
    with pytest.raises(subprocess.CalledProcessError) as error:
        processes.run([sys.executable, "-c", "raise SystemExit('no such thing')"])
    assert "no such thing" in error.value.stderr and error.value.returncode == 1


def test_settings_that_distort_are_not_inherited(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert not {"OPENBLAS_CORETYPE", "OMP_NUM_THREADS"} & processes.environment().keys()
    assert processes.environment(2)["OPENBLAS_NUM_THREADS"] == "2"


def test_both_sides_can_be_held_to_avx2(monkeypatch):
    monkeypatch.setattr(processes, "FORCED", processes.AVX2)
    assert processes.environment(1)["OPENBLAS_CORETYPE"] == "Haswell"
    assert processes.environment(1)["RAVINE_ISA"] == "v3"


def test_another_python_may_have_another_torch(monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$2" = "import torch" ]\n')
    python.chmod(0o755)
    monkeypatch.setattr(processes, "PEER_PYTHON", list(processes.PEER_PYTHON))
    peers.parse_arguments(["--python", str(python)])
    assert peers.imports_torch()
    python.write_text("#!/bin/sh\nexit 1\n")
    assert not peers.imports_torch()
    peers.parse_arguments(["--python", "no-such-python"])
    with pytest.raises(Misuse, match="--python no-such-python cannot be run: No such file"):
        peers.imports_torch()


@pytest.mark.parametrize("libraries", [
    ["libblas.so.3", "libopenblasp-r0.3.21.so"], ["libblis.so.4"], ["libdnnl.so.2.6"]])
def test_fair_peers(libraries):
    peers.check_blas(libraries)


@pytest.mark.parametrize("libraries", [
    [], ["libblas.so.3.11.0"], ["libblas.so.3", "libdnnl.so.2.6"], ["libgslcblas.so.0"]])
def test_unfair_peers_are_refused(libraries):
    with pytest.raises(Misuse, match="not a fair peer"):
        peers.check_blas(libraries)


def test_ratios_are_paired_and_of_the_faster_number_of_threads():
    one, two = [4.0, 9.0, 4.0], [2.0, 8.0, 3.0]
    assert steps.best([one, two]) is two and steps.best([two, one]) is two
    assert steps.ratios(one, two) == [2.0, 9 / 8, 4 / 3]


def test_a_row_of_64_inputs_trains_on_64_inputs(tmp_path):
    tiny = next(step for step in rows.STEPS if step.widths[0] == 64)
    problem = ravine.problem_of(tiny, tmp_path)
    path = problem.split("data=")[1].split(",")[0]
    table = np.loadtxt(path, delimiter=",")
    assert table.shape[1] == 64 + 1 and set(table[:, -1]) == set(range(tiny.widths[-1]))


def test_misuse():
    with pytest.raises(Misuse, match="unknown section 'stpes'"):
        peers.main(["stpes"])
    with pytest.raises(Misuse, match="at least 1"):
        peers.main(["--repeats", "0"])


@pytest.mark.parametrize("row", rows.PUBLISHED, ids=lambda row: row.module)
def test_published_networks_have_as_many_parameters_as_ravines(row, tmp_path):
    torch = pytest.importorskip("torch")
    network, x, y = published.make(torch, row.module, 2)
    assert network(x).shape[0] == y.numel()
    problem = training.problem(ravine.problem_of(row, tmp_path),
                               batch_norm="hidden" if row.batch_norm else "off")
    blocks = problem.blocks(np.zeros(problem.size, np.float32)).values()
    assert sum(block.size for block in blocks) == sum(p.numel() for p in network.parameters() if p.requires_grad)
