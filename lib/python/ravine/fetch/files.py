"""One file of the catalog: where it comes from, and how it gets its place only when it is right."""

import fcntl
import os
import stat
import urllib.parse
from pathlib import Path

from .catalog import sha256
from .transfer import fill_from_file, fill_from_url
from .words import Failure


def is_url(mirror):
    return urllib.parse.urlparse(mirror).scheme in ("http", "https", "file")


def source_of(entry, mirror):
    if mirror is None:
        if entry.url == "-":
            raise Failure("it is a derived file without a public URL: pass --mirror DIR or URL")
        return entry.url
    if is_url(mirror):
        return mirror.rstrip("/") + "/" + urllib.parse.quote(entry.file)
    return str(Path(mirror) / entry.file)


def check(part, entry):
    """Refuses a part that is not the cataloged file, and empties it: it must not be resumed."""
    part.flush()
    size = part.seek(0, os.SEEK_END)
    found = sha256(part)
    if size == entry.bytes and found == entry.sha256:
        return
    part.truncate(0)
    if size != entry.bytes:
        more = "more" if size > entry.bytes else str(size)
        raise Failure(f"the source has {more} bytes where the catalog says {entry.bytes}")
    raise Failure(f"the source has SHA-256 {found} where the catalog says {entry.sha256}")


def fill(source, part, entry):
    resumed = part.seek(0, os.SEEK_END)
    if resumed > entry.bytes:
        part.truncate(0)
    if not is_url(source):
        fill_from_file(source, part, entry)
    elif part.seek(0, os.SEEK_END) < entry.bytes:
        fill_from_url(source, part, entry)
    try:
        check(part, entry)
    except Failure:
        if not resumed or not is_url(source):
            raise
        fill_from_url(source, part, entry)  # what was resumed may be of another file
        check(part, entry)


def open_part(path, flags):
    """Whoever may write to the data folder must not choose what is overwritten through a link."""
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if os.path.islink(path):
            raise Failure(f"'{path}' is a link to another file: remove it") from error
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
        os.close(descriptor)
        raise Failure(f"'{path}' is not a file of its own: remove it")
    return descriptor


def fetch(entry, target, source):
    target.parent.mkdir(parents=True, exist_ok=True)
    part_path = target.with_name(target.name + ".part")
    with open(part_path, "ab+", opener=open_part) as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failure("another fetch_datasets is fetching it") from error
        try:
            fill(source, part, entry)
            os.fsync(part.fileno())
            os.replace(part_path, target)
        finally:
            if part_path.exists() and part_path.stat().st_size == 0:
                part_path.unlink()
