"""The state of an optimizer as bytes: the same state gives the same bytes, and reading runs no code of theirs."""

import json
import struct

import numpy as np

from ..errors import Misuse


def write(state):
    """A length, a description in JSON, then the arrays that it counts."""
    arrays = []
    text = json.dumps(_plain(state, "state", arrays), separators=(",", ":")).encode()
    return b"".join([struct.pack("<q", len(text)), text, *arrays])


def read(data):
    (length,) = struct.unpack_from("<q", data)
    return _restored(json.loads(data[8:8 + length]), data, 8 + length)


def _plain(value, where, arrays):
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        value = np.asarray(value)
        return {"scalar": _plain(value, where, arrays)}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        start = sum(map(len, arrays))
        arrays.append(np.ascontiguousarray(value).tobytes())
        return {"array": [value.dtype.str, list(value.shape), start]}
    if isinstance(value, (list, tuple)):
        items = [_plain(item, f"{where}[{i}]", arrays) for i, item in enumerate(value)]
        return {"tuple": items} if isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {"dict": [[_plain(key, f"a key of {where}", arrays), _plain(item, f"{where}[{key!r}]", arrays)]
                         for key, item in value.items()]}
    raise Misuse(f"{where} is of the type {type(value).__name__}, which checkpoints cannot hold: keep arrays, numbers, "
                 "texts, and lists or dicts of them")


def _restored(plain, data, base):
    if isinstance(plain, list):
        return [_restored(item, data, base) for item in plain]
    if not isinstance(plain, dict):
        return plain
    (kind, held), = plain.items()
    if kind == "tuple":
        return tuple(_restored(item, data, base) for item in held)
    if kind == "dict":
        return {_restored(key, data, base): _restored(item, data, base) for key, item in held}
    if kind == "scalar":
        return _restored(held, data, base)[()]
    dtype, shape, start = held
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(data, np.dtype(dtype), count, base + start).reshape(shape).copy()
