"""Downloads, against servers of our own on this machine."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sim.city.graphml import read_graphml
from sim.city.place import download_place
from sim.errors import NotFoundError, UnavailableError

SQUARE = [[118.7, 32.0], [118.71, 32.0], [118.71, 32.01], [118.7, 32.01], [118.7, 32.0]]
PLACE = [{"place_id": 1, "osm_type": "relation", "osm_id": 1, "lat": "32.005", "lon": "118.705", "class": "boundary",
          "type": "administrative", "place_rank": 12, "importance": 0.5, "name": "Toy", "display_name": "Toy",
          "boundingbox": ["32.0", "32.01", "118.7", "118.71"],
          "geojson": {"type": "Polygon", "coordinates": [SQUARE]}}]  # fmt: skip
NODES = [{"type": "node", "id": i, "lon": lon, "lat": lat} for i, (lon, lat) in enumerate(SQUARE[:4], start=1)]
WAY = {"type": "way", "id": 9, "nodes": [1, 2, 3, 4, 1], "tags": {"highway": "residential", "name": "甲路"}}
SPUR = {"type": "way", "id": 10, "nodes": [1, 3], "tags": {"highway": "tertiary"}}


def server(place: list, status: int = 200):
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            data = place if "search" in self.path else {"version": 0.6, "elements": [*NODES, WAY, SPUR]}
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer()

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.answer()

        def log_message(self, *_):
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{made.server_port}"
    return made, (f"{base}/", f"{base}/api")


def test_a_place_is_downloaded_once_and_read(tmp_path: Path):
    made, endpoints = server(PLACE)
    file = download_place("Toy", tmp_path, 60, endpoints)
    made.shutdown()
    assert len(read_graphml(file).highways) >= 4
    assert download_place("Toy", tmp_path, 1, endpoints) == file


def test_a_place_that_is_not_there(tmp_path: Path):
    made, endpoints = server([])
    with pytest.raises(NotFoundError, match="no place is called 'Nowhere'"):
        download_place("Nowhere", tmp_path, 60, endpoints)
    made.shutdown()


def test_no_network(tmp_path: Path):
    with pytest.raises(UnavailableError, match="cannot be reached"):
        download_place("Toy", tmp_path, 60, ("http://127.0.0.1:9/", "http://127.0.0.1:9/api"))


def test_a_server_that_answers_429_for_ever_meets_the_deadline(tmp_path: Path):
    made, endpoints = server(PLACE, 429)
    started = time.monotonic()
    with pytest.raises(UnavailableError, match="no answer"):
        download_place("Toy", tmp_path, 10, endpoints)
    made.shutdown()
    assert time.monotonic() - started < 25
    assert not list(tmp_path.glob("*.graphml"))
