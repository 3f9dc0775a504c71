"""What a run draws on a terminal."""

import fcntl
import os
import pty
import re
import signal
import struct
import termios
import time

import suites
from long_runs import LONG, popen


def terminal_of(tmp_path, columns, term, narrower=None):
    """What a run draws on a terminal of so many columns, which becomes narrower on the way."""
    ours, its = pty.openpty()

    def resize(width):
        fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("4H", 24, width, 0, 0))

    resize(columns)
    process = popen(*LONG, "--output", tmp_path / "x.h5", stderr=its,
                    env={**suites.environment(), "TERM": term})
    os.close(its)
    drawn, begin = b"", time.monotonic()
    try:
        while part := os.read(ours, 65536):
            drawn += part
            if narrower and drawn.count(b"\r") == 4:
                resize(narrower)
            if drawn.count(b"\r\x1b") >= 9 or (term == "dumb" and b"at a time" in drawn):
                time.sleep(1)
                process.send_signal(signal.SIGTERM)
            assert time.monotonic() < begin + 60
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    assert process.wait(60) == 75
    return drawn.decode()


def test_the_progress_fits_the_terminal(tmp_path):
    drawn = terminal_of(tmp_path, 100, "xterm", narrower=40)
    lines = [line for line in re.split(r"\r\x1b\[K", drawn)[1:-1] if "\n" not in line]
    widths = [len(line) for line in lines]
    assert len(widths) > 3 and max(widths) < 100 and widths[-1] < 40 and widths[0] > 40, lines


def test_a_dumb_terminal_gets_no_control_sequences(tmp_path):
    drawn = terminal_of(tmp_path, 80, "dumb")
    assert "\x1b" not in drawn and "█" not in drawn and "stopped" in drawn
