"""GCJ-02, the shifted datum of Chinese map services, and WGS-84."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# The ellipsoid of the public description of GCJ-02 (Krasovsky 1940).
_A, _E2 = 6378245.0, 0.00669342162296594323


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    pi = np.pi
    ripple = (20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
    north += (20.0 * np.sin(y * pi) + 40.0 * np.sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
    east += (20.0 * np.sin(x * pi) + 40.0 * np.sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - _E2 * np.sin(phi) ** 2
    d_lat = north * 180.0 / (_A * (1.0 - _E2) / (magic * np.sqrt(magic)) * pi)
    d_lon = east * 180.0 / (_A / np.sqrt(magic) * np.cos(phi) * pi)
    return d_lon, d_lat


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)


def to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of WGS-84 degrees; outside of China nothing changes."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    d_lon, d_lat = _offset(lon, lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def to_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS-84 degrees of GCJ-02 degrees, by fixed-point iteration to below 1e-9 degrees."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    guess_lon, guess_lat = lon, lat
    for _ in range(12):
        there_lon, there_lat = to_gcj02(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - there_lon, guess_lat + lat - there_lat
    return guess_lon, guess_lat


def looks_shifted(points: Floats, streets: Floats, far: float = 250.0) -> bool:
    """Return whether most of `points` lie farther than `far` m from every one of `streets`, both [n, 2] m.

    Facilities stand at streets; a file in the other datum is about 500 m off and misses many of them.
    """
    from scipy.spatial import cKDTree

    distance, _ = cKDTree(streets).query(points)
    return bool(np.median(distance) > far)
