"""The seal of ravine HDF5 files: 512 bytes in front that HDF5 skips (results/FORMAT.md)."""

import hashlib
import os
import stat
import struct

from ..errors import Misuse

SEAL_BYTES = 512
MAGIC = b"\x89RAVINE\n"
VERSION = 1
# magic, version, zero, length of what follows, SHA-256, kind, label (the build id), zeros
LAYOUT = struct.Struct("<8sIIQ32s32s64s360x")


def _digest(file, length, kind, label):
    """SHA-256 of a seal with an empty digest field and of the rest of `file`."""
    digest = hashlib.sha256(LAYOUT.pack(MAGIC, VERSION, 0, length, bytes(32), kind, label))
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.digest()


def verify(path, kind):
    """Returns the label of a sealed file; raises Misuse if it is not an intact file of that kind."""
    try:
        with open(path, "rb", opener=_open_file) as file:
            size = os.fstat(file.fileno()).st_size  # of this very file, should it be replaced now
            head = file.read(SEAL_BYTES)
            if head[:8] != MAGIC[: len(head)] or size < SEAL_BYTES:
                raise Misuse(f"'{path}' is not a ravine file: name a result file that a suite "
                             "wrote")
            _, version, _, length, stored, found, label = LAYOUT.unpack(head)
            if version != VERSION:
                raise Misuse(f"'{path}' has a seal of version {version}, but version {VERSION} is "
                             "expected here: use the scripts of the ravine that wrote it")
            if size != SEAL_BYTES + length:
                raise Misuse(f"'{path}' has {size} bytes instead of {SEAL_BYTES + length}: it is "
                             "truncated or was altered; restore a copy or run the suite again")
            if _digest(file, length, found, label) != stored:
                raise Misuse(f"'{path}' was altered: its content does not match its SHA-256; "
                             "restore a copy or run the suite again")
    except OSError as error:
        raise Misuse(f"cannot read '{path}': {error.strerror}") from error
    found, label = (ascii(text.rstrip(b"\0"))[2:-1] for text in (found, label))
    if found != kind:
        raise Misuse(f"'{path}' is a {found} file, not a {kind} file: name a result file that a "
                     "suite wrote")
    return label


def _open_file(path, flags):
    """A pipe or a device is opened without waiting for whoever writes to it, and refused."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(mode := os.fstat(descriptor).st_mode) and not stat.S_ISDIR(mode):
        os.close(descriptor)
        raise Misuse(f"'{path}' is not a file: name a result file that a suite wrote")
    return descriptor


def seal(path, kind, label=""):
    """Writes the seal of a closed HDF5 file that was made with userblock_size=512."""
    with open(path, "r+b") as file:
        file.seek(SEAL_BYTES)
        length = os.stat(path).st_size - SEAL_BYTES
        kind, label = kind.encode(), label.encode()
        digest = _digest(file, length, kind.ljust(32, b"\0"), label.ljust(64, b"\0"))
        file.seek(0)
        file.write(LAYOUT.pack(MAGIC, VERSION, 0, length, digest, kind, label))
