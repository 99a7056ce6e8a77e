"""What a generated city is made by."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class CityParameters(BaseModel):
    """Size, place and manner of a generated city; the same parameters give the same file, byte for byte."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Hexi (synthetic) 河西（合成）"
    seed: int = Field(default=1, ge=0, lt=2**32)
    residents: int = Field(default=500_000, ge=2_000, le=3_000_000)
    lon: float = Field(default=118.72, ge=-179.0, le=179.0)
    lat: float = Field(default=32.00, ge=-70.0, le=70.0)
    columns: int = Field(default=28, ge=6, le=200)  #: street lines from south-west to north-east
    rows: int = Field(default=32, ge=6, le=200)
    spacing_m: float = Field(default=225.0, ge=80.0, le=1000.0)
    heading_deg: float = Field(default=30.0, ge=-90.0, le=90.0)  #: Jianye's axes run N30E and N60W
    warp_m: float = Field(default=330.0, ge=0.0, le=2000.0)  #: how far lines swing
    dropped: float = Field(default=0.27, ge=0.0, le=0.6)  #: share of local street pieces left out
    named: float = Field(default=0.45, ge=0.0, le=1.0)  #: share of local streets with a name
    levels_tagged: float = Field(default=0.9, ge=0.0, le=1.0)  #: share of buildings with storeys
    bridges: int = Field(default=4, ge=2, le=20)

    @classmethod
    def tiny(cls, seed: int = 1) -> CityParameters:
        """Return the parameters of a city of 20,000 residents, for tests and first tries."""
        return cls(name="Tiny (synthetic) 小城（合成）", seed=seed, residents=20_000, columns=9, rows=10,
                   bridges=2, warp_m=80.0)  # fmt: skip
