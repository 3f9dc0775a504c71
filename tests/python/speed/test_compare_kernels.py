"""scripts/compare_kernels: reading runs, ratios with intervals, verdicts."""

import json

import numpy as np
import pytest

from ravine.errors import Misuse
from ravine.speed import compare_kernels, kernel_runs


def write(path, rows, unit="us", **context):
    """rows: {name: times}, or {name: (times, counters)}."""
    entries = []
    for name, row in rows.items():
        times, counters = row if isinstance(row, tuple) else (row, {})
        for index, time in enumerate(times):
            # The clock that does not count says something else.
            wall = name.endswith("/real_time")
            entries.append({"name": name, "run_name": name, "run_type": "iteration",
                            "repetition_index": index, "time_unit": unit, "label": "FMA",
                            "real_time": time if wall else 7 * time,
                            "cpu_time": 7 * time if wall else time, **counters})
        entries.append({"name": f"{name}_median", "run_name": name, "run_type": "aggregate",
                        "time_unit": unit, "real_time": 1e9, "cpu_time": 1e9})
    path.write_text(json.dumps({"context": context, "benchmarks": entries}))
    return path


def noisy(middle, seed, count=9, sigma=0.01):
    return list(middle * np.exp(np.random.default_rng(seed).normal(0, sigma, count)))


def test_reads_repetitions_on_the_clock_of_the_row(tmp_path):
    run = kernel_runs.read(write(tmp_path / "a.json", {"one": [2.0, 4.0], "two/real_time": [3.0]},
                                 limit_fma_gflops="116.5", host="x"))
    assert list(run.rows) == ["one", "two"]
    assert run.rows["one"].seconds == pytest.approx([2e-6, 4e-6])
    assert run.rows["two"].seconds == pytest.approx([3e-6])
    assert run.limits() == {"fma_gflops": 116.5}


def test_a_slow_down_is_found_and_only_it(tmp_path, capsys):
    old = write(tmp_path / "old.json", {"same": noisy(10, 1), "slow": noisy(10, 2),
                                        "fast": noisy(10, 3), "gone": noisy(10, 9)})
    new = write(tmp_path / "new.json", {"same": noisy(10, 4), "slow": noisy(13, 5),
                                        "fast": noisy(5, 6)})
    assert compare_kernels.main([str(old), str(new)]) == 1
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert lines["slow"].endswith("slower") and lines["fast"].endswith("faster")
    assert lines["same"].endswith("]") and "only in the old run" in lines["gone"]
    assert compare_kernels.main([str(old), str(new), "--threshold", "1.5"]) == 0


def test_shares_do_not_depend_on_the_machine(tmp_path):
    old = write(tmp_path / "old.json", {"row": (noisy(10, 1), {"share": 0.8})})
    # Twice as slow a machine, the same share.
    new = write(tmp_path / "new.json", {"row": (noisy(20, 2), {"share": 0.8})})
    assert compare_kernels.main([str(old), str(new)]) == 1
    assert compare_kernels.main([str(old), str(new), "--by", "share"]) == 0
    worse = write(tmp_path / "worse.json", {"row": (noisy(10, 2), {"share": 0.4})})
    assert compare_kernels.main([str(old), str(worse), "--by", "share"]) == 1


def test_the_interval_covers_the_true_ratio():
    """1.2 is the ratio of the medians of the two distributions; 95 % intervals of nine repetitions."""
    covered = 0
    for seed in range(200):
        _, low, high = compare_kernels.ratio_interval(noisy(10, 2 * seed, sigma=0.05),
                                                      noisy(12, 2 * seed + 1, sigma=0.05))
        covered += low <= 1.2 <= high
    assert 0.89 <= covered / 200 <= 0.995


def test_one_run_shows_shares_and_goals(tmp_path, capsys):
    path = write(tmp_path / "a.json", {"good": ([1.0], {"share": 0.9, "target": 0.85}),
                                       "bad": ([1.0], {"share": 0.8, "target": 0.85})})
    assert compare_kernels.main([str(path)]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert "0.90  FMA; goal 0.85 met" in lines["good"] and "goal 0.85 missed" in lines["bad"]


def test_failed_rows_are_named(tmp_path, capsys):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"context": {}, "benchmarks": [
        {"name": "row", "run_name": "row", "error_occurred": True, "error_message": "no disk"}]}))
    compare_kernels.main([str(path)])
    assert "row failed: no disk" in capsys.readouterr().out


@pytest.mark.parametrize("old, new, flags, sentence", [
    ({"a": [1.0]}, {"a": [1.0]}, [], "at least 5"),
    ({"a": noisy(1, 1)}, {"b": noisy(1, 1)}, [], "no row in common"),
    ({"a": noisy(1, 1)}, {"a": noisy(1, 1)}, ["--threshold", "0.9"], "at least 1"),
    ({"a": noisy(1, 1)}, {"a": noisy(1, 1)}, ["--by", "share"], "0 repetitions with a share"),
])
def test_misuse(tmp_path, old, new, flags, sentence):
    paths = [str(write(tmp_path / "old.json", old)), str(write(tmp_path / "new.json", new))]
    with pytest.raises(Misuse, match=sentence):
        compare_kernels.main([*paths, *flags])


def test_refuses_other_files(tmp_path):
    with pytest.raises(Misuse, match="cannot read"):
        kernel_runs.read(tmp_path / "missing.json")
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(Misuse, match="not JSON of Google Benchmark"):
        kernel_runs.read(tmp_path / "x.json")
