"""Wind and stability: classes A to F from sun, cloud and wind, and how wind grows with height."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, pi, radians, sin

import numpy as np
from numpy.typing import NDArray

from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
CLASSES = "ABCDEF"  #: from very unstable to stable; kernels take the index
WIND = Text("the wind at 10 m (m/s)", "10 米高风速（m/s）")
STRONGEST = 50.0  #: m/s at 10 m; a stronger wind is no weather in which a plume is computed
CALMEST = 0.5  #: m/s: the starting speed of a common anemometer; below it is calm
#: Exponents of the wind profile by class (EPA-454/B-95-003b, ISC3, section 1.1.3).
PROFILE = {
    "rural": (0.07, 0.07, 0.10, 0.15, 0.35, 0.55),
    "urban": (0.15, 0.15, 0.20, 0.25, 0.30, 0.30),
}
_KNOT = 0.514444
#: Turner's classes 1 to 7 by net radiation index 4 … −2 (columns) and wind (rows), 1964, and the greatest whole
#: knot of each row (doi:10.1175/1520-0450(1964)003<0083:ADMFAU>2.0.CO;2); class 7 counts as F.
_KNOTS = (1, 3, 5, 6, 7, 9, 10, 11)
_TURNER = (
    (1, 1, 2, 3, 4, 6, 7),
    (1, 2, 2, 3, 4, 6, 7),
    (1, 2, 3, 4, 4, 5, 6),
    (2, 2, 3, 4, 4, 5, 6),
    (2, 2, 3, 4, 4, 4, 5),
    (2, 3, 3, 4, 4, 4, 5),
    (3, 3, 4, 4, 4, 4, 5),
    (3, 3, 4, 4, 4, 4, 4),
    (3, 4, 4, 4, 4, 4, 4),
)


def sun_elevation(latitude: float, day: int, hour: float) -> float:
    """Return the elevation of the sun, degrees, on the `day` of the year (1–366) at the true solar `hour`.

    Declination by Cooper (1969): 23.45°·sin(360°·(284 + day)/365).
    """
    bounded(latitude, Text("the latitude (degrees)", "纬度（度）"), -90.0, 90.0)
    declination = radians(23.45) * sin(2.0 * pi * (284 + day) / 365.0)
    phi, turned = radians(latitude), radians(15.0 * (hour - 12.0))
    return degrees(asin(sin(phi) * sin(declination) + cos(phi) * cos(declination) * cos(turned)))


def stability(wind: float, elevation: float, cloud: float, *, low: bool = False) -> str:
    """Return the class "A" to "F" after Turner (1964).

    wind : at 10 m, m/s;  elevation : of the sun, degrees, not above 0 at night;  cloud : share of the sky, 0–1;
    low : whether the cloud is below 2100 m (7000 feet).
    """
    knots = round(bounded(wind, WIND, 0.0, STRONGEST) / _KNOT)
    row = int(np.searchsorted(_KNOTS, knots))
    turner = _TURNER[row][4 - _radiation_index(elevation, cloud, low=low)]
    return CLASSES[min(turner, 6) - 1]


def _radiation_index(elevation: float, cloud: float, *, low: bool) -> int:
    bounded(cloud, Text("the share of cloud", "云量"), 0.0, 1.0)
    if cloud == 1.0 and low:
        return 0
    if elevation <= 0.0:
        return -2 if cloud <= 0.4 else -1
    sun = 4 if elevation > 60.0 else 3 if elevation > 35.0 else 2 if elevation > 15.0 else 1
    if cloud <= 0.5:
        return sun
    less = 2 if low else 1 if cloud == 1.0 else 0
    return max(1, sun - less)


def class_index(stability_class: str) -> int:
    """Return the number of a class, or raise an `InputError` that lists the classes."""
    if len(stability_class) != 1 or stability_class not in CLASSES:
        raise InputError(en=f"stability class {stability_class!r} is unknown; there are: {', '.join(CLASSES)}",
                         zh=f"稳定度等级 {stability_class!r} 未知；可用：{'、'.join(CLASSES)}")  # fmt: skip
    return CLASSES.index(stability_class)


def wind_at(wind: float, height: float, stability_class: str, terrain: str = "urban") -> float:
    """Return the wind (m/s) at `height` (m; not below 1 m), for `wind` at 10 m, over "rural" or "urban" terrain: u·(z/10)^p."""
    if terrain not in PROFILE:
        raise InputError(en=f"terrain {terrain!r} is unknown; there are: rural, urban",
                         zh=f"地形 {terrain!r} 未知；可用：rural、urban")  # fmt: skip
    bounded(wind, WIND, 0.0, STRONGEST)
    bounded(height, Text("the height (m)", "高度（m）"), 0.0)
    return wind * (max(height, 1.0) / 10.0) ** PROFILE[terrain][class_index(stability_class)]


def towards(direction: float) -> tuple[float, float]:
    """Return the unit vector (east, north) in which a wind from `direction` (degrees, 0 north, 90 east) blows."""
    return -sin(radians(direction)), -cos(radians(direction))


@dataclass(frozen=True)
class Wind:
    """A wind that turns, part by part: where it blows from, how fast, in which class; all [parts], starts ascending."""

    start: Floats  #: s
    speed: Floats  #: m/s
    direction: Floats  #: degrees
    stability: NDArray[np.int64]  #: index into CLASSES

    def __post_init__(self) -> None:
        if not 0 < len(self.start) == len(self.speed) == len(self.direction) == len(self.stability):
            raise InputError(en="a wind needs starts, speeds, directions and stability classes, one each a part",
                             zh="风的每一段都需要起始时间、风速、风向和稳定度等级")  # fmt: skip
        all_bounded(self.start, Text("the start (s)", "起始时间（s）"))
        all_bounded(self.speed, Text("the wind (m/s)", "风速（m/s）"), 0.0, STRONGEST)
        all_bounded(self.direction, Text("the direction (degrees)", "风向（度）"), -360.0, 720.0)
        all_bounded(self.stability, Text("the stability class", "稳定度等级"), 0, len(CLASSES) - 1)
        if (np.diff(self.start) <= 0).any():
            raise InputError(en="the starts of a wind must ascend", zh="风的起始时间必须递增")

    def at(self, time: float) -> tuple[float, float, int]:
        """Return speed, direction and class at `time` (s); before the first start those of the first part."""
        part = max(0, int(np.searchsorted(self.start, time, side="right")) - 1)
        return float(self.speed[part]), float(self.direction[part]), int(self.stability[part])

    def turns_at(self) -> Floats:
        """Return the times at which it changes, s."""
        return self.start[1:]


def steady_wind(speed: float, direction: float, stability_class: str) -> Wind:
    """Return a wind that does not change."""
    one = np.array
    return Wind(one([0.0]), one([speed]), one([direction]), one([class_index(stability_class)]))
