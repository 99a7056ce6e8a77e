"""Binary column frames: a header length (u32), a JSON header, and 8-aligned buffers, little-endian."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def encode(columns: Mapping[str, NDArray[Any]], meta: Mapping[str, Any] | None = None) -> bytes:
    """Return columns as one frame; offsets count from the end of the padded header."""
    header: dict[str, Any] = {"columns": {}, **(meta or {})}
    buffers, offset = [], 0
    for name, column in columns.items():
        data = np.ascontiguousarray(column)
        raw = data.astype(data.dtype.newbyteorder("<")).tobytes()
        header["columns"][name] = {"dtype": data.dtype.name, "shape": list(data.shape), "offset": offset}
        padded = raw + b"\0" * (-len(raw) % 8)
        buffers.append(padded)
        offset += len(padded)
    text = json.dumps(header, ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-(len(text) + 4) % 8)
    return struct.pack("<I", len(text)) + text + b"".join(buffers)


def decode(frame: bytes) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the columns and the rest of the header of a frame."""
    size = struct.unpack_from("<I", frame)[0]
    header = json.loads(frame[4 : 4 + size])
    start, columns = 4 + size, {}
    for name, column in header.pop("columns").items():
        dtype = np.dtype(column["dtype"]).newbyteorder("<")
        count = int(np.prod(column["shape"]))
        data = np.frombuffer(frame, dtype, count, start + column["offset"])
        columns[name] = data.reshape(column["shape"])
    return columns, header
