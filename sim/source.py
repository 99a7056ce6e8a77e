"""The hash of our own source, so that nothing is taken from a cache that other code has filled."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).parent.parent


@cache
def source_digest(*folders: str, without: str = "") -> str:
    """Return the hash of all Python and YAML files below `folders` of the project, but those in a folder `without`."""
    digest = blake2b(digest_size=8)
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".py", ".yaml"} and without not in path.relative_to(ROOT).parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
