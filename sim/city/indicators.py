"""Indicators of a street network, as the street-network literature has them (Boeing 2019, doi:10.1007/s41109-019-0189-1)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.city.model import ROAD_CLASSES, Streets
from sim.city.partition import undirected


def network_indicators(streets: Streets) -> dict[str, float]:
    """Return counts, lengths (m, km), shares of junction types, circuity, orientation order and one-way share."""
    length, tails = streets.length, streets.tails()
    first, _ = undirected(streets.nodes, tails, streets.head)
    degree = np.diff(first)
    straight = np.hypot(streets.x[streets.head] - streets.x[tails], streets.y[streets.head] - streets.y[tails])
    one_way = np.bincount(streets.link, minlength=len(streets.shapes))[streets.link] == 1
    result = {
        "junctions": float(streets.nodes),
        "directed_edges": float(streets.edges),
        "km": float(length[streets.forward].sum() / 1000),
        "mean_m": float(length.mean()),
        "median_m": float(np.median(length)),
        "p95_m": float(np.percentile(length, 95)),
        "dead_end": float((degree == 1).mean()),
        "three_way": float((degree == 3).mean()),
        "four_way": float((degree == 4).mean()),
        "circuity": float(length.sum() / max(straight.sum(), 1e-9)),
        "one_way": float(one_way.mean()),
        "orientation_order": orientation_order(streets),
    }
    by_class = np.bincount(streets.road_class, weights=length, minlength=len(ROAD_CLASSES)) / length.sum()
    shares = {f"share_{name}": float(by_class[i]) for i, name in enumerate(ROAD_CLASSES) if by_class[i] > 0}
    return {**result, **shares}


def orientation_order(streets: Streets, bins: int = 36) -> float:
    """Return φ in [0, 1]: 1 for one perfect grid, 0 for bearings spread evenly (Boeing 2019)."""
    entropy = _entropy(_bearings(streets), bins)
    most, grid = np.log(bins), np.log(4)
    return float(1.0 - ((entropy - grid) / (most - grid)) ** 2)


def _bearings(streets: Streets) -> NDArray[np.float64]:
    tails = streets.tails()
    east = streets.x[streets.head] - streets.x[tails]
    north = streets.y[streets.head] - streets.y[tails]
    bearing = np.degrees(np.arctan2(east, north)) % 360
    both: NDArray[np.float64] = np.concatenate([bearing, (bearing + 180) % 360])
    return both


def _entropy(bearings: NDArray[np.float64], bins: int) -> float:
    width = 360 / bins
    counts = np.bincount(np.floor((bearings + width / 2) % 360 / width).astype(int), minlength=bins)
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())
