"""Tables of records: TOML files in results/records."""

import dataclasses
import tomllib

from .. import places
from ..errors import Misuse

KINDS = ("record", "skeptical")


@dataclasses.dataclass(frozen=True)
class Entry:
    rule: str  # the optimizer's name
    kind: str  # record; or skeptical: a better-tuned rule that is no record, or a failed reproduction
    steps: int
    seeds: int
    mean: float  # of the final metric
    spec: str  # the canonical text of its trials, but for the seed
    note: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    path: str
    title: str
    problem: str  # canonical
    metric: str
    target: float
    larger_is_better: bool
    sigma: float  # standard deviation of the metric over seeds
    alpha: float
    false_alarms: str  # measured, in words, with the command
    protocol: dict  # lines that every trial's canonical text has
    entries: tuple

    @property
    def records(self):
        """Those that count, the fewest steps first."""
        return sorted((entry for entry in self.entries if entry.kind == "record"), key=lambda entry: entry.steps)


def folder():
    return (places.CLONE / "results" if places.CLONE else places.PACKAGE.parents[1]) / "records"


def read(path):
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        entries = tuple(Entry(**{**entry, "spec": entry["spec"].strip()}) for entry in content.pop("entry", ()))
        table = Table(path=str(path), entries=entries, **content)
    except OSError as error:
        raise Misuse(f"cannot read '{path}': {error.strerror}") from error
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise Misuse(f"'{path}' is not a table of records: {error}") from error
    for entry in entries:
        if entry.kind not in KINDS:
            raise Misuse(f"'{path}' has an entry of kind '{entry.kind}': write {' or '.join(KINDS)}")
    return table


def tables():
    return [read(path) for path in sorted(folder().glob("*.toml"))]
