"""Where something happens in any city: a wish that a file states, and the place that fits it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.city.model import BUILDING_USES, FACILITY_KINDS, City
from sim.errors import InputError
from sim.streams import Stream

_Degrees = Annotated[float, Field(ge=-180.0, le=180.0)]


class Where(BaseModel):
    """A wish for a building; of those that fit, the nearest to what is named, or else one by luck.

    The luck is that of the place alone (`stream`'s decision and the building's OSM id), so other wishes do not move it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    near: str | None = None  #: a kind of facility
    use: str | None = None  #: of the building
    least_levels: Annotated[int, Field(ge=1, le=200)] = 1
    lon: _Degrees | None = None
    lat: Annotated[float, Field(ge=-90.0, le=90.0)] | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Where:
        for name, there_are in ((self.near, FACILITY_KINDS), (self.use, BUILDING_USES)):
            if name is not None and name not in there_are:
                raise InputError(en=f"{name!r} is unknown; there are: {', '.join(there_are)}",
                                 zh=f"{name!r} 未知；可用：{', '.join(there_are)}")  # fmt: skip
        if (self.lon is None) != (self.lat is None):
            raise InputError(en="a place needs both lon and lat", zh="地点须同时给出 lon 与 lat")
        if self.lon is not None and self.near is not None:
            raise InputError(en="a place is near a facility or at lon and lat, not both",
                             zh="地点可用设施或经纬度指定，不可两者同时给出")  # fmt: skip
        return self

    def building(self, city: City, stream: Stream, decision: str, moment: int = 0) -> int:
        """Return the building that fits best; raise `InputError` if none does."""
        fits = city.buildings.levels >= self.least_levels
        if self.use is not None:
            fits &= city.buildings.use == BUILDING_USES.index(self.use)
        found = np.flatnonzero(fits)
        if not len(found):
            raise InputError(
                en=f"no building of this city fits {self.told()}", zh=f"本城市没有符合条件的建筑：{self.told()}"
            )
        draws = stream.uniforms(decision, city.buildings.osm_id[found], moment)
        if self.near is not None or self.lon is not None:
            x, y = self._middle(city, stream, decision, moment)
            return int(found[np.argmin(np.hypot(city.buildings.x[found] - x, city.buildings.y[found] - y))])
        return int(found[np.argmin(draws)])

    def told(self) -> str:
        """Return the wish as it stands in a file."""
        return ", ".join(f"{name}: {value}" for name, value in self.model_dump(exclude_defaults=True).items()) or "{}"

    def _middle(self, city: City, stream: Stream, decision: str, moment: int) -> tuple[float, float]:
        if self.lon is not None and self.lat is not None:
            return _projected(city, self.lon, self.lat)
        facilities = city.facilities.of_kind(str(self.near))
        if not len(facilities):
            raise InputError(
                en=f"this city has no facility of kind {self.near!r}", zh=f"本城市没有 {self.near!r} 类设施"
            )
        draws: NDArray[np.float64] = stream.uniforms(decision, city.facilities.osm_id[facilities], moment + 1)
        chosen = int(facilities[np.argmin(draws)])
        return float(city.facilities.x[chosen]), float(city.facilities.y[chosen])


def _projected(city: City, lon: float, lat: float) -> tuple[float, float]:
    from pyproj import Transformer

    x, y = Transformer.from_crs("EPSG:4326", city.crs, always_xy=True).transform(lon, lat)
    if not (city.drive.x.min() <= x <= city.drive.x.max() and city.drive.y.min() <= y <= city.drive.y.max()):
        raise InputError(
            en=f"lon {lon:g}, lat {lat:g} lies outside the city", zh=f"经度 {lon:g}、纬度 {lat:g} 不在城市范围内"
        )
    return float(x), float(y)
