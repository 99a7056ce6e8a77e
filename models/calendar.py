"""Working hours: from clock time to working time and back."""

from __future__ import annotations

from math import ceil
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sim.errors import InputError

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def moment(hour: float, start: float) -> float:
    """Return when it is `hour` (h from midnight of the first day), or where that is before `start`, a day later; both s."""
    return hour * HOUR + (DAY if hour * HOUR < start else 0.0)


Day = Annotated[int, Field(ge=0, le=3660, strict=True)]


class WorkingHours(BaseModel):
    """The hours in which departments work; times are seconds since midnight of the first day.

    `weekday` is that of the first day: 0 is Monday.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    opens: float = Field(default=9.0, ge=0.0, le=24.0)
    closes: float = Field(default=17.5, ge=0.0, le=24.0)
    days_a_week: int = Field(default=5, ge=1, le=7)
    weekday: int = Field(default=0, ge=0, le=6)
    holidays: tuple[Day, ...] = ()  #: days off, counted from the first day, which is 0
    workdays: tuple[Day, ...] = ()  #: days of the weekend that are worked instead

    @model_validator(mode="after")
    def _is_open(self) -> WorkingHours:
        if not self.opens + 1.0 <= self.closes:
            raise InputError(en="a calendar needs working hours: opens must be before closes, by an hour at least",
                             zh="日历需要工作时间：opens 须早于 closes 至少一小时")  # fmt: skip
        if set(self.holidays) & set(self.workdays):
            raise InputError(en="a day is either off or worked", zh="同一天不能既放假又上班")
        return self

    @property
    def day(self) -> float:
        """The working seconds of a working day."""
        return (self.closes - self.opens) * HOUR

    def span(self, day: int) -> tuple[float, float]:
        """Return when `day` opens and closes, in seconds; an empty span at its start on a day off."""
        start = day * DAY
        rests = self._is_weekend(day) and day not in self.workdays
        if rests or day in self.holidays:
            return start, start
        return start + self.opens * HOUR, start + self.closes * HOUR

    def _is_weekend(self, day: int) -> bool:
        return (self.weekday + day) % 7 >= self.days_a_week

    def works(self, day: int) -> bool:
        """Return whether `day` is worked."""
        opens, closes = self.span(day)
        return closes > opens

    def worked_share(self, start: float, end: float) -> float:
        """Return the share of the days from `start` to `end` (s) that are worked, a day at least.

        That of the week, less the holidays that fall on its days and with the days of the weekend that are worked.
        """
        first, last = int(start // DAY), max(ceil(end / DAY), int(start // DAY) + 1)
        off = {day for day in self.holidays if first <= day < last and not self._is_weekend(day)}
        on = {day for day in self.workdays if first <= day < last and self._is_weekend(day)}
        days = last - first
        return min(max(self.days_a_week / 7.0 + (len(on) - len(off)) / days, 1.0 / days), 1.0)

    def add(self, time: float, working: float) -> float:
        """Return the moment at which `working` seconds of working time have passed since `time`."""
        if working <= 0.0:
            return time
        day = int(time // DAY)
        while True:
            opens, closes = self.span(day)
            begin = max(time, opens)
            if closes - begin >= working:
                return begin + working
            working -= max(0.0, closes - begin)
            day += 1

    def between(self, start: float, end: float) -> float:
        """Return the working seconds between `start` and `end` (≥ start)."""
        total = 0.0
        for day in range(int(start // DAY), int(end // DAY) + 1):
            opens, closes = self.span(day)
            total += max(0.0, min(end, closes) - max(start, opens))
        return total
