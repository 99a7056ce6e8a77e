"""Serving the application on an address of this machine."""

from __future__ import annotations

import socket
from pathlib import Path

import uvicorn

from api.app import create_app
from api.settings import Settings
from sim.errors import InputError
from sim.text import Language, Text


def serve(host: str, port: int, home: Path, language: Language) -> None:
    """Serve until Ctrl-C; raise `InputError` if the port cannot be had or the address is not this machine's own."""
    if host not in {"127.0.0.1", "localhost"}:
        raise InputError(
            en="only 127.0.0.1 is served: other addresses need passwords, which are not there yet",
            zh="目前仅服务 127.0.0.1：其他地址需要密码保护，尚未提供",
        )
    home.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                en=f"port {port} is in use; choose another with --port",
                zh=f"端口 {port} 已被占用；请用 --port 另选",
            ) from error
    told = Text(f"Open http://{host}:{port}/  (Ctrl-C ends)", f"请打开 http://{host}:{port}/（Ctrl-C 结束）")
    print(told.in_language(language), flush=True)  # noqa: T201 - the one line that a user needs
    uvicorn.run(create_app(Settings(home=home)), host=host, port=port, log_level="warning")
