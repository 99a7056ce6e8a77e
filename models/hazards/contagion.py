"""An infection among residents, such as influenza: at home, in class, at work and in the community, and what it asks of care.

The physics stands in `models/contagion/`: infection by thresholds, whose law does not depend on the step, tests and beds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import AfterValidator, Field, model_validator

from models.catalogue import Duration, IncidentKind
from models.checks import whole
from models.contagion import care, meeting, spread
from models.contagion.care import Finding, Severity, Vaccine
from models.contagion.course import ORDER, EpidemicCourse
from models.contagion.meeting import Mixing
from models.contagion.passport import PASSPORT, PERIOD_RANGE, R0_RANGE, RESIDENTS_RANGE
from models.contagion.spread import Disease
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind, ratio
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.errors import InputError
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Share = Annotated[float, Field(ge=0.0, le=1.0), Unit("share")]
ByAge = Annotated[tuple[Share, Share, Share], Unit("share")]
Per100k = Annotated[float, Field(ge=0.0, le=100_000.0), Unit("per 100,000 residents")]


def _residents(columns: Columns) -> float:
    return float(columns["residents"][columns["day"] == 0].sum())


def _per_100k(name: str) -> Callable[[Columns], float]:
    return lambda columns: 1e5 * ratio(float(columns[name].sum()), _residents(columns))


def _peak(columns: Columns) -> float:
    return ratio(float(np.bincount(columns["day"], weights=columns["infectious"]).max()), _residents(columns))


class Contagion(Hazard):
    """An infection that goes from person to person, with tests, isolation, a vaccine, closed schools and hospital beds."""

    title: ClassVar[Text] = Text(en="Contagion", zh="传染病传播")
    decisions: ClassVar[tuple[str, ...]] = (
        *spread.DECISIONS, *care.DECISIONS, *meeting.DECISIONS, "contagion.first", "contagion.place", "contagion.ambulance",
    )  # fmt: skip
    passport: ClassVar[Passport] = PASSPORT
    writes: ClassVar[tuple[FieldKind, ...]] = (
        FieldKind("contagion.infectious", Text("Residents who are infectious", "具传染性的居民比例"), "area", "share",
                  (0.001, 0.003, 0.01, 0.03, 0.1), 0.001),
        FieldKind("contagion.cases", Text("Cases reported in seven days, per 100,000", "近七日每十万人报告病例"), "area",
                  "per 100,000 residents", (10.0, 50.0, 100.0, 500.0, 1000.0), 5.0),
    )  # fmt: skip
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        ORDER: IncidentKind(
            title=Text("Severe infection", "重症感染"), per_100k_year=0.0, entity="person", hours=(1.0,) * 24, priority=1,
            line="emergency", crew="ambulance", target_s=720.0, hazard="contagion",
            detect=Duration(median_s=600.0, sigma=0.7), on_scene=Duration(median_s=900.0, sigma=0.4),
            transport_share=1.0, handover=Duration(median_s=900.0, sigma=0.5),
        )
    }  # fmt: skip
    tells: ClassVar[Mapping[str, Text]] = {
        "contagion_begins": Text("the first residents are infectious", "首批居民具有传染性"),
        "contagion_confirmed": Text("the first case is confirmed", "首例病例确诊"),
        "schools_closed": Text("schools are closed", "学校停课"),
        "schools_open": Text("schools open again", "学校复课"),
        "beds_full": Text("all beds for severe cases are taken", "重症床位已满"),
        "beds_free": Text("there are beds again", "恢复有空余床位"),
    }
    table: ClassVar[pa.Schema] = pa.schema([
        ("day", pa.int32()), ("area", pa.int32()), ("residents", pa.int64()), ("infected", pa.float64()),
        ("ill", pa.float64()), ("infectious", pa.float64()), ("reported", pa.float64()), ("severe", pa.float64()),
        ("bed_wait_d", pa.float64()), ("deaths", pa.float64()),
    ])  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("infected.contagion", Text("Residents infected", "累计感染居民比例"), unit_text("share"), "lower",
                      lambda c: ratio(float(c["infected"].sum()), _residents(c)), table="contagion"),
        IndicatorKind("peak.contagion", Text("Residents infectious at the peak", "峰值传染者比例"), unit_text("share"), "lower",
                      _peak, table="contagion"),
        IndicatorKind("reported.contagion", Text("Cases reported", "报告病例"), unit_text("per 100,000 residents"), "none",
                      _per_100k("reported"), table="contagion"),
        IndicatorKind("severe.contagion", Text("Severe cases", "重症病例"), unit_text("per 100,000 residents"), "lower",
                      _per_100k("severe"), table="contagion"),
        IndicatorKind("bed_wait.contagion", Text("Severe case to a bed", "重症至入院等候"), unit_text("d"), "lower",
                      lambda c: ratio(float(c["bed_wait_d"].sum()), float(c["severe"].sum())), table="contagion"),
        IndicatorKind("deaths.contagion", Text("Deaths by infection", "感染死亡"), unit_text("per 100,000 residents"), "lower",
                      _per_100k("deaths"), table="contagion"),
    )  # fmt: skip

    kind: Literal["contagion"] = "contagion"
    r0: Annotated[float, Field(ge=0.0, le=30.0), Unit("count")] = 1.35
    first_per_100k: Per100k = 100.0  #: infectious when the run begins (assumption)
    where: Annotated[Where | None, Unit("place")] = None  #: about which the first cases live; None: all over the city
    latent_d: Annotated[float, Field(ge=0.0, le=365.0), Unit("d")] = 1.4
    infectious_d: Annotated[float, Field(gt=0.0, le=365.0), Unit("d")] = 2.5
    shares: Annotated[tuple[float, float, float, float], AfterValidator(whole), Unit("share")] = Mixing(
        1.0
    ).shares  #: home, school, work, community
    own_community: Share = Mixing.own  #: of the contacts of the community
    around: Share = Mixing.around  #: of them, with communities around; the rest is anywhere in the city
    vaccinated: Share = 0.04  #: of the residents (assumption)
    effect: Share = 0.5  #: of the vaccine (assumption)
    leaky: Annotated[bool, Unit("choice")] = False  #: lowers the risk of everybody, instead of protecting some in full
    symptomatic: Share = Finding.symptomatic
    tests_per_100k: Per100k = 100.0  #: that laboratories do in a day (assumption)
    hospital: ByAge = Severity.hospital  #: of children, adults and elders who are infected
    dies: ByAge = Severity.dies  #: of those in a bed
    beds_per_100k: Per100k = 40.0  #: free for severe cases (assumption)
    by_ambulance: Share = 0.5  #: of the severe (assumption)
    close_schools_per_100k: Per100k = 0.0  #: cases reported in a week that close them; 0: never
    closed_d: Annotated[float, Field(gt=0.0, le=365.0), Unit("d")] = 14.0
    closed_contacts: Share = 0.1  #: of those at school that are left (assumption)

    @model_validator(mode="after")
    def _contacts_are_shares(self) -> Contagion:
        if self.own_community + self.around > 1.0:
            raise InputError(en="contacts in one's own community and around it are more than all",
                             zh="本社区与周边接触比例之和大于 1")  # fmt: skip
        return self

    def start(self, world: World) -> Course:
        """Return the epidemic of a run."""
        return EpidemicCourse(self, world)

    def disease(self) -> Disease:
        """Return the periods; gamma with shape 4 and 3 (assumption)."""
        return Disease(self.latent_d, self.infectious_d, 4.0, 3.0)

    def mixing(self) -> Mixing:
        """Return who infects how many, and where."""
        return Mixing(self.r0, self.shares, own=self.own_community, around=self.around)

    def vaccine(self) -> Vaccine:
        """Return the vaccine that residents have when it begins."""
        return Vaccine(self.vaccinated, self.effect, self.leaky)

    def finding(self, residents: int, rules: Mapping[str, float]) -> Finding:
        """Return how cases are found among so many residents, under the parameters of governance."""
        return Finding(symptomatic=self.symptomatic, seeks=rules["epidemic.seeks"], isolates=rules["epidemic.isolates"],
                       result_d=rules["epidemic.result_d"], a_day=self.tests_per_100k * residents / 1e5)  # fmt: skip

    def severity(self) -> Severity:
        """Return who needs a bed and who dies."""
        return Severity(hospital=self.hospital, dies=self.dies)

    def warn(self, world: World) -> None:
        """Say in the run where a figure lies outside of what was checked."""
        world.within(self.kind, R0_RANGE, self.r0)
        world.within(self.kind, PERIOD_RANGE, (self.latent_d, self.infectious_d))
        world.within(self.kind, RESIDENTS_RANGE, len(world.population))
