"""What a gas leak does to the city, building by building."""

from __future__ import annotations

from sim.fields import FieldKind
from sim.text import Text

LEVEL = FieldKind(
    "gas.level", Text("Gas in cellars, of the lower explosive limit", "地下空间燃气浓度（占爆炸下限）"), "building",
    "ratio", (0.1, 0.2, 0.5, 1.0), 0.01,
)  # fmt: skip
BLAST = FieldKind(
    "gas.blast", Text("Overpressure of the explosion", "爆炸超压"), "building", "kPa", (1.0, 3.0, 7.0, 20.0, 50.0), 0.1
)
CUT = FieldKind(
    "gas.cut", Text("Without gas since the valves were shut", "关阀后停气"), "building", "class", (1.0,), 1.0,
    (Text("without gas", "停气"),),
)  # fmt: skip
ALIGHT = FieldKind(
    "gas.alight", Text("Set alight by gas", "被燃气引燃"), "building", "class", (1.0,), 1.0, (Text("alight", "引燃"),)
)
