"""Flood: cell-steps a second against landlab's OverlandFlow, and six hours of storm over a square kilometre.

landlab runs in an environment of its own, `var/peers` (see `peers.txt`), in turn with ours; without one its row says so.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.harness import ROUNDS, Ratio, Row, cpu, note
from models.flood.basin import Basin
from models.flood.exchange import Inlets
from models.flood.rain import MM_PER_H, design_storm
from models.flood.terrain import Terrain
from sim.fields import Raster

PEER = Path(os.environ.get("JINLING_PEERS", Path(__file__).resolve().parent.parent / "var" / "peers"))
CELLS, SIZE, SECONDS, PEER_STEPS = 1000, 2.0, 4.0, 4
#: The same bed and water as ours; one line of input is one measurement.
PROGRAM = """
import sys, time
import numpy as np
from landlab import RasterModelGrid
from landlab.components import OverlandFlow
n, size, steps = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
z = np.random.default_rng(1).random((n, n)) * 0.2
grid = RasterModelGrid((n, n), xy_spacing=size)
grid.add_field("topographic__elevation", z.ravel().copy(), at="node")
depth = grid.add_field("surface_water__depth", 0.5 - z.ravel(), at="node")
flow = OverlandFlow(grid, mannings_n=0.03, alpha=0.7, theta=0.8)
for _ in sys.stdin:
    started = time.process_time()
    for _ in range(steps):
        flow.overland_flow(dt=flow.calc_time_step())
    print(time.process_time() - started, flush=True)
"""


def measure() -> list[Row]:
    """Return the rows of the flood."""
    note("flood: six hours of storm over a square kilometre")
    storm = _storm()
    note("flood: cell-steps a second")
    return [_against_landlab(), storm]


def _basin() -> Basin:
    z = np.random.default_rng(1).random((CELLS, CELLS)) * 0.2
    basin = Basin(Terrain(z, Raster(0.0, 0.0, SIZE, CELLS, CELLS), "EPSG:32650"), 0.03, theta=0.8, exchange_s=SECONDS)
    basin.fill(0.5 - z)
    basin.advance(SECONDS)
    return basin


def _against_landlab() -> Row:
    basin = _basin()
    name = f"flood: cell-steps a second and core, {CELLS} × {CELLS} cells"
    theirs = _peer(PEER / "bin" / "python")
    ours, peers = [], []
    for _ in range(ROUNDS):
        before = basin.steps
        seconds = cpu(lambda: basin.advance(SECONDS))
        ours.append(seconds / (basin.steps - before) / CELLS**2)
        if theirs is not None:
            peers.append(_ask(theirs) / PEER_STEPS / CELLS**2)
    if theirs is not None and theirs.stdin is not None:
        theirs.stdin.close()
        theirs.wait()
    told = f"{1e-6 / median(ours):.0f} million"
    if not peers:
        return Row(name, told, "not measured: no landlab here (benchmarks/peers.txt)")
    ratios = sorted(b / a for a, b in zip(ours, peers, strict=True))
    ratio = Ratio(median(ours), median(peers), ratios[0], median(ratios), ratios[-1])
    peer = f"{1e-6 / ratio.peer_s:.1f} million (landlab OverlandFlow)"
    return Row(name, told, peer, ratio.told(), "≥ 20×", ratio.middle >= 20.0)


def _peer(python: Path) -> subprocess.Popen[str] | None:
    """Return landlab at its first measurement, or say in one sentence why there is none."""
    command = [str(python), "-c", PROGRAM, str(CELLS), str(SIZE), str(PEER_STEPS)]
    try:
        one = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
    except OSError as error:
        note(f"flood: {python} does not start ({error.strerror}): set it up by benchmarks/peers.txt")
        return None
    try:
        _ask(one)
    except (OSError, ValueError):
        said = (one.communicate()[1] or "nothing").strip().splitlines()[-1]
        note(f"flood: landlab does not run in {python.parent.parent} ({said}): set it up by benchmarks/peers.txt")
        return None
    return one


def _ask(one: subprocess.Popen[str]) -> float:
    """Return the CPU seconds of one measurement; raise `OSError` or `ValueError` where the other process has ended."""
    assert one.stdin is not None
    assert one.stdout is not None
    one.stdin.write("\n")
    one.stdin.flush()
    return float(one.stdout.readline())


def square_kilometre() -> Basin:
    """Return blocks of 100 m between streets, a fall of 1 in 500, hollows, and a storm of 100 years."""
    cells = round(1000 / SIZE)
    x, y = np.meshgrid(np.arange(cells) * SIZE, np.arange(cells) * SIZE)
    z = (1000.0 - x) / 500.0 + 0.3 * np.sin(x / 90.0) * np.sin(y / 70.0)
    street = (x % 100.0 < 12.0) | (y % 100.0 < 12.0)
    z -= 0.15 * street
    inlets = np.flatnonzero(street.ravel())[::50].astype(np.int64)
    carried = np.full(len(inlets), 36.0 * MM_PER_H * 1e6 / len(inlets))
    return Basin(
        Terrain(z, Raster(0.0, 0.0, SIZE, cells, cells), "EPSG:32650"), np.where(street, 0.03, 0.06),
        edges={"east": 0.002}, rain=design_storm(100, 180),
        inlets=Inlets(inlets, carried, np.full(len(inlets), 1.5), np.full(len(inlets), 0.25)),
    )  # fmt: skip


def _storm() -> Row:
    basin = square_kilometre()
    basin.advance(1.0)
    started = time.perf_counter()
    seconds = cpu(lambda: basin.advance(6 * 3600.0))
    wall = time.perf_counter() - started
    assert basin.lost == 0
    return Row(
        "flood: 1 km² at 2 m for 6 h of storm", f"{seconds:.0f} CPU s, {wall:.0f} s of wall time ({basin.steps:,} steps)",
        target="< 60 CPU s", met=seconds < 60.0,
    )  # fmt: skip
