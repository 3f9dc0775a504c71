"""scripts/fetch_datasets against a local HTTP server with a temper."""

import fcntl
import hashlib
import http.server
import os
import socketserver
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fetch_datasets"
CONTENT = {
    "alpha/one.bin": bytes(range(256)) * 4000,
    "alpha/two.bin": b"two" * 1000,
    "beta-set/derived.bin": b"derived" * 100,
}


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT with Range support; what it did is in `requests`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = dict(CONTENT)
        self.cuts = []  # byte counts after which the next connections break
        self.ranges = True
        self.requests = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.requests.append((self.path, asked))
        content = self.server.content.get(self.path.lstrip("/"))
        if content is None:
            self.send_error(404)
            return
        begin = int(asked[len("bytes="):-1]) if asked and self.server.ranges else 0
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - begin))
        self.end_headers()
        cut = self.server.cuts.pop(0) if self.server.cuts else None
        self.wfile.write(content[begin:] if cut is None else content[begin:begin + cut])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as running:
        yield running
        running.shutdown()


@pytest.fixture
def fetch(tmp_path, server):
    lines = ["# comment", "set\tfile\tkind\tbytes\tsha256\tcontent_sha256\turl"]
    for file, content in CONTENT.items():
        name = file.split("/")[0].replace("-", "_")
        derived = file.startswith("beta")
        lines.append("\t".join([
            name, file, "derived" if derived else "original", str(len(content)),
            hashlib.sha256(content).hexdigest(), "-", "-" if derived else f"{server.url}/{file}"]))
    catalog = tmp_path / "catalog.tsv"
    catalog.write_text("\n".join(lines) + "\n")

    def run(*words):
        return subprocess.run(
            [sys.executable, SCRIPT, "--catalog", catalog, "--to", tmp_path / "data", *words],
            capture_output=True, text=True, timeout=60, check=False)

    return run


def stored(tmp_path):
    data = tmp_path / "data"
    return {str(path.relative_to(data)): path.read_bytes()
            for path in data.rglob("*") if path.is_file()}


def only(*files):
    return {file: CONTENT[file] for file in files}


def test_fetches_verifies_and_skips_what_is_there(fetch, server, tmp_path):
    first = fetch("alpha")
    assert first.returncode == 0, first.stderr
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")
    assert len(first.stdout.splitlines()) == 2
    count = len(server.requests)
    second = fetch("ALPHA")
    assert second.returncode == 0
    assert second.stdout.count("already there") == 2
    assert len(server.requests) == count


def test_resumes_in_the_middle_of_a_broken_connection(fetch, server, tmp_path):
    server.cuts = [300000]
    assert fetch("alpha").returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")
    assert ("/alpha/one.bin", "bytes=300000-") in server.requests


def test_a_later_run_resumes_and_no_partial_file_has_the_final_name(fetch, server, tmp_path):
    server.cuts = [100000, 0, 0]
    broken = fetch("alpha")
    assert broken.returncode == 1
    assert "only 100000 of 1024000 bytes came" in broken.stdout
    assert "run again to resume" in broken.stdout
    assert stored(tmp_path) == {"alpha/one.bin.part": CONTENT["alpha/one.bin"][:100000],
                                **only("alpha/two.bin")}
    server.requests.clear()
    assert fetch("alpha").returncode == 0
    assert server.requests == [("/alpha/one.bin", "bytes=100000-")]
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_starts_again_where_the_server_cannot_resume(fetch, server, tmp_path):
    server.ranges = False
    server.cuts = [100000]
    assert fetch("alpha").returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


@pytest.mark.parametrize("stale_bytes", [5000, 1024000, 2000000])
def test_recovers_from_a_stale_part(fetch, tmp_path, stale_bytes):
    part = tmp_path / "data" / "alpha" / "one.bin.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"x" * stale_bytes)
    result = fetch("alpha")
    assert result.returncode == 0, result.stdout
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_refuses_a_wrong_checksum_and_leaves_nothing(fetch, server, tmp_path):
    wrong = b"X" + CONTENT["alpha/one.bin"][1:]
    server.content["alpha/one.bin"] = wrong
    result = fetch("alpha")
    assert result.returncode == 1
    assert hashlib.sha256(wrong).hexdigest() in result.stdout
    assert hashlib.sha256(CONTENT["alpha/one.bin"]).hexdigest() in result.stdout
    assert stored(tmp_path) == only("alpha/two.bin")


def test_refuses_a_source_that_is_too_long(fetch, server, tmp_path):
    server.content["alpha/two.bin"] += b"more"
    result = fetch("alpha")
    assert result.returncode == 1
    assert "more bytes where the catalog says 3000" in result.stdout
    assert stored(tmp_path) == only("alpha/one.bin")


