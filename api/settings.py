"""Settings of the service."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where the service keeps its data, and whom it answers."""

    home: Path
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")  #: names by which it may be called
    workers: int = 2
    queue: int = 16  #: jobs that may wait
