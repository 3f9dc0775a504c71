"""Trials and curves as tables of one file each."""

import importlib.util
import os

from ..errors import Misuse


def write_csv(results, stem):
    """Numbers in the fewest digits that give them back."""
    return _write(results, stem, "csv", lambda table, path: table.to_csv(path, index=False))


def write_parquet(results, stem):
    if not any(importlib.util.find_spec(name) for name in ("pyarrow", "fastparquet")):
        raise Misuse("parquet needs pyarrow or fastparquet, and this Python has neither: install one, set RAVINE_PYTHON "
                     "to a Python that has one, or write --format csv")
    return _write(results, stem, "parquet", lambda table, path: table.to_parquet(path, index=False))


def _write(results, stem, ending, write):
    targets = []
    for name, table in (("trials", results.trials), ("curves", results.curves)):
        target = stem.with_name(f"{stem.name}.{name}.{ending}")
        part = target.with_name(target.name + ".part")
        write(table, part)
        os.replace(part, target)
        targets.append(target)
    return targets
