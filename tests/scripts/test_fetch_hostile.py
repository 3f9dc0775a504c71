"""scripts/fetch_datasets trusts neither catalogs, nor files beside its own, nor servers."""

import os
import subprocess
import sys
import time

import pytest
from fetch_servers import CONTENT, SCRIPT, fetch, rude, server  # noqa: F401: fixtures among them


def forged(fetch, tmp_path, **columns):
    """The run with a catalog whose first entry has other values in these columns."""
    path = tmp_path / "catalog.tsv"
    lines = path.read_text().splitlines()
    entry = dict(zip(lines[1].split("\t"), lines[2].split("\t"))) | columns
    path.write_text("\n".join([*lines[:2], "\t".join(entry.values()), *lines[3:]]) + "\n")
    return fetch(lines[2].split("\t")[0])


@pytest.mark.parametrize("file", ["../out.bin", "alpha/../../out.bin", "/tmp/out.bin", "", ".", "..",
                                  "alpha/\x1b[31mred"])
def test_a_catalog_names_only_files_below_the_data_folder(fetch, tmp_path, server, file):
    server.content[file.lstrip("/")] = CONTENT["alpha/one.bin"]
    before = sorted(tmp_path.iterdir())
    done = forged(fetch, tmp_path, file=file)
    assert done.returncode == 2 and "not a plain path below the data folder" in done.stderr
    assert done.stderr.count("\n") == 1 and done.stderr.isascii() and "\x1b" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before and server.requests == []


@pytest.mark.parametrize("columns, words", [
    ({"bytes": "-5"}, "line 3 of"), ({"bytes": "many"}, "write a number of bytes"),
    ({"url": "a\tb"}, "line 3 has 8 columns instead of 7")])
def test_a_damaged_catalog_is_refused_by_line(fetch, tmp_path, columns, words):
    done = forged(fetch, tmp_path, **columns)
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1


def link_to(victim, part):
    part.symlink_to(victim)


def hard_link_to(victim, part):
    part.hardlink_to(victim)


@pytest.mark.parametrize("link", [link_to, hard_link_to])
def test_a_link_at_the_part_is_not_followed(fetch, tmp_path, link):
    victim = tmp_path / "victim"
    victim.write_bytes(b"important" * 1000)
    part = tmp_path / "data" / "alpha" / "two.bin.part"
    part.parent.mkdir(parents=True)
    link(victim, part)
    done = fetch("alpha")
    assert done.returncode == 1 and "two.bin.part' is " in done.stdout and "remove it" in done.stdout
    assert victim.read_bytes() == b"important" * 1000
    assert not (part.parent / "two.bin").exists() and (part.parent / "one.bin").exists()


def test_a_pipe_at_the_part_is_not_opened(fetch, tmp_path):
    part = tmp_path / "data" / "alpha" / "two.bin.part"
    part.parent.mkdir(parents=True)
    os.mkfifo(part)
    done = fetch("alpha")
    assert done.returncode == 1 and "not a file of its own" in done.stdout


def told(fetch, rude):
    """The line on the file that this server was asked for."""
    done = fetch("alpha", "--mirror", f"http://127.0.0.1:{rude.server_address[1]}")
    assert done.returncode == 1 and done.stdout.count("\n") == 2 and "Traceback" not in done.stderr
    return done.stdout.splitlines()[0]


@pytest.mark.parametrize("reason", [b"\x1b]0;title\x07\x1b[31mred", b"caf\xe9 \x9b31m", b"x" * 5000,
                                    b"a\rb"])
def test_what_a_server_says_reaches_the_terminal_as_text(fetch, rude, reason):
    rude.answer = [b"HTTP/1.1 404 " + reason + b"\r\n\r\n"]
    line = told(fetch, rude)
    assert "the server answers 404" in line and line.isprintable() and len(line) < 1000


@pytest.mark.parametrize("target", ["/alpha/one.bin", "http://127.0.0.1:{port}/", "file:///etc/passwd",
                                    "ftp://127.0.0.1/x", "//"])
def test_a_redirection_that_leads_nowhere_is_one_line(fetch, rude, target):
    location = target.format(port=rude.server_address[1]).encode()
    rude.answer = [b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\n\r\n"]
    line = told(fetch, rude)
    assert "FAILED: " in line and line.isprintable()


@pytest.mark.parametrize("answer", [
    [b"HTTP/1.1 200 OK\r\nContent-Length: 1024000\r\n\r\n"] + 1000 * [b"x"],
    [b"HTTP/1.1 200 OK\r\n"] + 1000 * [b"X: y\r\n"],
    [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"] + 1000 * [b"1\r\nx\r\n"],
], ids=["content", "headers", "chunks"])
def test_a_server_that_sends_hardly_anything_is_given_up(tmp_path, fetch, rude, answer):
    """The real patience is a minute: here it is a second, three times for each of two files."""
    rude.answer, rude.pause = answer, 0.05
    program = (f"import sys; sys.path.insert(0, {str(SCRIPT.parents[1] / 'lib' / 'python')!r})\n"
               "from ravine.fetch import __main__, transfer\n"
               "transfer.WINDOW_SECONDS = 0.5\n"
               "sys.exit(__main__.main())\n")
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, "--catalog", tmp_path / "catalog.tsv",
         "--to", tmp_path / "data", "--mirror", f"http://127.0.0.1:{rude.server_address[1]}", "alpha"],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "fewer than 60 kB came in 0.5 s" in done.stdout, done.stderr
    assert 3 < time.monotonic() - begin < 20
