"""Runs on disk: a folder by the hash of what determines it, whole or not there at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import DamagedError, InputError, NotFoundError

FORMAT = 1
_RUN_ID = re.compile(r"[0-9a-f]{32}")


def digest_of(value: object) -> str:
    """Return the hash of plain data: the same for the same content, whatever the order of keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()


class Run:
    """A stored, complete run: its manifest and its tables."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.id = path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest; raises `DamagedError` if it is not whole."""
        file = self.path / "manifest.json"
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFoundError(en=f"there is no run {self.id!r}", zh=f"没有运行 {self.id!r}") from error
        except (ValueError, OSError, RecursionError) as error:
            raise self._damaged("manifest.json") from error
        if not isinstance(manifest, dict) or manifest.pop("digest", None) != digest_of(manifest):
            raise self._damaged("manifest.json")
        return manifest

    @property
    def indicators(self) -> dict[str, float | None]:
        """The indicators of the run by name; None where nothing could be measured."""
        return dict(self.manifest["indicators"])

    def table(self, name: str) -> pa.Table:
        """Return a table, after its file has been checked against the manifest."""
        known = self.manifest.get("tables", {})
        if name not in known:
            raise NotFoundError(
                en=f"run {self.id} has no table {name!r}; there are: {', '.join(known)}",
                zh=f"运行 {self.id} 没有表 {name!r}；可用：{', '.join(known)}",
            )
        try:
            data = (self.path / f"{name}.parquet").read_bytes()
        except OSError as error:
            raise self._damaged(f"{name}.parquet") from error
        if sha256(data).hexdigest() != known[name]["sha256"]:
            raise self._damaged(f"{name}.parquet")
        return pq.read_table(pa.BufferReader(data), use_threads=False)

    def _damaged(self, file: str) -> DamagedError:
        return DamagedError(
            en="the stored run is damaged and is not used; delete its folder to compute it again",
            zh="存储的运行已损坏，不予使用；删除其文件夹即可重新计算",
            file=self.path / file,
        )


class RunStore:
    """All runs below one folder, `<root>/<run id>/`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run_ids(self) -> list[str]:
        """Return the ids of all complete runs, in order."""
        if not self.root.is_dir():
            return []
        return sorted(
            folder.name
            for folder in self.root.iterdir()
            if _RUN_ID.fullmatch(folder.name) and (folder / "manifest.json").is_file()
        )

    def open(self, run_id: str) -> Run:
        """Return a run; raise `NotFoundError` if there is none, `DamagedError` if it is not whole."""
        if not _RUN_ID.fullmatch(run_id):
            raise InputError(en=f"{run_id[:60]!r} is no run id", zh=f"{run_id[:60]!r} 不是运行编号")
        run = Run(self.root / run_id)
        _ = run.manifest
        return run

    def find(self, run_id: str) -> Run | None:
        """Return the run if it is stored and whole, else None; a damaged one is set aside."""
        if not (self.root / run_id).exists():
            return None
        try:
            run = self.open(run_id)
            for table in run.manifest["tables"]:
                run.table(table)
        except InputError:
            aside = tempfile.mkdtemp(prefix=f"{run_id}.damaged-", dir=self.root)
            (self.root / run_id).replace(Path(aside) / run_id)
            return None
        return run

    def write(self, run_id: str, manifest: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Run:
        """Store a run atomically: tables first, the manifest last, then one rename of the folder."""
        self.root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{run_id}-", dir=self.root))
        try:
            listed = {name: _write_table(folder, name, table) for name, table in tables.items()}
            whole = {"format": FORMAT, "run": run_id, "status": "complete", **manifest, "tables": listed}
            text = json.dumps({**whole, "digest": digest_of(whole)}, ensure_ascii=False, indent=1, allow_nan=False)
            write_durably(folder / "manifest.json", text.encode())
            _sync_folder(folder)
            folder.replace(self.root / run_id)
            _sync_folder(self.root)
        except OSError:
            # Another process stored the very same run first: its folder is as good as ours.
            if (self.root / run_id / "manifest.json").is_file():
                return Run(self.root / run_id)
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return Run(self.root / run_id)


def _write_table(folder: Path, name: str, table: pa.Table) -> dict[str, Any]:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    data = sink.getvalue().to_pybytes()
    write_durably(folder / f"{name}.parquet", data)
    return {"rows": table.num_rows, "sha256": sha256(data).hexdigest(), "bytes": len(data)}


def write_durably(path: Path, data: bytes) -> None:
    """Write a file by way of a temporary neighbour, so that it is whole or not there."""
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
