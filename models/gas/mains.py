"""Gas mains along the streets of a city, where no plan of them exists: synthetic, and told as such."""

from __future__ import annotations

import numpy as np

from models.gas.isolation import Pipes
from sim.city.model import City
from sim.streams import Stream

VALVES = 0.6  #: share of pipes between two junctions that have a valve (assumption: fewer, and segments would not end)


def street_pipes(city: City, stream: Stream, decision: str) -> Pipes:
    """Return a main under every drive street, with valves by the luck of its street, fed from west and east."""
    drive = city.drive
    tail, head = drive.tails(), drive.head
    _, one = np.unique(np.sort(np.stack([tail, head]), axis=0), axis=1, return_index=True)
    ends = tail[one], head[one]
    valve = stream.uniforms(decision, drive.osm_id[ends[0]] ^ (drive.osm_id[ends[1]] << 1), 0) < VALVES
    sources = np.unique([np.argmin(drive.x), np.argmax(drive.x)]).astype(np.int32)
    return Pipes(drive.nodes, ends[0].astype(np.int32), ends[1].astype(np.int32), valve, sources)


def pipe_at(pipes: Pipes, node: int) -> int:
    """Return a pipe of which `node` is an end, with no valve in it if there is one such."""
    at = np.flatnonzero((pipes.tail == node) | (pipes.head == node))
    return int(at[np.argmin(pipes.valve[at])])
