"""A headless Chromium over the DevTools protocol, with the standard library alone."""

import base64
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
         "--no-first-run", "--remote-debugging-port=0", "--remote-allow-origins=*")
SECONDS = 60


def executable():
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    """One page of a browser with a profile of its own. Use as a context manager.

    errors: what the page's console reported as an error, and uncaught exceptions.
    """

    def __enter__(self):
        self.profile = tempfile.TemporaryDirectory(prefix="ravine-browser-", ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [executable(), *FLAGS, f"--user-data-dir={self.profile.name}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.errors, self.calls = [], 0
        self.socket = _connect(self._address())
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait(SECONDS)
        self.profile.cleanup()

    def _address(self):
        """The path and port of the first page, once the browser listens."""
        port_file = pathlib.Path(self.profile.name, "DevToolsActivePort")
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            if port_file.exists() and port_file.read_text().strip():
                port = int(port_file.read_text().split()[0])
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    pages = [one for one in json.load(answer) if one["type"] == "page"]
                if pages:
                    return port, pages[0]["webSocketDebuggerUrl"].split(f":{port}", 1)[1]
            time.sleep(0.05)
        raise TimeoutError("the browser did not start")

    def call(self, method, **parameters):
        self.calls += 1
        _send(self.socket, json.dumps({"id": self.calls, "method": method, "params": parameters}))
        while True:
            message = json.loads(_receive(self.socket))
            if message.get("id") == self.calls:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            detail = parameters["exceptionDetails"]
            self.errors.append(detail.get("exception", {}).get("description") or detail["text"])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(parameters["entry"]["text"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] == "error":
            self.errors.append(str(parameters["args"]))

    def show(self, path, width=1280, height=900, dark=False):
        """Loads a page from disk at a size of the window."""
        self.resize(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=pathlib.Path(path).resolve().as_uri())
        self.wait("document.readyState === 'complete'")

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)

    def run(self, script):
        """The value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"]["description"])
        return result["result"].get("value")

    def wait(self, condition):
        deadline = time.monotonic() + SECONDS
        while not self.run(condition):
            if time.monotonic() > deadline:
                raise TimeoutError(condition)
            time.sleep(0.02)

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def pdf(self):
        return base64.b64decode(self.call("Page.printToPDF")["data"])


def _connect(address):
    port, path = address
    link = socket.create_connection(("127.0.0.1", port), SECONDS)
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                  f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                  "Sec-WebSocket-Version: 13\r\n\r\n").encode())
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        answer += link.recv(1)
    if b" 101 " not in answer.splitlines()[0]:
        raise ConnectionError(answer.decode())
    return link


def _send(link, text):
    """One masked text frame (RFC 6455, section 5)."""
    data = text.encode()
    if len(data) < 126:
        head = struct.pack("!BB", 0x81, 0x80 | len(data))
    elif len(data) < 65536:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
    else:
        head = struct.pack("!BBQ", 0x81, 0x80 | 127, len(data))
    link.sendall(head + bytes(4) + data)  # a mask of zeros leaves the bytes as they are


def _receive(link):
    message = b""
    while True:
        first, size = _exactly(link, 2)
        if size == 126:
            size = struct.unpack("!H", _exactly(link, 2))[0]
        elif size == 127:
            size = struct.unpack("!Q", _exactly(link, 8))[0]
        message += _exactly(link, size)
        if first & 0x80:
            return message


def _exactly(link, count):
    data = b""
    while len(data) < count:
        piece = link.recv(count - len(data))
        if not piece:
            raise ConnectionError("the browser closed the connection")
        data += piece
    return data
