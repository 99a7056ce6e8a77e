"""A street map by the name of a place, downloaded through osmnx in a process that can be killed.

osmnx waits and asks again for ever where a server answers 429; the deadline is therefore kept from outside.
"""

from __future__ import annotations

from hashlib import blake2b
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sim.errors import InputError, JinlingError, NotFoundError, UnavailableError

_SPAWN = get_context("spawn")
Endpoints = tuple[str, str]  #: URLs of Nominatim and of Overpass, for a service of one's own


def download_place(place: str, folder: Path, deadline: float, endpoints: Endpoints | None = None) -> Path:
    """Return the GraphML file of a place's streets, from `folder` where it was downloaded before.

    Raises
    ------
    NotFoundError
        No place has that name.
    UnavailableError
        There is no network, or no answer within `deadline` seconds.
    """
    name = blake2b(place.encode(), digest_size=8).hexdigest()
    file = folder / f"{name}.graphml"
    if file.is_file():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(target=_download, args=(place, file, endpoints, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(deadline):
            raise UnavailableError(
                en=f"the map servers gave no answer on {place!r} within {deadline:g} s; try a local --pbf file",
                zh=f"地图服务器在 {deadline:g} 秒内未返回 {place!r}；可改用本地 --pbf 文件",
            )
        fault = ours.recv()
    except EOFError as error:
        raise UnavailableError(en="the download ended before it was done", zh="下载提前结束") from error
    finally:
        process.kill()
        process.join()
    if fault is not None:
        raise _told(fault, place)
    return file


def _told(fault: str, place: str) -> JinlingError:
    if fault == "not found":
        return NotFoundError(en=f"no place is called {place!r}", zh=f"没有名为 {place!r} 的地点")
    if fault == "no network":
        return UnavailableError(
            en="the map servers cannot be reached; try a local --pbf file",
            zh="无法连接地图服务器；可改用本地 --pbf 文件",
        )
    return InputError(en=f"the map of {place!r} cannot be used: {fault}", zh=f"无法使用 {place!r} 的地图：{fault}")


def _download(place: str, file: Path, endpoints: Endpoints | None, pipe: Connection) -> None:
    """Download in a process of its own and say through the pipe what went wrong, or None."""
    pipe.send(_fault_of_download(place, file, endpoints))


def _fault_of_download(place: str, file: Path, endpoints: Endpoints | None) -> str | None:
    import osmnx
    import requests

    _set_up(osmnx.settings, file.parent, endpoints)
    try:
        graph = osmnx.graph_from_place(place, network_type="all", retain_all=True, simplify=True)
        draft = file.with_suffix(".draft")
        osmnx.save_graphml(graph, draft)
        draft.replace(file)
    except requests.ConnectionError:
        return "no network"
    except (ValueError, TypeError, OSError) as error:
        missing = "no result" in str(error).lower() or type(error).__name__ == "InsufficientResponseError"
        return "not found" if missing else str(error).split("\n")[0][:120]
    return None


def _set_up(settings: Any, folder: Path, endpoints: Endpoints | None) -> None:
    settings.cache_folder = folder / "cache"
    settings.doh_url_template = None
    settings.useful_tags_way = [*settings.useful_tags_way, "foot", "motor_vehicle"]
    if endpoints is not None:
        settings.nominatim_url, settings.overpass_url = endpoints
        settings.overpass_rate_limit = False
