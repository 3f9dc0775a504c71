"""The format of result files as users of Python see it, and the command ravine-results."""

import hashlib
import os
import pathlib
import re
import subprocess

import h5py
import numpy as np
import pytest
from ravine import load

PROJECT = pathlib.Path(__file__).parents[2]
BUILD = pathlib.Path(os.environ.get("RAVINE_BUILD_DIR", PROJECT / "build" / "release"))
FORMAT = PROJECT / "results" / "FORMAT.md"
TRIALS, OBSERVATIONS = 40, 7


def run(*arguments):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True)


def tool(*arguments):
    return run(BUILD / "ravine-results", *arguments)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "sample.h5"
    program = BUILD / "tests" / "write_sample_results"
    subprocess.run([program, path, str(TRIALS), str(OBSERVATIONS)], check=True)
    return path


def python_of_format(heading):
    """The Python code under a heading of FORMAT.md: what users copy is what is tested."""
    text = FORMAT.read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    return re.search(r"```python\n(.*?)```", text, re.S).group(1)


def test_three_lines_make_a_frame(sample):
    code = python_of_format("Three lines to a pandas frame")
    lines = [line for line in code.splitlines() if not line.startswith("import")]
    assert len(lines) == 3
    scope = {}
    exec(code.replace("results/optimizers.h5", str(sample)), scope)
    trials, curves = scope["trials"], scope["curves"]
    assert len(trials) == TRIALS and len(curves) == TRIALS * OBSERVATIONS
    assert trials["id"].str.fullmatch("[0-9a-f]{16}").all()
    assert trials["seed"].tolist() == list(range(TRIALS))
    assert trials["in_plan"].tolist() == [1, 0] + [1] * (TRIALS - 2)
    assert np.isnan(trials["optimizer.alpha"][1]) and trials["optimizer.alpha"][0] == 0.9
    assert curves["step"].dtype == np.int64
    assert curves["trial"].tolist() == list(np.repeat(np.arange(TRIALS), OBSERVATIONS))
    # The formula of tests/results/sample_record.hpp for the column objective (number 4) of trial 3, row 2.
    row = 3 * OBSERVATIONS + 2
    assert curves["objective"][row] == np.fmod((1 + 3.0) * (1.1 + 4.0) / (1 + 2.0), 1.7)


def test_attributes_say_what_the_file_is(sample):
    with h5py.File(sample) as file:
        assert file.attrs["format"] == "ravine-results" and file.attrs["format_version"] == 1
        assert file.attrs["suite"] == "sample" and file.userblock_size == 512
        assert {"commit", "compiler", "flags", "cpu", "build_id"} <= set(file["environment"].attrs)
        assert file["trials/train_seconds"].attrs["units"] == "s"
        assert file["trials/train_seconds"].attrs["timing"] == 1
        assert "timing" not in file["trials/learning_rate"].attrs
        assert file["curves/row_size"].attrs["sample_dimension"] == "observation"
        for column in file["trials"].values():
            assert column.dims[0][0] == file["trial"]
        for name, column in file["curves"].items():
            assert column.dims[0][0] == file["trial" if name == "row_size" else "observation"]


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_xarray_opens_it(sample, engine):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip({"netcdf4": "netCDF4"}.get(engine, engine))
    with xarray.open_dataset(sample, group="trials", engine=engine) as trials:
        assert dict(trials.sizes) == {"trial": TRIALS}
        assert trials["seed"].values.tolist() == list(range(TRIALS))
        assert trials["outcome"].values[0] == "completed"
    with xarray.open_dataset(sample, group="diagnostics", engine=engine) as rows:
        assert rows["std"].dims == ("diagnostics_row",) and rows["row_size"].dims == ("trial",)
        expected = [2 * OBSERVATIONS * (i % 3 == 2) for i in range(TRIALS)]
        assert rows["row_size"].values.tolist() == expected
    with xarray.open_dataset(sample, group="curves", engine=engine) as curves:
        assert curves["step"].dims == ("observation",)
        assert curves["row_size"].dims == ("trial",)
        assert int(curves["row_size"].sum()) == curves.sizes["observation"]


def test_tables_become_frames(sample):
    results = load(sample)
    rows = results.tables["diagnostics"]
    assert set(results.tables) == {"diagnostics", "trajectories"}
    assert rows["trial"].unique().tolist() == list(range(2, TRIALS, 3))
    # The formula of tests/results/sample_record.hpp: layer / (1 + observation + seed).
    fifth = rows[rows["trial"] == 5]
    assert fifth["std"].tolist() == [layer / (1 + row + 5) for row in range(OBSERVATIONS)
                                     for layer in (1, 2)]
    assert fifth["step"].tolist() == [10 * row for row in range(OBSERVATIONS) for _ in (1, 2)]


def test_seal_is_as_documented(sample):
    content = bytearray(sample.read_bytes())
    assert content[:8] == b"\x89RAVINE\n"
    assert int.from_bytes(content[16:24], "little") == len(content) - 512
    digest = bytes(content[24:56])
    content[24:56] = bytes(32)
    assert hashlib.sha256(content).digest() == digest


def test_tool_answers(sample, tmp_path):
    digest = tool("digest", sample).stdout.split()[0]
    assert re.fullmatch("[0-9a-f]{64}", digest)
    with h5py.File(sample) as file:
        assert file.attrs["digest"] == digest
    assert tool("verify", sample).returncode == 0
    shown = tool("show", sample).stdout
    assert "suite    sample" in shown and digest in shown and "and 1 of earlier plans" in shown
    merged = tmp_path / "merged.h5"
    assert tool("merge", merged, sample).returncode == 0
    assert tool("digest", merged).stdout.split()[0] == digest
    assert "usage" not in tool("--help").stderr and "merge OUT INPUT" in tool("--help").stdout


def test_tool_refuses(sample, tmp_path):
    damaged = tmp_path / "damaged.h5"
    content = bytearray(sample.read_bytes())
    content[-1] ^= 1
    damaged.write_bytes(content)
    foreign = tmp_path / "foreign.h5"
    with h5py.File(foreign, "w") as file:
        file["x"] = 1
    for arguments in (["show", damaged], ["digest", foreign], ["verify", sample, damaged],
                      ["merge", tmp_path / "out.h5", damaged], ["show"], ["shwo", sample], [],
                      ["digest", sample, "--fast"], ["show", tmp_path / "absent.h5"]):
        result = tool(*arguments)
        assert result.returncode == 2, arguments
        assert result.stderr.startswith("ravine-results: ")
        assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert not (tmp_path / "out.h5").exists()
