"""Bytes from a server or a file into a part of a file, resumed where it stands."""

import contextlib
import http.client
import os
import signal
import urllib.error
import urllib.request

from .catalog import CHUNK
from .words import Failure, printable, reason_of

ATTEMPTS = 3
TIMEOUT_SECONDS = 30
# A connection that brings fewer bytes in this time is given up: slower is a fault, not a download.
WINDOW_SECONDS, WINDOW_BYTES = 60, 60_000


class TooSlow(OSError):
    """Fewer than WINDOW_BYTES came in WINDOW_SECONDS."""

    def __init__(self, *_):
        super().__init__(f"fewer than {WINDOW_BYTES // 1000} kB came in {WINDOW_SECONDS} s")


@contextlib.contextmanager
def clock():
    """Raises TooSlow inside, unless what it yields is called in time again and again."""
    def tick():
        signal.setitimer(signal.ITIMER_REAL, WINDOW_SECONDS)

    def alarm(*_):
        raise TooSlow

    before = signal.signal(signal.SIGALRM, alarm)
    tick()
    try:
        yield tick
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def copy_stream(read, part, limit, tick=lambda: None):
    """Appends at most `limit` bytes, one more than wanted is enough to see that it is too much."""
    came = 0
    while limit > 0:
        chunk = read(min(CHUNK, limit))
        if not chunk:
            return
        part.write(chunk)
        limit -= len(chunk)
        came += len(chunk)
        if came >= WINDOW_BYTES:
            came = 0
            tick()


def download(url, part, entry):
    """Brings `part` forward by one connection, from where it stands if the server can do that."""
    have = part.seek(0, os.SEEK_END)
    request = urllib.request.Request(url, headers={"User-Agent": "ravine-fetch-datasets"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    with clock() as tick, urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        resumed = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
        if not (response.status == 206 and resumed):
            part.truncate(0)
            have = 0
        copy_stream(getattr(response, "read1", response.read), part, entry.bytes + 1 - have, tick)
    part.flush()


def fill_from_url(url, part, entry):
    """Downloads, going on after interruptions as long as the file grows."""
    reason = "the connection was closed early"
    for _ in range(ATTEMPTS):
        try:
            download(url, part, entry)
        except urllib.error.HTTPError as error:
            if 300 <= error.code < 400:
                raise Failure(f"the server answers {error.code}, a redirection that leads nowhere or "
                              "in a circle") from error
            raise Failure(f"the server answers {error.code} {printable(error.reason)}") from error
        except (http.client.HTTPException, OSError) as error:
            reason = reason_of(error)
        except ValueError as error:
            raise Failure(f"the address cannot be used: {reason_of(error)}") from error
        if part.seek(0, os.SEEK_END) >= entry.bytes:
            return
    have = part.seek(0, os.SEEK_END)
    raise Failure(f"only {have} of {entry.bytes} bytes came ({reason}): run again to resume")


def fill_from_file(path, part, entry):
    part.truncate(0)
    try:
        with open(path, "rb") as stream:
            copy_stream(stream.read, part, entry.bytes + 1)
    except OSError as error:
        raise Failure(f"the mirror's file cannot be read: {reason_of(error)}") from error
