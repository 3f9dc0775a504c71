"""scripts/fetch_datasets, run against local servers with a temper: fixtures of its tests."""

import hashlib
import http.server
import socketserver
import subprocess
import threading
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "fetch_datasets"
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
            [SCRIPT, "--catalog", catalog, "--to", tmp_path / "data", *words],
            capture_output=True, text=True, timeout=60, check=False)

    return run


def stored(tmp_path):
    data = tmp_path / "data"
    return {str(path.relative_to(data)): path.read_bytes()
            for path in data.rglob("*") if path.is_file()}


def only(*files):
    return {file: CONTENT[file] for file in files}


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
