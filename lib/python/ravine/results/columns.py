"""Groups of columns of a sealed HDF5 file, read without trusting what stands in it.

A seal proves that nothing has changed since a file was written, not that its writer kept to
results/FORMAT.md. Whatever departs from its form raises Misuse with one sentence, before memory is
taken for it: other types, other shapes, columns of different lengths, texts that are not UTF-8, and
everything by which HDF5 would read another file (links, external and virtual storage).
"""

import contextlib
import os

import h5py
import numpy as np
import pandas as pd

from ..errors import Misuse
from . import seal

TEXT, NUMBER, INTEGER = "texts", "numbers", "whole numbers"
DEFLATE = 1032  # deflate shrinks nothing further than this


def malformed(path, what):
    return Misuse(f"'{path}' does not follow results/FORMAT.md: {what}; run the suite again, or "
                  "use the scripts of the ravine that wrote it")


def printable(text):
    """`text` on one line, without characters that a terminal would obey."""
    text = str(text)
    return text if text.isprintable() else "".join(
        letter if letter.isprintable()
        else letter.encode("unicode_escape", "backslashreplace").decode() for letter in text)


@contextlib.contextmanager
def opened(path, kind):
    """The h5py File of a sealed file of this kind."""
    path = os.fspath(path)
    seal.verify(path, kind)
    with refusing(path, "HDF5 cannot open it"):
        file = h5py.File(path, "r")
    with file:
        yield file


@contextlib.contextmanager
def refusing(path, what):
    """What HDF5 refuses inside becomes Misuse."""
    try:
        yield
    except MemoryError as error:
        raise Misuse(f"'{path}' needs more memory than this machine has: read it on a larger "
                     "one") from error
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise malformed(path, f"{what} ({_first_line(error)})") from error


def _first_line(error):
    return printable((str(error.args[0] if error.args else error).splitlines() or [""])[0][:200])


def attributes(thing, path):
    """{name: value} of the attributes that are one text or one number each."""
    with refusing(path, f"the attributes of {_where(thing)} cannot be read"):
        found = {_text(path, name): _attribute(thing, name, path) for name in thing.attrs}
    return {name: value for name, value in found.items() if value is not None}


def unit(dataset, path):
    """Its attribute `units`, if that is a text."""
    with refusing(path, f"the attributes of {_where(dataset)} cannot be read"):
        value = _attribute(dataset, "units", path) if "units" in dataset.attrs else None
    return value if isinstance(value, str) else None


def _attribute(thing, name, path):
    value = thing.attrs[name] if _is_plain(thing.attrs.get_id(name)) else None
    known = isinstance(value, (bytes, str, np.generic, int, float))
    return _plain(path, value) if known else None


def _is_plain(attribute):
    kind = attribute.dtype
    return attribute.shape == () and (h5py.check_string_dtype(kind) is not None
                                      or kind.kind in "iuf")


def _plain(path, value):
    if isinstance(value, (bytes, str)):
        return _text(path, value)
    return value.item() if isinstance(value, np.generic) else value


def groups(file, path):
    """{name: group} of the groups of a file or group."""
    return {name: thing for name, thing in _members(file, path).items()
            if isinstance(thing, h5py.Group)}


def datasets(group, path):
    """{name: dataset} of a group of columns, all one-dimensional and of the same length."""
    found = _members(group, path)
    for name, thing in found.items():
        if not isinstance(thing, h5py.Dataset):
            raise malformed(path, f"{_where(group, name)} is not a column")
        _check_place(thing, path)
    return found


def _check_place(dataset, path):
    with refusing(path, f"{_where(dataset)} cannot be read"):
        if dataset.shape is None or len(dataset.shape) != 1:
            raise malformed(path, f"{_where(dataset)} does not have one dimension")
        if dataset.external or dataset.is_virtual:
            raise malformed(path, f"{_where(dataset)} is stored in other files")


