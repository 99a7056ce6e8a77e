"""Cities on disk: a folder by hash, whole or not there; no pickle, every array checked by its digest."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from dataclasses import fields, is_dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

from sim.city import model
from sim.city.model import City, Dropped
from sim.errors import DamagedError, NotFoundError
from sim.runs import write_durably


def _flatten(part: Any, prefix: str, arrays: dict[str, NDArray[Any]], plain: dict[str, Any]) -> None:
    """Take a dataclass apart into arrays and plain values by dotted name."""
    for entry in fields(part):
        value, name = getattr(part, entry.name), f"{prefix}{entry.name}"
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif is_dataclass(value):
            _flatten(value, f"{name}.", arrays, plain)
        elif entry.name == "dropped":
            plain[name] = [[d.what, d.count, d.reason_en, d.reason_zh] for d in value]
        else:
            plain[name] = list(value) if isinstance(value, tuple) else value


def _build(cls: type, prefix: str, arrays: dict[str, NDArray[Any]], plain: dict[str, Any]) -> Any:
    """Put a dataclass together again."""
    hints = get_type_hints(cls, vars(model))
    values: dict[str, Any] = {}
    for entry in fields(cls):
        name = f"{prefix}{entry.name}"
        hint = hints[entry.name]
        if name in arrays:
            values[entry.name] = arrays[name]
        elif is_dataclass(hint) and isinstance(hint, type):
            values[entry.name] = _build(hint, f"{name}.", arrays, plain)
        elif entry.name == "dropped":
            values[entry.name] = tuple(Dropped(*row) for row in plain[name])
        else:
            raw = plain[name]
            values[entry.name] = tuple(raw) if isinstance(raw, list) else raw
    return cls(**values)


def city_hash(city: City) -> str:
    """Return the hash of everything in a city but its hash."""
    arrays: dict[str, NDArray[Any]] = {}
    plain: dict[str, Any] = {}
    _flatten(city, "", arrays, plain)
    plain.pop("hash")
    digest = blake2b(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode(), digest_size=16)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name}:{array.dtype.str}:{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def with_hash(city: City) -> City:
    """Return the city with its hash set."""
    return replace(city, hash=city_hash(city))


def save(city: City, folder: Path) -> None:
    """Store a city atomically as `folder`; a folder that is there already stays."""
    arrays: dict[str, NDArray[Any]] = {}
    plain: dict[str, Any] = {}
    _flatten(city, "", arrays, plain)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        data = buffer.getvalue()
        write_durably(draft / "arrays.npz", data)
        plain["arrays"] = blake2b(data, digest_size=16).hexdigest()
        text = json.dumps(plain, ensure_ascii=False, indent=1)
        write_durably(draft / "city.json", text.encode())
        draft.replace(folder)
    except OSError:
        if not (folder / "city.json").is_file():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def load(folder: Path) -> City:
    """Read a stored city; raise `NotFoundError` if there is none, `DamagedError` if it is not whole."""
    if not (folder / "city.json").is_file():
        raise NotFoundError(en=f"there is no city {folder.name!r}", zh=f"没有城市 {folder.name!r}")
    try:
        plain = json.loads((folder / "city.json").read_text(encoding="utf-8"))
        data = (folder / "arrays.npz").read_bytes()
        if blake2b(data, digest_size=16).hexdigest() != plain.pop("arrays"):
            raise ValueError("digest")  # noqa: TRY301 - told below, with every other sign of damage
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        city: City = _build(City, "", arrays, plain)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise DamagedError(
            en="the stored city is damaged and is not used; delete its folder to build it again",
            zh="存储的城市已损坏，不予使用；删除其文件夹即可重建",
            file=folder,
        ) from error
    return city
