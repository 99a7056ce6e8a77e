"""σy and σz: published values, the traps of Briggs's tables, continuity."""

from __future__ import annotations

import itertools
from math import log, sqrt, tan

import numpy as np
import pytest

from models.plume.sigma import BRIGGS, BRIGGS_RURAL, BRIGGS_URBAN, SCHEMES, sigmas
from models.plume.weather import CLASSES
from sim.errors import InputError


def one(x, klass, scheme):
    sy, sz = sigmas(x, klass, scheme)
    return float(sy[0]), float(sz[0])


def test_urban_a_and_b_grow_faster_than_the_distance():
    """The trap: the exponent of σz is +1/2, not −1/2."""
    x = 5000.0
    for klass in "AB":
        assert one(x, klass, "briggs_urban")[1] == pytest.approx(0.24 * x * sqrt(1 + 0.001 * x), rel=1e-12)
        assert one(x, klass, "briggs_urban")[1] != pytest.approx(0.24 * x / sqrt(1 + 0.001 * x), rel=0.1)


@pytest.mark.parametrize(
    ("klass", "scheme", "sy", "sz"),
    [  # at 1 km, by hand from Briggs (1973)
        ("A", "briggs_rural", 220 / sqrt(1.1), 200.0),
        ("B", "briggs_rural", 160 / sqrt(1.1), 120.0),
        ("C", "briggs_rural", 110 / sqrt(1.1), 80 / sqrt(1.2)),
        ("D", "briggs_rural", 80 / sqrt(1.1), 60 / sqrt(2.5)),
        ("E", "briggs_rural", 60 / sqrt(1.1), 30 / 1.3),
        ("F", "briggs_rural", 40 / sqrt(1.1), 16 / 1.3),
        ("B", "briggs_urban", 320 / sqrt(1.4), 240 * sqrt(2)),
        ("C", "briggs_urban", 220 / sqrt(1.4), 200.0),
        ("D", "briggs_urban", 160 / sqrt(1.4), 140 / sqrt(1.3)),
        ("E", "briggs_urban", 110 / sqrt(1.4), 80 / sqrt(2.5)),
        ("F", "briggs_urban", 110 / sqrt(1.4), 80 / sqrt(2.5)),
        ("D", "puff", 0.06 * 1000**0.92, 0.15 * 1000**0.70),
        ("B", "pg_rural", 465.11628 * tan(0.017453293 * 18.333), 109.3),
        ("D", "pg_rural", 465.11628 * tan(0.017453293 * 8.333), 32.093),
        ("F", "pg_rural", 465.11628 * tan(0.017453293 * 4.1667), 13.953),
    ],
)
def test_at_one_kilometre(klass, scheme, sy, sz):
    assert one(1000.0, klass, scheme) == pytest.approx((sy, sz), rel=1e-9)


def test_rows_of_rural_and_urban_differ():
    for rural, urban in zip(BRIGGS[BRIGGS_RURAL], BRIGGS[BRIGGS_URBAN], strict=True):
        assert rural[:3] != urban[:3]
        assert rural[3:] != urban[3:]


def test_turner_s_curves_of_pasquill_and_gifford():
    """Turner's workbook (1970), figures 3-2 and 3-3, read to a tenth: a source apart from the fit."""
    assert one(1000.0, "D", "pg_rural") == pytest.approx((68, 31.5), rel=0.1)
    assert one(10_000.0, "D", "pg_rural") == pytest.approx((550, 137), rel=0.1)
    assert one(1000.0, "F", "pg_rural") == pytest.approx((34, 14), rel=0.1)
    assert one(1000.0, "A", "pg_rural")[1] == pytest.approx(450, rel=0.1)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("klass", CLASSES)
def test_plumes_widen_with_distance(klass, scheme):
    x = np.geomspace(1.0, 9e4, 3000)
    sy, sz = sigmas(x, klass, scheme)
    assert (np.diff(sy) > 0).all()
    assert (np.diff(sz) >= -0.03 * sz[1:]).all()  # the fits of ISC3 meet to 3 %
    assert (sy > 0).all()
    assert (sz > 0).all()
    assert (sz <= 5000).all() or scheme == "puff"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_unstable_air_mixes_more(scheme):
    at = [one(800.0, klass, scheme) for klass in CLASSES]
    for wide, narrow in itertools.pairwise(at):
        assert wide[0] >= narrow[0]
        assert wide[1] >= narrow[1]


def test_log_of_pg_is_natural():
    x = 0.28
    assert one(280.0, "B", "pg_rural")[0] == pytest.approx(
        465.11628 * x * tan(0.017453293 * (18.333 - 1.8096 * log(x)))
    )


def test_unknown_names_are_refused_with_what_there_is():
    with pytest.raises(InputError, match="A, B, C"):
        sigmas(100.0, "G", "pg_rural")
    with pytest.raises(InputError, match="briggs_urban"):
        sigmas(100.0, "D", "town")
    with pytest.raises(InputError):
        sigmas(-1.0, "D")
