"""What a generated city is made by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CityParameters(BaseModel):
    """Size, place and manner of a generated city; the same parameters give the same file, byte for byte.

    The defaults aim at the indicators of Nanjing's core districts and of the extracts of Beijing
    Dongcheng, Jinan, Shanghai and Shenzhen; the land is `columns` × `rows` squares of `spacing_m`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Jinling-Hexi (synthetic) 金陵河西（合成）"
    seed: int = Field(default=1, ge=0, lt=2**32)
    residents: int = Field(default=500_000, ge=2_000, le=3_000_000)
    lon: float = Field(default=118.72, ge=-179.0, le=179.0)  #: of the middle
    lat: float = Field(default=32.00, ge=-70.0, le=70.0)
    columns: int = Field(default=28, ge=6, le=200)  #: streets side by side from west to east
    rows: int = Field(default=32, ge=6, le=200)  #: streets one above the other from south to north
    spacing_m: float = Field(default=270.0, ge=120.0, le=1000.0)  #: mean distance between streets
    heading_deg: float = Field(default=30.0, ge=-90.0, le=90.0)  #: Jianye's axes run N30E and N60W
    heading_spread_deg: float = Field(default=34.0, ge=0.0, le=45.0)  #: turn of local grids
    warp_m: float = Field(default=330.0, ge=0.0, le=2000.0)  #: how far arterials swing
    dropped: float = Field(default=0.22, ge=0.0, le=0.6)  #: share of local street pieces left out
    named_arterials: float = Field(default=0.9, ge=0.0, le=1.0)
    named: float = Field(default=0.45, ge=0.0, le=1.0)  #: share of local streets with a name
    lanes_tagged: float = Field(default=0.2, ge=0.0, le=1.0)  #: share of streets with lanes
    maxspeed_tagged: float = Field(default=0.02, ge=0.0, le=1.0)  #: share of streets with a limit
    levels_tagged: float = Field(default=0.9, ge=0.0, le=1.0)  #: share of buildings with storeys
    facilities_tagged: float = Field(default=1.0, ge=0.0, le=1.0)  #: share of facilities on the map
    old_quarters: int = Field(default=0, ge=0, le=20)  #: blocks of old low houses, wall to wall, near the middle
    bridges: int = Field(default=4, ge=2, le=20)

    @classmethod
    def tiny(cls, seed: int = 1) -> CityParameters:
        """Return the parameters of a city of 20,000 residents, for tests and first tries."""
        return cls(name="Tiny (synthetic) 小城（合成）", seed=seed, residents=20_000, columns=9, rows=10,
                   bridges=2, warp_m=80.0)  # fmt: skip
