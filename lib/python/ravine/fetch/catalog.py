"""The catalog of data sets: one line for each file."""

import hashlib
from collections import namedtuple
from pathlib import PurePosixPath

from ..errors import Misuse, near
from .words import reason_of

CHUNK = 1 << 20

Entry = namedtuple("Entry", "set file kind bytes sha256 content_sha256 url")


def read_catalog(path):
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Misuse(f"'{path}' is not a catalog: {reason_of(error)}") from error
    rows = [(number, line.split("\t")) for number, line in enumerate(lines, 1)
            if line and not line.startswith("#")]
    return [read_entry(path, number, row) for number, row in rows[1:]]


def read_entry(path, number, row):
    """The Entry of a line. Its file lies below the data folder, whoever wrote the catalog."""
    if len(row) != len(Entry._fields):
        raise Misuse(f"'{path}' is not a catalog: line {number} has {len(row)} columns instead of "
                     f"{len(Entry._fields)}")
    entry = Entry(*row)
    file = PurePosixPath(entry.file)
    if file.is_absolute() or not file.parts or ".." in file.parts or not entry.file.isprintable():
        raise Misuse(f"line {number} of '{path}' names the file '{entry.file}', which is not a plain "
                     "path below the data folder: correct the catalog")
    if not entry.bytes.isdecimal():
        raise Misuse(f"line {number} of '{path}' gives the size '{entry.bytes}': write a number of "
                     "bytes")
    return entry._replace(bytes=int(entry.bytes))


def normalized(name):
    return name.lower().replace("-", "_")


def select(entries, names):
    """The entries of the named sets or folders (uci, libsvm, ...), in catalog order."""
    known = {}
    for entry in entries:
        known.setdefault(normalized(entry.set), []).append(entry)
    for entry in entries:
        folder = known.setdefault(normalized(entry.file.split("/")[0]), [])
        if entry not in folder:
            folder.append(entry)
    chosen = []
    for name in names:
        if normalized(name) not in known:
            raise Misuse(f"unknown data set '{name}'{near(normalized(name), known)}: --list shows the known ones")
        chosen += known[normalized(name)]
    return [entry for entry in entries if entry in chosen]


def sha256(file):
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in iter(lambda: file.read(CHUNK), b""):
        digest.update(chunk)
    return digest.hexdigest()


def is_right(path, entry):
    if not path.is_file() or path.stat().st_size != entry.bytes:
        return False
    with open(path, "rb") as file:
        return sha256(file) == entry.sha256
