"""The commands `jinling city …`: build, generate and show a city."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError
from sim.text import Language, Text

if TYPE_CHECKING:
    from sim.city.model import City

city = typer.Typer(help="Build and look at cities · 构建与查看城市", no_args_is_help=True)
_Home = Annotated[Path, typer.Option(envvar="JINLING_HOME", help="Where cities and runs are kept · 数据目录")]
_Json = Annotated[bool, typer.Option("--json", help="Answer as JSON · 输出 JSON")]
_Lang = Annotated[str, typer.Option(envvar="JINLING_LANG", help="zh or en · 语言")]
_DEFAULT_HOME = Path("var")


@city.command()
def build(
    pbf: Annotated[Path | None, typer.Option(help="OSM extract .osm.pbf")] = None,
    osm_xml: Annotated[Path | None, typer.Option(help="OSM file .osm")] = None,
    graphml: Annotated[Path | None, typer.Option(help="osmnx network .graphml")] = None,
    place: Annotated[str | None, typer.Option(help="Name to download, through osmnx · 地名（需联网）")] = None,
    name: Annotated[str | None, typer.Option(help="What to call it · 名称")] = None,
    residents: Annotated[int | None, typer.Option(min=100, help="People to house · 居民数")] = None,
    overlay: Annotated[list[Path] | None, typer.Option(help="Facilities, CSV or GeoJSON · 设施文件")] = None,
    boundaries: Annotated[Path | None, typer.Option(help="Areas, GeoJSON · 边界文件")] = None,
    gcj02: Annotated[bool, typer.Option(help="Those files are in GCJ-02 · 上述文件为 GCJ-02")] = False,
    deadline: Annotated[float, typer.Option(min=1, help="Seconds for a download · 下载时限（秒）")] = 180.0,
    home: _Home = _DEFAULT_HOME,
    lang: _Lang = "",
    machine: _Json = False,
) -> None:
    """Build a city from a map · 从地图构建城市"""
    from api.cli import language_of
    from sim.city.build import CitySource, build_city, source_hash

    chosen = [source for source in (pbf, osm_xml, graphml, place) if source is not None]
    if len(chosen) != 1:
        raise InputError(en="give one of --pbf, --osm-xml, --graphml and --place",
                         zh="请在 --pbf、--osm-xml、--graphml、--place 中选择一个")  # fmt: skip
    file = pbf or osm_xml or graphml
    if file is None:
        from sim.city.place import download_place

        file = download_place(str(place), home / "cities" / "places", deadline)
    source = CitySource(file, name or file.name.split(".")[0], residents, tuple(overlay or ()), boundaries, gcj02)
    language = language_of(lang)
    built = build_city(source, home / "cities", lambda step, share: _tell(step, share, language))
    _print_city(built, source_hash(source), language, machine=machine)


@city.command()
def generate(
    out: Annotated[Path, typer.Option(help="File to write, .osm.pbf · 输出文件")] = Path("city.osm.pbf"),
    seed: Annotated[int, typer.Option(min=0)] = 1,
    residents: Annotated[int, typer.Option(min=2000, max=3_000_000)] = 500_000,
    rows: Annotated[int, typer.Option(min=6, max=200)] = 32,
    columns: Annotated[int, typer.Option(min=6, max=200)] = 28,
) -> None:
    """Generate a synthetic city as an ordinary extract · 生成合成城市"""
    from sim.city.generated import CityParameters, generate_pbf

    if not out.name.endswith(".osm.pbf"):
        raise InputError(en="the file must end in .osm.pbf", zh="文件名须以 .osm.pbf 结尾", file=out)
    generate_pbf(CityParameters(seed=seed, residents=residents, rows=rows, columns=columns), out)
    typer.echo(out)


@city.command()
def show(
    city: Annotated[str, typer.Argument(help="A map file, or an id of `city build` · 地图文件或城市编号")],
    home: _Home = _DEFAULT_HOME,
    lang: _Lang = "",
    machine: _Json = False,
) -> None:
    """Show what a city is made of · 查看城市构成"""
    from api.cli import language_of
    from scenarios.cities import choice_of, city_of, id_of

    choice = choice_of(city, home / "cities")
    built, city_id = city_of(choice, home / "cities"), id_of(choice, home / "cities")
    _print_city(built, city_id, language_of(lang), machine=machine)


@city.command("list")
def list_cities(home: _Home = _DEFAULT_HOME, lang: _Lang = "", machine: _Json = False) -> None:
    """List the cities that are built · 列出已构建城市"""
    from dataclasses import asdict

    from api.cli import as_json, language_of
    from scenarios.cities import kept_cities

    kept = kept_cities(home / "cities")
    if machine:
        as_json([asdict(one) for one in kept])
        return
    made = Text("synthetic", "合成").in_language(language_of(lang))
    for one in kept:
        typer.echo(f"{one.id}  {one.residents:>9,d}  {one.name}{f'  ({made})' if one.synthetic else ''}")


def _tell(step: Text, share: float, language: Language) -> None:
    typer.echo(f"{share:4.0%} {step.in_language(language)}", err=True)


def _print_city(built: City, city_id: str, language: Language, *, machine: bool) -> None:
    from api.cli import as_json
    from viz.city import city_facts, city_lines

    facts = {"id": city_id, **city_facts(built)}
    if machine:
        as_json(facts)
        return
    for line in city_lines(facts, language):
        typer.echo(line)
