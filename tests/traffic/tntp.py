"""A reader of the TNTP files of TransportationNetworks, for the tests alone."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from models.traffic.equilibrium import Trips
from models.traffic.network import Network, build_network


def read_network(path: Path) -> tuple[Network, np.ndarray]:
    text = path.read_text()
    first_thru = int(re.search(r"<FIRST THRU NODE>\s*(\d+)", text).group(1))
    nodes = int(re.search(r"<NUMBER OF NODES>\s*(\d+)", text).group(1))
    rows = [line.strip().rstrip(";").split() for line in text.split("<END OF METADATA>")[1].splitlines()]
    table = np.array([[float(v) for v in row[:7]] for row in rows if row and row[0] != "~"])
    through = np.arange(1, nodes + 1) >= first_thru
    columns = (np.maximum(table[:, 4], 1e-12), table[:, 2], table[:, 5], table[:, 6])
    return build_network((table[:, 0] - 1).astype(np.int32), (table[:, 1] - 1).astype(np.int32), columns, through)


def read_trips(path: Path) -> Trips:
    text = path.read_text()
    zones = int(re.search(r"<NUMBER OF ZONES>\s*(\d+)", text).group(1))
    matrix = np.zeros((zones, zones))
    for block in text.split("Origin")[1:]:
        origin = int(block.split()[0]) - 1
        for to, trips in re.findall(r"(\d+)\s*:\s*([0-9.eE+-]+)", block):
            matrix[origin, int(to) - 1] = float(trips)
    return Trips(np.arange(zones, dtype=np.int32), matrix)
