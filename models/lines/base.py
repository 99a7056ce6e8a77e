"""What a line of work is: a part of governance beside the case loop, on the same clock, luck and parameters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import pyarrow as pa
from numpy.typing import NDArray

from models import lines as line_package
from models.indicator import IndicatorKind
from models.parameter import Parameter
from models.world import World
from sim.kinds import Kind, kinds_in
from sim.text import Text

#: What a line has done, as columns of its table; asked for when the run has ended.
Rows = Callable[[], Mapping[str, NDArray[Any]]]


class Line(Kind, ABC):
    """A line of work that a scenario turns on; subclasses live in `models/lines/`.

    Its frozen fields say what comes to it, its own parameters how it is governed: levers move these. What it did is
    a table of the log, called as the line is; each row has its `area`, and indicators are folded from it.
    """

    family: ClassVar[Text] = Text("line of work", "业务条线")
    own: ClassVar[Mapping[str, Parameter]] = {}  #: parameters that the line brings along, by name
    reads: ClassVar[tuple[str, ...]] = ()  #: parameters that it reads and others brought along
    least_d: ClassVar[float] = 1.0  #: days of a window in which its indicators say something
    table: ClassVar[pa.Schema]  #: of its rows; `area` is one of the columns
    indicators: ClassVar[tuple[IndicatorKind, ...]]

    @abstractmethod
    def begin(self, world: World) -> Rows:
        """Start the line's work over `world.window`, and return what gives its rows when the run has ended."""


def line_kinds() -> Mapping[str, type[Line]]:
    """Return all lines of work by name."""
    return kinds_in(Line, line_package)
