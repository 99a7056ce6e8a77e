"""Where the release of gas was checked, and what is told or refused outside."""

from __future__ import annotations

from models.world import World
from sim.errors import InputError
from sim.text import Text

PRESSURES = (2.0, 10_000.0)  #: kPa above the atmosphere
OPEN_KG_S = (1.0, 50.0)  #: for the chance of ignition in the open


def refuse_wide_hole(hole_mm: float, diameter_mm: float) -> None:
    """Raise `InputError` if a hole is wider than its pipe."""
    if hole_mm > diameter_mm:
        raise InputError(en=f"a hole of {hole_mm:g} mm is wider than its pipe of {diameter_mm:g} mm",
                         zh=f"破口 {hole_mm:g} mm 大于管径 {diameter_mm:g} mm")  # fmt: skip


def warn_of_pressure(world: World, kpa: float) -> None:
    """Warn if the pressure in a main lies outside the range that was checked."""
    least, most = PRESSURES
    if not least <= kpa <= most:
        world.warn("gas_leak", Text(
            f"The pressure in the main, {kpa:g} kPa, lies outside {least:g} … {most:g} kPa:"
            " the release was not checked there.",
            f"管道压力 {kpa:g} kPa 超出 {least:g} … {most:g} kPa，泄放模型在此未经检验。"))  # fmt: skip


def warn_of_release(world: World, kg_s: float) -> None:
    """Warn if the chance that a release ignites in the open is not known for its size."""
    least, most = OPEN_KG_S
    if not least <= kg_s <= most:
        world.warn("gas_leak", Text(
            f"The release is outside {least:g} … {most:g} kg/s, for which its chance of ignition in the open is known.",
            f"泄放速率超出 {least:g} … {most:g} kg/s，开放空间点火概率在此无依据。"))  # fmt: skip
