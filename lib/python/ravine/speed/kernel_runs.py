"""Runs of ravine-kernels, read from the JSON that Google Benchmark writes."""

import dataclasses
import json

import numpy as np

from ..errors import Misuse

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
WALL = "/real_time"  # the ending of rows that are timed by the clock on the wall


@dataclasses.dataclass
class Row:
    """One row with its repetitions. Shares are of the limit that `bound` names."""

    seconds: np.ndarray
    shares: np.ndarray  # empty: the row has no limit
    bound: str
    target: float | None  # the share that it should reach


@dataclasses.dataclass
class Run:
    """rows by name, failures as {name: message}, context as the program described itself."""

    rows: dict
    failures: dict
    context: dict

    def limits(self):
        """{"fma_gflops": 116.2, ...}"""
        return {key.removeprefix("limit_"): float(value) for key, value in self.context.items()
                if key.startswith("limit_")}


def read(path):
    """The run in a file. Throws Misuse for anything else."""
    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file)
        context, entries = content["context"], content["benchmarks"]
    except OSError as error:
        raise Misuse(f"cannot read '{path}': {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise Misuse(f"'{path}' is not JSON of Google Benchmark: write it with ravine-kernels "
                     "--benchmark_out=FILE") from error
    repetitions, failures = {}, {}
    for entry in entries:
        name = entry.get("run_name", entry["name"]).removesuffix(WALL)
        if entry.get("error_occurred"):
            failures[name] = entry.get("error_message", "")
        elif entry.get("run_type", "iteration") == "iteration":
            repetitions.setdefault(name, []).append(entry)
    rows = {name: _row(entries) for name, entries in repetitions.items()}
    if not rows and not failures:
        raise Misuse(f"'{path}' holds no repetitions: run without "
                     "--benchmark_report_aggregates_only")
    return Run(rows, failures, context)


def _row(entries):
    first = entries[0]
    kind = "real_time" if first.get("run_name", first["name"]).endswith(WALL) else "cpu_time"
    seconds = np.array([entry[kind] * SECONDS[entry["time_unit"]] for entry in entries])
    shares = np.array([entry["share"] for entry in entries if "share" in entry])
    return Row(seconds, shares, first.get("label", ""), first.get("target"))
