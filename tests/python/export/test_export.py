"""scripts/export: the same numbers in formats of other tools."""

import struct
import subprocess

import numpy as np
import pandas as pd
import pytest
from suites import PROJECT

import ravine
from ravine.errors import Misuse
from ravine.export import __main__ as export
from ravine.export import events, tables

BASELINE = PROJECT / "results" / "baselines" / "schedules.h5"


@pytest.fixture(scope="module")
def results():
    return ravine.load(BASELINE)


def test_csv_gives_every_number_back(tmp_path, results, capsys):
    assert export.main([str(BASELINE), "--output", str(tmp_path)]) == 0
    said = capsys.readouterr().out.split()
    assert said == [str(tmp_path / "schedules.trials.csv"), str(tmp_path / "schedules.curves.csv")]
    trials, curves = (pd.read_csv(path, float_precision="round_trip") for path in said)
    assert list(trials["id"]) == list(results.trials["id"])
    assert list(trials["spec"]) == list(results.trials["spec"])
    for column in ("step", "objective", "test_accuracy", "learning_rate"):
        np.testing.assert_array_equal(curves[column], results.curves[column].astype(float))
    assert not list(tmp_path.glob("*.part"))


def test_parquet_without_a_library_is_one_sentence(tmp_path, results, monkeypatch):
    monkeypatch.setattr(tables.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Misuse, match="needs pyarrow or fastparquet"):
        tables.write_parquet(results, tmp_path / "x")


def test_parquet_where_there_is_a_library(tmp_path, results):
    pytest.importorskip("pyarrow")
    trials, _ = tables.write_parquet(results, tmp_path / "x")
    assert list(pd.read_parquet(trials)["id"]) == list(results.trials["id"])


def fields(message):
    """(number, value) of a message in wire format, by a reader that shares nothing with the writer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        size = {1: 8, 5: 4}.get(key & 7)
        if key & 7 == 0:
            yield key >> 3, varint()
            continue
        size = size or varint()
        yield key >> 3, message[at:at + size]
        at += size


def records(data):
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        for begin, size in ((at, 8), (at + 12, length)):
            (stored,) = struct.unpack_from("<I", data, begin + size)
            rotated = (stored - 0xa282ead8) % 2**32
            assert (rotated >> 17 | rotated << 15) % 2**32 == events.crc32c(data[begin:begin + size])
        yield data[at + 12:at + 12 + length]
        at += 16 + length


def test_crc_is_castagnolis():
    assert events.crc32c(b"123456789") == 0xe3069283  # RFC 3720, appendix B.4, among others
    assert events.crc32c(bytes(32)) == 0x8a9136aa


def test_events_hold_the_curves(tmp_path, results):
    (folder,) = events.write(results, tmp_path / "x")
    runs = sorted(folder.iterdir())
    assert len(runs) == len(results.trials)
    number = len(runs) // 2
    trial, curve = results.trials.iloc[number], results.curves[results.curves["trial"] == number]
    assert f"seed{trial['seed']}" in runs[number].name
    (path,) = runs[number].iterdir()
    version, spec, *rows = [dict(fields(record)) for record in records(path.read_bytes())]
    assert version[3] == b"brain.Event:2"
    assert trial["spec"].encode() in spec[5]
    assert [row.get(2, 0) for row in rows] == list(curve["step"])
    for row, expected in zip(rows, curve["objective"]):
        values = [dict(fields(value)) for _, value in fields(row[5])]
        found = {value[1].decode(): struct.unpack("<f", value[2])[0] for value in values}
        assert found["objective"] == np.float32(expected)
        assert not any(np.isnan(value) for value in found.values())


def test_events_replace_those_of_before_and_of_a_killed_run(tmp_path, results):
    (tmp_path / "x.tensorboard.part").mkdir()
    (tmp_path / "x.tensorboard.part" / "half").touch()
    for _ in range(2):
        (folder,) = events.write(results, tmp_path / "x")
        assert len(list(folder.iterdir())) == len(results.trials)
        assert [path.name for path in tmp_path.iterdir()] == [folder.name]


@pytest.mark.parametrize("words, said", [
    ([], "no result file is given"),
    (["x.h5", "--format", "cvs"], "did you mean 'csv'"),
    (["/no/such.h5"], "no/such.h5"),
])
def test_misuse_is_one_sentence(words, said):
    done = subprocess.run([PROJECT / "scripts" / "export", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1
