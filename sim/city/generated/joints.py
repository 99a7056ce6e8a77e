"""Where streets meet: local streets on arterials, crossings over medians, slip roads."""

from __future__ import annotations

from dataclasses import dataclass

from sim.city.generated.frame import DUAL_GAP, Frame
from sim.city.generated.network import RANK, Line, Sheet, between

#: Ends closer than this on the two sides of an arterial face each other and become one crossing, m.
_FACING = 90.0
_SLIP_AT = 58.0  #: where slip roads leave, from the crossing, m


@dataclass
class End:
    """The end of a local street on an arterial section."""

    local: Line
    section: Line
    metres: float  #: along the section
    left: bool  #: whether the local street lies left of the section


def slip_roads(sides: list[Line], sheet: Sheet) -> list[tuple[int, int, str]]:
    """Return the right-turn roads (from, to, class) where two dual roads meet at a corner of a zone.

    sides : the arterial sections south, east, north and west of the zone.
    """
    slips: list[tuple[int, int, str]] = []
    south, east, north, west = sides
    for level, at_start, upright, at_bottom in (
        (south, True, west, True), (south, False, east, True), (north, False, east, False), (north, True, west, False),
    ):  # fmt: skip
        if not level.sense or not upright.sense:
            continue
        nodes = [line.station(sheet, _SLIP_AT if start else line.stations[1][0] - _SLIP_AT)
                 for line, start in ((level, at_start), (upright, at_bottom))]  # fmt: skip
        level_flows_in = (level.sense > 0) != at_start
        road = min(level.road, upright.road, key=RANK.index)
        start, stop = nodes if level_flows_in else nodes[::-1]
        slips.append((start, stop, f"{road}_link"))
    return slips


def join_ends(frame: Frame, ends: list[End], sheet: Sheet) -> list[Line]:
    """Give every end its junction, facing ends a common crossing; return the streets across medians."""
    on: dict[int, list[End]] = {}
    for end in ends:
        on.setdefault(id(end.section), []).append(end)
    crossings: list[Line] = []
    for family, table, upright in ((frame.columns, frame.upright, True), (frame.rows, frame.level, False)):
        for (i, j), section in table.items():
            twin = family.twin(j if upright else i)
            if twin is None:
                _join_single(section, on.get(id(section), []), sheet)
            elif twin > (j if upright else i):
                other = table[(i, twin) if upright else (twin, j)]
                crossings += _join_dual(section, other, on, sheet)
    return crossings


def _place(end: End, node: int, sheet: Sheet) -> None:
    end.local.stations.append((end.local.position(sheet.at(node)), node))


def _pairs(left: list[End], right: list[End]) -> tuple[list[tuple[End, End]], list[End]]:
    """Pair ends that face each other, nearest first; return the pairs and the rest."""
    near = sorted(((abs(a.metres - b.metres), i, j) for i, a in enumerate(left) for j, b in enumerate(right)))
    used_left: set[int] = set()
    used_right: set[int] = set()
    pairs = []
    for apart, i, j in near:
        if apart < _FACING and i not in used_left and j not in used_right:
            pairs.append((left[i], right[j]))
            used_left.add(i)
            used_right.add(j)
    rest = [end for i, end in enumerate(left) if i not in used_left]
    return pairs, rest + [end for j, end in enumerate(right) if j not in used_right]


def _join_single(section: Line, ends: list[End], sheet: Sheet) -> None:
    pairs, rest = _pairs([end for end in ends if end.left], [end for end in ends if not end.left])
    for a, b in pairs:
        node = section.station(sheet, (a.metres + b.metres) / 2)
        _place(a, node, sheet)
        _place(b, node, sheet)
    for end in rest:
        _place(end, section.station(sheet, end.metres), sheet)


def _join_dual(section: Line, other: Line, on: dict[int, list[End]], sheet: Sheet) -> list[Line]:
    """Join ends to the near carriageway; facing ends get a street across the median."""
    pairs, rest = _pairs(on.get(id(section), []), on.get(id(other), []))
    crossings = []
    for a, b in pairs:
        middle = (a.metres + b.metres) / 2
        nodes = section.station(sheet, middle), other.station(sheet, middle)
        _place(a, nodes[0], sheet)
        _place(b, nodes[1], sheet)
        road = min(a.local.road, b.local.road, key=RANK.index)
        across = between(sheet.at(nodes[0]), sheet.at(nodes[1]), road, a.local.names)
        across.stations += [(0.0, nodes[0]), (DUAL_GAP, nodes[1])]
        crossings.append(across)
    for end in rest:
        _place(end, end.section.station(sheet, end.metres), sheet)
    return crossings
