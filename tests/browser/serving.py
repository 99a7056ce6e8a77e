"""A real server in a process of its own, for tests that look at it with a browser."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(home: Path) -> Iterator[str]:
    """A real server over a home; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port), "--home", str(home)]
    server = subprocess.Popen(command, cwd=root)
    base = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{base}/api/health", timeout=2).close()  # noqa: S310 - our own server
            break
        except OSError:
            time.sleep(0.25)
    yield base
    server.terminate()
    server.wait(20)
