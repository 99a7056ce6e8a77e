"""Fields as the map draws them: nothing is lost on the way, whatever the kind of place."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hazard_day import MORE, value_of
from hypothesis import given
from hypothesis import strategies as st

from sim.fields import CHANGES, FieldKind, Fields, Points, Raster
from sim.text import Text
from viz import fields as drawn
from viz.fields import closures_frame, field_frame
from viz.frames import decode
from viz.playback import middle


def changes(rows: list[tuple[float, int, float]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, CHANGES, strict=True)], schema=CHANGES)


def kept(tiny_city, kind: FieldKind, geometry, index: int):
    """Return the frame of a field in which one place is at 3 from 60 s and at 0 from 120 s on."""
    fields = Fields(tiny_city)
    value = fields.add(kind, geometry)
    value[index] = 3.0
    fields.snapshot(60.0)
    value[index] = 0.0
    fields.snapshot(120.0)
    tables = fields.tables()
    told = fields.described()[kind.name]
    return decode(field_frame(tiny_city, told, tables[f"field.{kind.name}"], tables.get(f"points.{kind.name}")))


@pytest.mark.parametrize("kind", MORE, ids=lambda kind: kind.place)
def test_a_frame_tells_where_and_when(tiny_city, kind: FieldKind):
    x, y = middle(tiny_city)
    geometry = {
        "cell": Raster(x - 50.0, y - 50.0, 10.0, 10, 10),
        "point": Points(np.array([x, x + 7.0, x]), np.array([y, y, y + 9.0])),
    }
    frame, meta = kept(tiny_city, kind, geometry.get(kind.place), 2)
    places = 100 if kind.place == "cell" else 1
    assert value_of(frame, places, 59.0).max() == 0.0
    assert value_of(frame, places, 60.0).max() == 3.0
    assert value_of(frame, places, 121.0).max() == 0.0
    assert meta["place"] == kind.place
    where = {"edge": tiny_city.drive.shapes[int(tiny_city.drive.link[2])], "building": tiny_city.buildings.outlines[2],
             "area": tiny_city.areas.outlines[2], "point": np.array([[x, y + 9.0]])}.get(kind.place)  # fmt: skip
    if kind.place == "cell":
        assert frame["index"].tolist() == [2, 2]
        assert (meta["raster"]["x"], meta["raster"]["y"], meta["raster"]["columns"]) == (-50.0, -50.0, 10)
        return
    aside = 2.6 if kind.place == "edge" else 0.01  # the right half of the street
    assert len(frame["xy"]) == len(where)
    line = frame["xy"] if kind.place != "edge" or tiny_city.drive.forward[2] else frame["xy"][::-1]
    assert np.hypot(*(line + np.array([x, y]) - where).T).max() <= aside


def test_both_directions_of_a_street_lie_beside_each_other(tiny_city):
    drive = tiny_city.drive
    both = next(pair for pair in (np.flatnonzero(drive.link == link) for link in range(200)) if len(pair) == 2)
    frame, _ = decode(
        field_frame(tiny_city, MORE[1].__dict__ | {"place": "edge"}, changes([(0.0, int(e), 1.0) for e in both]))
    )
    first, second = (frame["xy"][a:b] for a, b in zip(frame["first"][:-1], frame["first"][1:], strict=True))
    assert np.allclose(np.hypot(*(first - second[::-1]).T), 5.0, atol=1.5)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7 * 5 - 1), st.integers(0, 9)), max_size=60))
def test_a_raster_in_blocks_keeps_the_highest_value(rows):
    """A finer raster than a page can take is shown in blocks: the plain twin looks at each block at each time."""
    raster = {"columns": 7, "rows": 5}
    ordered = sorted({(time, index): value for time, index, value in rows}.items())
    time, index, value = (
        (np.array(c) for c in zip(*((t, i, v) for (t, i), v in ordered), strict=True))
        if ordered
        else (np.empty(0), np.empty(0, dtype=int), np.empty(0))
    )
    if not len(time):
        return
    told = dict(zip(("time", "index", "value"), drawn._in_blocks(raster, 2, (time, index, value)), strict=True))
    for now in range(6):
        cells = value_of({"time": time, "index": index, "value": value}, 35, now).reshape(5, 7)
        wanted = [cells[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].max() for r in range(3) for c in range(4)]
        assert value_of(told, 12, now).tolist() == wanted


def test_a_large_raster_is_made_small_enough(monkeypatch):
    raster = {"columns": 2000, "rows": 2000}
    assert drawn._block(raster, 10_000, 72) == 1
    block = drawn._block(raster, 72 * 4_000_000, 72)
    assert 72 * 4_000_000 / block**2 <= drawn._MOST_CHANGES < 72 * 4_000_000 / (block - 1) ** 2


def test_a_street_is_closed_while_anybody_closes_it(tiny_city):
    rows = [(10.0, 5, "police", 0.0, -1), (20.0, 5, "flood", 0.0, -1), (30.0, 5, "police", 1.0, -1),
            (40.0, 5, "flood", 0.4, -1), (50.0, 6, "flood", 0.4, -1)]  # fmt: skip
    names = ("time", "edge", "owner", "factor", "cause")
    frame, meta = decode(closures_frame(tiny_city, pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))))
    assert list(zip(frame["time"].tolist(), frame["value"].tolist(), strict=True)) == [(10.0, 1.0), (40.0, 0.0)]
    assert len(frame["first"]) == 2
    assert meta["synthetic"] is True
    nothing, _ = decode(closures_frame(tiny_city, None))
    assert len(nothing["time"]) == 0


def test_a_field_says_what_its_classes_are_called(tiny_city):
    fields = Fields(tiny_city)
    fields.add(FieldKind("a", Text("A", "甲"), "building", "class", (1.0,), 1.0, (Text("burnt", "烧毁"),)))
    assert fields.described()["a"]["labels"] == [{"en": "burnt", "zh": "烧毁"}]
