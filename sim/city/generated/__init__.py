"""The default city: synthetic, in the manner of Nanjing's Jianye district, written as an ordinary `.osm.pbf`."""

from sim.city.generated.parameters import CityParameters
from sim.city.generated.pbf import generate_pbf

__all__ = ["CityParameters", "generate_pbf"]
