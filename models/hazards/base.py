"""What a hazard is: frozen parameters with a passport, and its course in one run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
from numpy.typing import NDArray

from models import hazards as hazard_package
from models.catalogue import IncidentKind
from models.crews import CrewKind
from models.indicator import IndicatorKind
from models.passport import Passport
from models.world import World
from sim.errors import NotFoundError
from sim.fields import FieldKind
from sim.kinds import Kind, kinds_in
from sim.text import Text


class Course:
    """What a hazard does in one run: the one place of its state.

    A beat calls `step`; an order of one of its incident kinds calls `called`, `arrival`, `ramp` and
    `ended`.
    """

    lasts_s: float = 0.0  #: after the last arrival it ends by itself

    def step(self, now: float, beat: float) -> None:
        """Go on from `now` to `now + beat` (s), in steps of its own, and write the fields."""

    def called(self, order: int) -> None:
        """Let people at the place act, before any crew comes: the call is being made."""

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Return whether it is under control, now that `present` crews of the `expected` ones have arrived."""
        return True

    def ramp(self, order: int) -> float:
        """Return the seconds that a crew must wait at the hospital, beyond the handover, until there is a bed."""
        return 0.0

    def ended(self, order: int) -> None:
        """Write outcome and expected deaths: the order is under control, or never will be."""

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return what it has done, as columns of the hazard's `table`."""
        return {}


class Hazard(Kind, ABC):
    """Something that harms people until it is under control; subclasses live in `models/hazards/`.

    One file adds a hazard: it brings along the fields that it alone writes, the incidents that it opens, the crews
    whom they need, and the words for the events that it tells of.
    """

    family: ClassVar[Text] = Text("hazard", "灾害")
    passport: ClassVar[Passport]
    reads: ClassVar[tuple[str, ...]] = ()  #: names of fields that others write, where there are any
    writes: ClassVar[tuple[FieldKind, ...]] = ()  #: fields that it alone writes
    opens: ClassVar[Mapping[str, IncidentKind]] = {}  #: kinds of incidents that it brings along, with a rate of 0
    crews: ClassVar[Mapping[str, CrewKind]] = {}  #: crews beside the usual ones whom it needs
    tells: ClassVar[Mapping[str, Text]] = {}  #: the events of the log that it tells of
    files: ClassVar[tuple[str, ...]] = ()  #: those of its fields that are paths of files
    table: ClassVar[pa.Schema | None] = None  #: of its rows, `area` is one of the columns; called as the hazard is
    indicators: ClassVar[tuple[IndicatorKind, ...]] = ()

    def contents(self) -> dict[str, str]:
        """Return the SHA-256 of each file that it names: a run is known by what stands in them, not by their names.

        Raises `NotFoundError` where one is not there.
        """
        named = {name: Path(path) for name in self.files if (path := getattr(self, name)) is not None}
        for name, path in named.items():
            if not path.is_file():
                raise NotFoundError(en=f"{name}: there is no file {path.name!r}", zh=f"{name}：没有文件 {path.name!r}")
        return {name: sha256(path.read_bytes()).hexdigest() for name, path in named.items()}

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hours (h from midnight) at which it begins, by field; hazards `beside` it may decide that instead."""
        return {}

    @abstractmethod
    def start(self, world: World) -> Course:
        """Return its course in a run; called before the first beat, when the fields are there to be added."""


def hazard_kinds() -> Mapping[str, type[Hazard]]:
    """Return all hazards by name."""
    return kinds_in(Hazard, hazard_package)