def group(parent, name, path):
    """The group called so, which has to be there."""
    thing = _member(parent, name, path)
    if not isinstance(thing, h5py.Group):
        raise malformed(path, f"{_where(parent, name)} is not a group")
    return thing


def column(parent, name, kind, path):
    """The values of the column called so, which has to be there and of this kind."""
    thing = _member(parent, name, path)
    if not isinstance(thing, h5py.Dataset) or kind_of(thing, path) != kind:
        raise malformed(path, f"{_where(parent, name)} is not a column of {kind}")
    _check_place(thing, path)
    check_lengths(parent, {name: thing}, path)
    return values(thing, path)


def check_lengths(group, found, path):
    """The common length of these datasets, for which the file has the bytes and we the memory."""
    lengths = {name: len(dataset) for name, dataset in found.items()}
    if not lengths:
        return 0
    first, rows = next(iter(lengths.items()))
    for name, other in lengths.items():
        if other != rows:
            raise malformed(path, f"{_where(group, name)} has {other} rows where "
                                  f"{_where(group, first)} has {rows}")
    with refusing(path, f"{_where(group)} cannot be read"):
        stored = max(dataset.id.get_storage_size() * DEFLATE // max(1, dataset.dtype.itemsize)
                     for dataset in found.values())
    needed = rows * sum(max(8, dataset.dtype.itemsize) for dataset in found.values())
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if rows > stored:
        raise malformed(path, f"{_where(group)} claims {rows} rows but holds fewer")
    if needed > memory:
        raise Misuse(f"'{path}' needs {needed / 1e9:.0f} GB for {_where(group)}, but this machine "
                     f"has {memory / 1e9:.0f} GB: read it on a larger one")
    return rows


def _members(group, path):
    with refusing(path, f"{_where(group)} cannot be read"):
        return {_text(path, name): _member(group, name, path) for name in group}


def _member(group, name, path):
    """The group or dataset called so, or None."""
    with refusing(path, f"{_where(group, name)} cannot be read"):
        link = group.get(name, getlink=True)
        if link is not None and not isinstance(link, h5py.HardLink):
            raise malformed(path, f"{_where(group, name)} is a link to another object")
        return group[name] if link is not None else None


def kind_of(dataset, path):
    """TEXT, NUMBER or INTEGER."""
    with refusing(path, f"{_where(dataset)} cannot be read"):
        dtype = dataset.dtype
    if h5py.check_string_dtype(dtype) is not None:
        return TEXT
    if dtype.kind not in "iuf" or dtype.metadata:
        raise malformed(path, f"{_where(dataset)} holds neither texts nor numbers")
    return NUMBER if dtype.kind == "f" else INTEGER


def values(dataset, path):
    """A column as str, float64 or int64."""
    kind = kind_of(dataset, path)
    with refusing(path, f"{_where(dataset)} cannot be read"):
        stored = dataset[:]
    if kind == TEXT:
        return _texts(path, stored)
    if kind == NUMBER:
        return stored.astype(np.float64)
    if stored.dtype.kind == "u" and (stored > np.iinfo(np.int64).max).any():
        raise malformed(path, f"{_where(dataset)} holds a whole number above 2^63")
    return stored.astype(np.int64)


def _texts(path, stored):
    """Each different text is decoded once, as most columns repeat a few."""
    codes, distinct = pd.factorize(stored.astype(object))
    return np.array([_text(path, text) for text in distinct], object)[codes]


def _text(path, stored):
    """bytes, or a str that h5py made of them, as a str of valid UTF-8."""
    try:
        stored = stored.encode("utf-8", "surrogateescape") if isinstance(stored, str) else stored
        return stored.decode()
    except UnicodeDecodeError as error:
        raise malformed(path, f"{ascii(stored[:40])} is not UTF-8") from error


def _where(thing, name=None):
    where = f"{thing.name.rstrip('/')}/{name}" if name is not None else thing.name
    return printable(where)
