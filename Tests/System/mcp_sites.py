"""MCP servers of the tests' own: one over Streamable HTTP with the official SDK, and programs that misbehave."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
from alma import free_port

HERE = Path(__file__).resolve().parent
PYTHON = Path(sys.prefix) / "bin"


class HTTPSite:
    """A server of `mcp_http_server.py`, which can be killed and started again at the same address."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.folder = folder
        self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def start(self, **environment: str) -> "HTTPSite":
        with open(self.folder / "site.log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, HERE / "mcp_http_server.py", str(self.port)],
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/", timeout=1)
                return self
            except httpx.TransportError:
                assert self.process.poll() is None, (self.folder / "site.log").read_text()[-2000:]
                time.sleep(0.05)
        raise AssertionError("the site did not start")

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None