def test_replaces_a_damaged_file_only_by_a_right_one(fetch, server, tmp_path):
    target = tmp_path / "data" / "alpha" / "two.bin"
    target.parent.mkdir(parents=True)
    target.write_bytes(b"damaged")
    del server.content["alpha/two.bin"]
    result = fetch("alpha")
    assert result.returncode == 1
    assert "404" in result.stdout
    assert target.read_bytes() == b"damaged"
    server.content = dict(CONTENT)
    assert fetch("alpha").returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_derived_sets_come_from_a_mirror_only(fetch, server, tmp_path):
    refused = fetch("beta-set")
    assert refused.returncode == 1
    assert "pass --mirror" in refused.stdout
    assert fetch("beta_set", "--mirror", server.url + "/").returncode == 0
    assert stored(tmp_path) == only("beta-set/derived.bin")


def test_mirror_folder(fetch, server, tmp_path):
    mirror = tmp_path / "mirror"
    for file, content in CONTENT.items():
        (mirror / file).parent.mkdir(parents=True, exist_ok=True)
        (mirror / file).write_bytes(content)
    (mirror / "alpha/two.bin").write_bytes(b"two")
    result = fetch("--mirror", str(mirror))
    assert result.returncode == 1
    assert "3 bytes where the catalog says 3000" in result.stdout
    assert stored(tmp_path) == only("alpha/one.bin", "beta-set/derived.bin")
    assert server.requests == []
    (mirror / "alpha/two.bin").unlink()
    missing = fetch("alpha", "--mirror", str(mirror))
    assert missing.returncode == 1
    assert "No such file" in missing.stdout


def test_without_names_fetches_what_has_a_url(fetch, tmp_path):
    assert fetch().returncode == 0
    assert stored(tmp_path) == only("alpha/one.bin", "alpha/two.bin")


def test_two_fetches_do_not_write_one_file(fetch, tmp_path):
    part = tmp_path / "data" / "alpha" / "two.bin.part"
    part.parent.mkdir(parents=True)
    with open(part, "ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        result = fetch("alpha")
        assert part.exists()
    assert result.returncode == 1
    assert "another fetch_datasets" in result.stdout


@pytest.mark.parametrize("words, message", [
    (["alhpa"], "did you mean 'alpha'?"),
    (["alpha", "--mirror", "/does/not/exist"], "neither a folder nor"),
    (["--catalog", "/does/not/exist"], "is not a catalog"),
    (["--unknown"], "unrecognized arguments"),
])
def test_misuse_ends_with_2_and_a_sentence(fetch, tmp_path, words, message):
    result = fetch(*words)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "data").exists()


def test_an_unreachable_server_is_one_sentence(fetch):
    result = fetch("alpha", "--mirror", "http://127.0.0.1:9")
    assert result.returncode == 1
    assert "refused" in result.stdout
    assert "Traceback" not in result.stderr


def test_list_names_every_set_of_the_catalog():
    result = subprocess.run([sys.executable, SCRIPT, "--list"], capture_output=True, text=True,
                            check=False)
    assert result.returncode == 0
    names = [line.split()[0] for line in result.stdout.splitlines()]
    assert {"mnist", "fashion_mnist", "a9a", "imdb", "cal_housing"} <= set(names)
    assert len(names) == len(set(names))


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


class Rude(socketserver.StreamRequestHandler):
    """Answers with what the server has as `answer`, a piece every `pause` seconds."""

    def handle(self):
        self.rfile.readline()
        try:
            for piece in self.server.answer:
                self.wfile.write(piece)
                time.sleep(self.server.pause)
        except OSError:
            pass  # the client has gone


@pytest.fixture
def rude():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Rude) as server:
        server.daemon_threads, server.block_on_close = True, False
        server.answer, server.pause = [], 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


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
    program = ("import sys\n"
               f"text = open({str(SCRIPT)!r}).read().replace('WINDOW_BYTES = 60,', 'WINDOW_BYTES = 0.5,')\n"
               f"exec(compile(text, 'script', 'exec'), {{'__name__': '__main__', '__file__': {str(SCRIPT)!r}}})\n")
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program, "--catalog", tmp_path / "catalog.tsv",
         "--to", tmp_path / "data", "--mirror", f"http://127.0.0.1:{rude.server_address[1]}", "alpha"],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "fewer than 60 kB came in 0.5 s" in done.stdout, done.stderr
    assert 3 < time.monotonic() - begin < 20


def test_a_folder_that_cannot_be_made_is_one_sentence(fetch, tmp_path):
    (tmp_path / "data").write_text("a file")
    done = fetch("alpha")
    assert done.returncode == 1 and "Errno" not in done.stdout and "cannot be written" in done.stdout
