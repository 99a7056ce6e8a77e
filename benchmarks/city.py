"""From a map file to a city, and back from the cache; the street graph against osmnx on the same file."""

from __future__ import annotations

import time
from pathlib import Path

import osmium
import osmnx

from benchmarks.cities import extract, home
from benchmarks.harness import Row, cpu, note
from sim.city.build import CitySource, build_city, projection, read_map
from sim.city.generated import CityParameters, generate_pbf
from sim.city.streets import build_streets


def measure() -> list[Row]:
    """Return the rows of building."""
    note("building the default city")
    file = home() / "bench.osm.pbf"
    drawn = cpu(lambda: generate_pbf(CityParameters(), file))
    source = CitySource(file, "bench", 500_000)
    built = cpu(lambda: build_city(source, home() / "build"))
    started = time.perf_counter()
    build_city(source, home() / "build")
    again = time.perf_counter() - started
    return [
        Row("generate the default city's extract", f"{drawn:.1f} CPU s"),
        Row("build the default city from it", f"{built:.1f} CPU s"),
        Row("a second start, from the cache", f"{again:.2f} s", target="< 2 s", met=again < 2),
        _against_osmnx(),
    ]


def _against_osmnx() -> Row:
    name = "street graph of Beijing Dongcheng from its extract"
    found = extract("Beijing Dongcheng")
    if found is None:
        return Row(name, "not measured: no extract here")
    note("street graph against osmnx")
    xml = _streets_as_xml(found)

    def ours() -> None:
        raw = read_map(found)
        build_streets(raw, "drive", projection(raw)[1])

    ours()
    own, peer = cpu(ours), cpu(lambda: osmnx.graph_from_xml(xml, retain_all=False))
    return Row(name, f"{own:.1f} CPU s", f"{peer:.1f} CPU s (osmnx.graph_from_xml, streets only)", f"{peer / own:.1f}×")


def _streets_as_xml(file: Path) -> Path:
    """Write the streets alone as XML, which is what osmnx reads: without it, buildings become streets."""
    out = home() / "streets.osm"
    out.unlink(missing_ok=True)
    with osmium.BackReferenceWriter(str(out), ref_src=str(file)) as writer:
        for item in osmium.FileProcessor(str(file), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
            writer.add(item)
    return out
