"""Gas over a city: concentrations at a million receptors, and what a million residents breathe in an hour."""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Row, against, cpu, note
from models.plume.dose import CHLORINE
from models.plume.exposure import Exposure
from models.plume.puffs import Cloud
from models.plume.weather import Wind
from models.whereabouts import OUTDOORS, Whereabouts

RECEPTORS = RESIDENTS = 1_000_000
PEER = 20_000  #: receptors that numpy does
SIDE_M = 6000.0  #: of the square
BUILDINGS, CORNERS = 20_000, 2000
OUT = 0.1  #: of the residents, on their way in the open


def measure() -> list[Row]:
    """Return the rows of the plume and of what people breathe."""
    note(f"gas at {RECEPTORS:,} receptors")
    cloud, rng = _cloud(), np.random.default_rng(1)
    x, y = rng.uniform(-SIDE_M / 2, SIDE_M / 2, (2, RECEPTORS))
    cloud.concentration(x[:10], y[:10], 1.5)  # compiles
    seconds = cpu(lambda: cloud.concentration(x, y, 1.5))
    few = x[:PEER], y[:PEER]
    ratio = against(lambda: cloud.concentration(*few, 1.5), lambda: _plain(cloud, *few), 3)
    name = f"gas at {RECEPTORS:,} receptors from {len(cloud.puffs)} puffs, once"
    spent = _breathe(rng, cloud)
    return [
        Row(name, f"{seconds:.2f} CPU s", target="< 1 CPU s", met=seconds < 1.0),
        Row(f"… at {PEER:,}", f"{1000 * ratio.ours_s:.1f} ms", f"{1000 * ratio.peer_s:.0f} ms (numpy, every puff everywhere)",
            ratio.told()),
        Row(f"what {RESIDENTS:,} residents breathe one by one, a simulated hour", f"{spent:.2f} CPU s", target="< 1 CPU s",
            met=spent < 1.0),
    ]  # fmt: skip


def _cloud() -> Cloud:
    """Return what an hour's release looks like, a puff every 10 s; the wind has turned."""
    wind = Wind(np.array([0.0, 1800.0]), np.full(2, 2.5), np.array([270.0, 330.0]), np.array([3, 3]))
    cloud = Cloud(wind)
    cloud.advance(3600.0, 8000.0)
    return cloud


def _plain(cloud: Cloud, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the concentration by whole columns: without a lid, at 1.5 m."""
    total = np.zeros(len(x))
    for (px, py, height, mass), (sy, sz) in zip(cloud.puffs.tolist(), cloud.sigma.tolist(), strict=True):
        up = np.exp(-((1.5 - height) ** 2) / (2 * sz * sz)) + np.exp(-((1.5 + height) ** 2) / (2 * sz * sz))
        squared = (x - px) ** 2 + (y - py) ** 2
        total += mass / ((2 * np.pi) ** 1.5 * sy * sy * sz) * np.exp(-squared / (2 * sy * sy)) * up
    return total


def _breathe(rng: np.random.Generator, cloud: Cloud) -> float:
    """Return the CPU seconds of 60 beats in which everybody has been told to go, and a tenth is on the way."""
    note(f"what {RESIDENTS:,} residents breathe")
    known = Whereabouts()
    known.add(np.arange(RESIDENTS), rng.integers(0, BUILDINGS, RESIDENTS))
    known.state[rng.uniform(size=RESIDENTS) < OUT] = OUTDOORS
    corner = rng.uniform(-SIDE_M / 2, SIDE_M / 2, (2, CORNERS))
    known.add_spots(*corner)
    known.spot[:] = rng.integers(0, CORNERS, RESIDENTS)
    exposure, outside = Exposure(CHLORINE, BUILDINGS, known), rng.uniform(0.0, 50.0, BUILDINGS)
    shut = np.zeros(BUILDINGS, dtype=bool)

    def beat(now: float) -> None:
        exposure.breathe(outside, shut, lambda x, y: CHLORINE.ppm(cloud.concentration(x, y, 1.5)), now, 60.0)
        exposure.deaths()

    beat(0.0)  # compiles
    return cpu(lambda: [beat(60.0 * minute) for minute in range(60)])
