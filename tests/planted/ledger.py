"""The reference set as a ledger: for each row the test that checks it, and a bug of the product that it must find.

`python tests/planted/ledger.py` writes the page `docs/reference_cases.md` from it.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "reference_cases.md"


class Bug(NamedTuple):
    """A row of the reference set, the test of it, and one line of the product with a mistake that people make."""

    section: int
    case: str
    expected: str
    tolerance: str
    test: str  #: node id below tests/
    file: str
    old: str  #: stands once in the file
    new: str

    @property
    def name(self) -> str:
        """Return what the row is called."""
        return f"{self.section}: {self.case}"


SECTIONS = {
    2: "Queues and crews", 3: "Survival and volunteers", 4: "Building fire", 5: "Pluvial flood", 6: "Gas",
    7: "Contagion, warnings, rumour", 8: "Crowd and evacuation", 9: "Traffic", 10: "Lifelines", 11: "Experiments",
    12: "Whole-system identities",
}  # fmt: skip
#: A stochastic result: n ≥ 10 replications, |mean − θ| ≤ t(0.9995, n − 1)·s/√n, and that half-width at most 3 % of θ. The
#: mean is that of an exact twin, and the product is its twin call by call.
BY_T, WITH_TWIN = "t, 3 %", "twin 1e-6; t, 3 %"
DESK, HALL = "models/dispatch.py", "models/hall.py"
SURVIVAL, RADIATION, SHALLOW = "models/survival.py", "models/fire/radiation.py", "models/flood/shallow.py"
LAWS, HEARD, DIAGRAM, KERNEL = "models/contagion/laws.py", "models/information/laws.py", "models/crowd/diagram.py", "models/crowd/kernel.py"  # fmt: skip
BALANCE, LINKS, QUEUES = "models/traffic/equilibrium.py", "models/traffic/links.py", "models/traffic/queues.py"

# fmt: off
BUGS = (
    Bug(2, "Crews, c = 3, a = 1.5: C, Wq", ".236842, .157895", WITH_TWIN,
        "test_dispatch_queues.py::test_crews_are_erlang_c[3-1.5-0.236842-0.157895]",
        DESK, "heapq.heappop(requests)", "requests.pop()"),
    Bug(2, "Crews, c = 10, a = 8: C, Wq", ".409180, .204590", WITH_TWIN,
        "test_dispatch_queues.py::test_crews_are_erlang_c[10-8.0-0.40918-0.20459]",
        DESK, "if not len(free):\n                break", "if len(free) <= 1:\n                break"),
    Bug(2, "Windows that lose, c = 3, a = 1.5: B", ".134328", "twin exactly; t, 3 %",
        "lines/test_service_hall.py::test_without_patience_a_hall_loses_as_erlang_says_whatever_the_service[c=3]",
        HALL, "waited <= patience", "waited >= patience"),
    Bug(2, "Windows that lose, c = 10, a = 8: B", ".121661", "twin exactly; t, 3 %",
        "lines/test_service_hall.py::test_without_patience_a_hall_loses_as_erlang_says_whatever_the_service[c=10]",
        HALL, "[simpy.Resource(env, count) for", "[simpy.Resource(env, count + 1) for"),
    Bug(2, "Insensitivity: lognormal service, cs² = 4, c = 10, a = 8: B", ".121661", "twin exactly; t, 3 %",
        "lines/test_service_hall.py::test_without_patience_a_hall_loses_as_erlang_says_whatever_the_service[c=10, lognormal of cs2=4]",
        HALL, "exp(-0.5 * line.service_sigma**2)", "exp(-line.service_sigma**2)"),
    Bug(2, "M/D/2, ρ = .8: Wq", ".903284", WITH_TWIN,
        "test_dispatch_queues.py::test_two_crews_that_take_a_fixed_time_are_m_d_2",
        DESK, "_Request(priority, world.engine.now,", "_Request(priority, -world.engine.now,"),
    Bug(2, "Cobham, c = 3, λ = .6, .9, .9: Wq by class", ".269663, .539326, 2.157303", WITH_TWIN,
        "test_dispatch_queues.py::test_three_classes_are_served_as_cobham_says",
        DESK, "int(world.orders.priority[order])", "-int(world.orders.priority[order])"),
    Bug(2, "Larson and Odoni, N = 3, λ = 1.5: workloads", ".5574, .4734, .4693", "5e-5; twin exactly; t, 3 %",
        "test_dispatch_queues.py::test_units_are_as_busy_as_larson_and_odoni_say",
        DESK, "np.where(mask, view.seconds, np.inf)", "np.where(mask, 0.0, np.inf)"),
    Bug(2, "Square-root law, random stations, straight ways: k", ".5000", "2e-5",
        "test_survival.py::test_volunteers_near_and_far",
        SURVIVAL, "0.5 / sqrt(per_m2)", "1.0 / sqrt(per_m2)"),
    Bug(2, "Square-root law, random stations, rectilinear streets: k", ".6267", BY_T,
        "test_routing_graphs.py::test_the_mean_way_to_the_nearest_of_random_stations_is_the_square_root_law",
        "sim/routing/kernels.py", "first_out[v + 1]):\n            w = head[e]", "first_out[v + 1] - 1):\n            w = head[e]"),
    Bug(2, "Kolesar and Walker where crews keep the speed of the street (a → ∞)", "T = D/v", "exactly",
        "test_routing_graphs.py::test_travel_times_are_length_over_speed_and_never_zero",
        "sim/routing/router.py", "streets.length[None, :] / speeds", "streets.length[None, :] / speeds[8]"),

    Bug(3, "De Maio, 4 min", ".15097", "5e-6", "test_survival.py::test_published_values",
        SURVIVAL, "logistic(0.679 + 0.262", "logistic(-0.679 + 0.262"),
    Bug(3, "Larsen, 2, 8, 10 min", ".326", "1e-9", "test_survival.py::test_published_values",
        SURVIVAL, "LARSEN = (0.67, 0.023, 0.011, 0.021)", "LARSEN = (0.67, 0.023, 0.021, 0.011)"),
    Bug(3, "Larsen, clipped", "0", "exactly", "test_survival.py::test_published_values",
        SURVIVAL, "return max(0.0, base - per_cpr", "return max(-1.0, base - per_cpr"),
    Bug(3, "Valenzuela, 1, 7 min", "1/(1 + e^.819)", "1e-9", "test_survival.py::test_published_values",
        SURVIVAL, "0.106 * cpr + 0.139 * shock", "0.139 * cpr + 0.106 * shock"),
    Bug(3, "Waalewijn I, 2, 8 min", "1/(1 + e^1.76)", "1e-9", "test_survival.py::test_published_values",
        SURVIVAL, "0.3 * cpr + 0.14 * ems", "0.14 * cpr + 0.3 * ems"),
    Bug(3, "Each formula from the origin of its own clock", "call or collapse", "exactly",
        "test_survival.py::test_each_formula_takes_its_own_clock",
        SURVIVAL, "de_maio(self.shock - self.call)", "de_maio(self.shock)"),
    Bug(3, "Volunteers, 5 a km²: P(nearest < 500 m)", ".98030", "5e-6", "test_survival.py::test_volunteers_near_and_far",
        SURVIVAL, "1.0 - exp(-per_m2 * pi * radius**2)", "1.0 - exp(-per_m2 * radius**2)"),
    Bug(3, "Volunteers, 5 a km²: mean distance", "223.61 m", "5e-3", "test_survival.py::test_volunteers_near_and_far",
        SURVIVAL, "return 0.5 / sqrt(per_m2)", "return 1.0 / sqrt(pi * per_m2)"),

    Bug(4, "Q = αt², slow", "1055 kW at 600 s", "1e-9",
        "fire/test_fire_formulas.py::test_growth_classes_reach_1055_kw_in_their_time[slow-600]",
        "models/fire/growth.py", '"slow": 600.0', '"slow": 660.0'),
    Bug(4, "Q = αt², medium", "1055 kW at 300 s", "1e-9",
        "fire/test_fire_formulas.py::test_growth_classes_reach_1055_kw_in_their_time[medium-300]",
        "models/fire/growth.py", "alpha * age * age, peak)", "alpha * age, peak)"),
    Bug(4, "Q = αt², fast", "1055 kW at 150 s", "1e-9",
        "fire/test_fire_formulas.py::test_growth_classes_reach_1055_kw_in_their_time[fast-150]",
        "models/fire/growth.py", "REFERENCE_KW = 1055.0", "REFERENCE_KW = 1000.0"),
    Bug(4, "Q = αt², ultrafast", "1055 kW at 75 s", "1e-9",
        "fire/test_fire_formulas.py::test_growth_classes_reach_1055_kw_in_their_time[ultrafast-75]",
        "models/fire/growth.py", "seconds, 0.0, open_low=True) ** 2", "seconds, 0.0, open_low=True) ** 1.9"),
    Bug(4, "Flashover, MQH", "610·√(hk·At·Av·√Hv)", "1e-9", "fire/test_fire_formulas.py::test_flashover_after_mqh_and_thomas",
        "models/fire/compartment.py", "opening * sqrt(height))\n\n\ndef flashover", "opening * height)\n\n\ndef flashover"),
    Bug(4, "Emitter times share of openings", "84 kW/m², a tenth open: safe at 0 m", "exactly",
        "fire/test_fire_formulas.py::test_published_factor_and_separations",
        RADIATION, "emitted * opening * transmitted * factor", "emitted * transmitted * factor"),
    Bug(4, "Point to parallel rectangle, 6 × 3 m at 5 m", ".17789", "5e-6",
        "fire/test_fire_formulas.py::test_published_factor_and_separations",
        RADIATION, "y / ry * atan(x / ry)) / (2.0 * pi)", "y / ry * atan(x / ry)) / pi"),
    Bug(4, "Separation at 12.5 kW/m², 168 kW/m²", "8.344 m", "5e-4",
        "fire/test_fire_formulas.py::test_published_factor_and_separations",
        RADIATION, "PILOTED = 12.5", "PILOTED = 13.1"),
    Bug(4, "Separation at 12.5 kW/m², 84 kW/m²", "5.590 m", "5e-4",
        "fire/test_fire_formulas.py::test_published_factor_and_separations",
        RADIATION, "right - width / 2, right + width / 2", "right - width, right + width"),
    Bug(4, "Flux-time product", "11501 at (q − 13.1)^1.828", "1e-9",
        "fire/test_fire_formulas.py::test_time_to_ignition_by_the_flux_time_product",
        "models/fire/ignition.py", "13.1, 1.828, 11501.0", "13.1, 2.0, 11501.0"),
    Bug(4, "Brands: moments of the landing (Himoto and Tanaka)", ".47·D·B^⅔, .88·D·B^⅓", "1e-9",
        "fire/test_firebrands.py::test_moments_are_those_of_himoto_and_tanaka",
        "models/fire/firebrands.py", "log(mean) - variance / 2.0", "log(mean) + variance / 2.0"),
    Bug(4, "Brands: Poisson counts", "those of scipy", "exactly", "fire/test_firebrands.py::test_counts_are_poisson_and_monotone[0.7]",
        "models/fire/firebrands.py", "term *= expected / count", "term *= expected / (count + 1)"),
    Bug(4, "Hamada, a = 20, d = 5, V = 1, f = .6: downwind", ".04063334 m/s", "5e-9",
        "fire/test_fire_formulas.py::test_hamada_against_published_speeds",
        "models/fire/hamada.py", "1.5 * (1.0 + 0.1 * wind", "1.5 * (1.0 + 0.01 * wind"),
    Bug(4, "Hamada, the same: upwind", ".01545856 m/s", "5e-9",
        "fire/test_fire_formulas.py::test_hamada_against_published_speeds",
        "models/fire/hamada.py", "5.0 + 0.2 * wind", "5.0 + 0.25 * wind"),
    Bug(4, "Row of fixed delay τ, pitch s: speed of the front", "s/τ", "exactly",
        "fire/test_fire_links.py::test_a_row_of_fixed_delay_burns_at_pitch_over_delay_and_is_its_own_mirror",
        "models/fire/links.py", "then = now + delay[p]", "then = delay[p]"),
    Bug(4, "The same row: mirror symmetry", "both sides alike", "exactly",
        "fire/test_fire_links.py::test_a_row_of_fixed_delay_burns_at_pitch_over_delay_and_is_its_own_mirror",
        "models/fire/links.py", "range(first[b], first[b + 1])", "range(first[b], first[b + 1] - 1)"),
    Bug(4, "The town, stepped: pace of a row from growth and flux", "s/τ", ".5 %",
        "fire/test_fire_spread.py::test_a_row_burns_at_a_fixed_pace_that_follows_from_growth_and_flux",
        "models/fire/spread.py", "dose_rate(home.flux, CRITICAL, EXPONENT)", "dose_rate(home.flux, EXPONENT, CRITICAL)"),
    Bug(4, "The town, stepped: mirror symmetry without wind", "all sides alike", "20 s",
        "fire/test_fire_spread.py::test_without_wind_the_fire_is_a_mirror_of_itself",
        "models/fire/neighbours.py", "return max(low, 0), min(high, last)", "return max(low + 1, 0), min(high, last)"),
    Bug(4, "Square lattice: spanning threshold of bonds", ".5", "3.5 σ of 400 lattices",
        "fire/test_fire_links.py::test_a_square_lattice_spans_in_half_of_the_cases_at_one_half",
        "models/fire/links.py", "keys[high]) < chance", "keys[high]) > chance"),
    Bug(4, "Itoigawa 2016, reported: published values in the band or out of it", "206, 310, 630 min", "90 % band",
        "fire/test_fire_people.py::test_the_published_curve_stands_in_or_out_of_the_band",
        "models/fire/itoigawa.py", "self.low <= self.published <= self.high", "self.low <= self.middle <= self.high"),
    Bug(4, "Smoke of a stair is in it or has left", "all of it", "1e-9",
        "fire/test_fire_smoke_and_harm.py::test_what_enters_a_stair_is_in_it_or_has_left",
        "models/fire/stairs.py", "for k in range(len(mass) - 1, 0, -1):", "for k in range(1, len(mass)):"),
    Bug(4, "Lethality by the hour keeps the national mean", "1", "1e-9",
        "fire/test_fire_smoke_and_harm.py::test_lethality_by_the_hour_keeps_the_national_mean",
        "models/fire/harm.py", "0.374 / 0.614", "0.374 / 0.641"),

    Bug(5, "Hunter's wave, n = .03, u = 1, 3600 s", "2.3796, 2.0699, 1.6810, 1.1041 m; RMSE 0", "RMSE .06 m",
        "flood/test_flood_flow.py::test_the_wave_over_dry_ground_is_that_of_hunter",
        SHALLOW, "y2 * y2 * y2 * y", "y2 * y2"),
    Bug(5, "Lake at rest, random bed, wet and dry", "no flux", "exactly",
        "flood/test_flood_flow.py::test_a_lake_on_any_bed_stays_at_rest",
        SHALLOW, "np.float32(np.int32(top_b - top_a)) * unit", "np.float32(np.int32(hb - ha)) * unit"),
    Bug(5, "Rain on a plane: plateau", "1.38889e-3 m²/s", "1 %",
        "flood/test_flood_flow.py::test_rain_on_a_plane_comes_to_its_plateau_at_its_time",
        "models/flood/rain.py", "MM_PER_H = 1e-3 / 3600.0", "MM_PER_H = 1.02e-3 / 3600.0"),
    Bug(5, "Rain on a plane: equilibrium", "674.85 s", "1 %",
        "flood/test_flood_flow.py::test_rain_on_a_plane_comes_to_its_plateau_at_its_time",
        SHALLOW, "half = gdt * _HALF\n    ha,", "half = gdt\n    ha,"),
    Bug(5, "Uniform flow, q = .5, S = .001, n = .03", ".639226 m", "1e-5",
        "flood/test_flood_flow.py::test_uniform_flow_has_the_depth_of_manning",
        SHALLOW, "aside, na[c] + nb[c], unit", "aside, na[c], unit"),
    Bug(5, "Mass balance with clipping and rain", "every unit", "1e-10",
        "flood/test_flood_flow.py::test_no_water_is_lost_and_no_depth_is_negative",
        "models/flood/basin.py", "units * self.unit * self.size**2 for name", "units * self.unit * self.size for name"),
    Bug(5, "Outside its envelope the model warns", "n < .03, Fr > 1", "exactly",
        "flood/test_flood_terrain_and_danger.py::test_outside_its_range_the_model_warns",
        "models/flood/basin.py", "SMOOTHEST = 0.03 ", "SMOOTHEST = 0.003 "),
    Bug(5, "UK EA test 4 against ANUGA, at 50 and 100 m after 2 h", ".3219, .2721 m", "5 % (10 % asked)",
        "flood/test_flood_flow.py::test_the_plain_of_the_environment_agency_floods_as_in_another_program",
        "models/flood/basin.py", "np.ascontiguousarray(n**2,", "np.ascontiguousarray(n**1.7,"),
    Bug(5, "People: HR = d(v + .5) + DF", "1 m, 1.5 m/s: 3.0", "1e-6",
        "flood/test_flood_terrain_and_danger.py::test_danger_to_people_is_that_of_the_guidance",
        "models/flood/danger.py", "d * (v + 0.5)", "d * (v + 1.5)"),
    Bug(5, "People: DF from .25 m on", ".25 m: 1.125", "1e-6",
        "flood/test_flood_terrain_and_danger.py::test_danger_to_people_is_that_of_the_guidance",
        "models/flood/danger.py", "d >= 0.25", "d > 0.25"),
    Bug(5, "People: bands", ".75, 1.25, 2.0", "exactly",
        "flood/test_flood_terrain_and_danger.py::test_danger_to_people_is_that_of_the_guidance",
        "models/flood/danger.py", "(0.75, 1.25, 2.0)", "(0.75, 1.5, 2.0)"),
    Bug(5, "Vehicles: v(w)", "86.9448 km/h dry; 100 mm: 40.6548", "1e-6",
        "flood/test_flood_terrain_and_danger.py::test_vehicles_slow_down_as_measured_and_stand_from_300_mm",
        "models/flood/danger.py", "0.0009 * w**2 - 0.5529", "0.009 * w**2 - 0.5529"),
    Bug(5, "Vehicles: stand from 300 mm on", "0", "exactly",
        "flood/test_flood_terrain_and_danger.py::test_vehicles_slow_down_as_measured_and_stand_from_300_mm",
        "models/flood/danger.py", "w < 1000.0 * STALLS", "w <= 1000.0 * STALLS"),

    Bug(6, "Boubel 19, class B, 280 m", "1.5551e-5 g/m³", "1e-4", "plume/test_plume_steady.py::test_boubel",
        "models/plume/steady.py", "6.283185307179586 * wind", "3.141592653589793 * wind"),
    Bug(6, "∫uC over a plane, all classes and schemes", "Q", "1e-6",
        "plume/test_plume_steady.py::test_what_passes_a_plane_is_what_is_released",
        "models/plume/steady.py", "total = np.exp(-((z - height) ** 2) * half) + np.exp", "total = np.exp(-((z - height) ** 2) * half) - np.exp"),
    Bug(6, "CCPS hole, 501 kPa, 10 mm", ".0900280 kg/s", "1e-6", "gas/test_gas_source.py::test_ccps_example_of_a_gas_hole",
        "models/gas/source.py", "eta ** ((ratio + 1.0) / ratio)", "eta ** (ratio / (ratio + 1.0))"),
    Bug(6, "Choked methane, 4 bar, 20 mm", ".18497 kg/s", "1e-4", "gas/test_gas_source.py::test_choked_methane",
        "models/gas/source.py", "** (ratio / (ratio - 1.0))", "** ((ratio - 1.0) / ratio)"),
    Bug(6, "Trap: exponent of σz, Briggs urban A and B", "+1/2", "1e-12",
        "plume/test_plume_sigma.py::test_urban_a_and_b_grow_faster_than_the_distance",
        "models/plume/sigma.py", "sz *= np.sqrt(1.0 + table[0, 4] * x)", "sz /= np.sqrt(1.0 + table[0, 4] * x)"),
    Bug(6, "Trap: rows of Briggs, rural and urban", "as printed", "1e-9", "plume/test_plume_sigma.py::test_at_one_kilometre",
        "models/plume/sigma.py", "BRIGGS[number][k]", "BRIGGS[BRIGGS_RURAL][k]"),
    Bug(6, "Puffs under 10 min: their sum is the plume", "1", "3 %",
        "plume/test_plume_puffs.py::test_their_sum_is_the_plume_in_steady_state[D]",
        "models/plume/puffs.py", "15.749609945722419 * sy * sy * sz", "15.749609945722419 * sy * sz * sz"),
    Bug(6, "Warnings below 100 m and in canyons", "told", "exactly", "test_ranges.py::test_a_run_outside_the_range_says_so[toxic_release]",
        "models/plume/release.py", "DISTANCE_RANGE, (0.0, self._kind.reach_m)", "DISTANCE_RANGE, self._kind.reach_m"),
    Bug(6, "Dense gas by Britter and McQuaid: the Burro trial", ".434, dense", ".005",
        "plume/test_plume_dose.py::test_dense_by_britter_and_mcquaid",
        "models/plume/validity.py", "u**3 * sqrt(q / u)", "u**2 * sqrt(q / u)"),

    Bug(7, "Final size, R0 = 1.5", ".582812", "1e-6",
        "contagion/test_contagion_laws.py::test_the_final_size_is_that_of_the_tables[1.5-0.582812]",
        LAWS, "s * exp(-r0 * z)\n", "s * exp(-r0 * s)\n"),
    Bug(7, "Final size, R0 = 3", ".940480", "1e-6",
        "contagion/test_contagion_laws.py::test_the_final_size_is_that_of_the_tables[3.0-0.94048]",
        LAWS, "r0 * s <= 1.0", "s <= r0"),
    Bug(7, "SEIR, R0 = 2.5: growth", "1/6 a day", "1e-9",
        "contagion/test_contagion_laws.py::test_growth_and_peak_are_those_of_the_tables",
        LAWS, "sigma * (beta - gamma)", "sigma * (beta + gamma)"),
    Bug(7, "SEIR, R0 = 2.5: peak I", ".131378", "1e-6",
        "contagion/test_contagion_laws.py::test_growth_and_peak_are_those_of_the_tables",
        LAWS, "beta * s * i - sigma * e, sigma * e", "beta * s * i - sigma * e, gamma * e"),
    Bug(7, "Individuals, major outbreaks alone: final size", "that of the equation", BY_T,
        "contagion/test_contagion_spread.py::test_a_major_outbreak_comes_to_the_final_size",
        "models/contagion/spread.py", "np.full(len(draw), mean)", "np.full(len(draw), mean + 1.0)"),
    Bug(7, "A daily step has the law of households too", "exact law", "χ², p > 1e-3",
        "contagion/test_contagion_spread.py::test_households_follow_the_exact_law_whatever_the_step[exponential-1.0]",
        "models/contagion/spread.py", "np.minimum(self.removed_at[live], until)", "np.full(len(live), until)"),
    Bug(7, "Rogers and Sorensen, k = .3, a_b = .2, a_c = .15, 10 min", ".60471", "5e-6",
        "information/test_information_laws.py::test_rogers_and_sorensen_is_bass",
        HEARD, "(1.0 - self.broadcast) * self.by_word", "self.by_word"),
    Bug(7, "Bass, p = .03, q = .38: t*", "6.1926", "5e-5",
        "information/test_information_laws.py::test_rogers_and_sorensen_is_bass",
        HEARD, "log(q / p) / (p + q)", "log(q / p) / (q - p)"),
    Bug(7, "Daley and Kendall: never hear", ".203188", "1e-6", "information/test_information_laws.py::test_one_in_five_never_hears",
        HEARD, "-stops / grows * lambertw", "-grows / stops * lambertw"),
    Bug(7, "Individuals do not make the known mistake (.284668)", ".2032", BY_T,
        "information/test_information_talk.py::test_a_large_town_leaves_one_in_five_ignorant[daley-kendall]",
        "models/information/talk.py", "rule.stifling / 2.0 if both else rule.stifling", "rule.stifling"),

    Bug(8, "Weidmann, 1 a m²", "1.0581 m/s", "5e-5", "crowd/test_crowd_diagram.py::test_weidmann_as_published",
        DIAGRAM, "GAMMA = 1.913", "GAMMA = 1.193"),
    Bug(8, "Weidmann, 3 a m²", ".3307 m/s", "5e-5", "crowd/test_crowd_diagram.py::test_weidmann_as_published",
        DIAGRAM, "PACKED = 5.4", "PACKED = 5.0"),
    Bug(8, "Weidmann: largest flow, and its density", "1.2249 at 1.751", "5e-5, 5e-4",
        "crowd/test_crowd_diagram.py::test_weidmann_as_published",
        DIAGRAM, "if flow(low + third) < flow(high - third)", "if flow(low + third) > flow(high - third)"),
    Bug(8, "Doors, IMO", "1.33 p/(m·s)", "1e-6", "crowd/test_crowd_diagram.py::test_sfpe_as_published",
        DIAGRAM, 'DOOR * width if rule == "imo"', 'DOOR * effective_width(width) if rule == "imo"'),
    Bug(8, "Doors, SFPE: effective width", ".15 m a side less", "1e-6", "crowd/test_crowd_diagram.py::test_sfpe_as_published",
        DIAGRAM, "width - 2.0 * edge", "width - edge"),
    Bug(8, "Speeds, under 30", ".58–1.61 m/s", "1e-6 in the mean",
        "crowd/test_crowd_diagram.py::test_speeds_of_ages_fill_their_range[under_30-0.58-1.61]",
        "models/crowd/people.py", "(0.58, 1.61)", "(0.68, 1.61)"),
    Bug(8, "Speeds, 30 to 50", "1.41–1.54 m/s", "1e-6 in the mean",
        "crowd/test_crowd_diagram.py::test_speeds_of_ages_fill_their_range[30_to_50-1.41-1.54]",
        "models/crowd/people.py", "low + (high - low) * given", "low + high * given"),
    Bug(8, "Speeds, over 50", ".68–1.41 m/s", "1e-6 in the mean",
        "crowd/test_crowd_diagram.py::test_speeds_of_ages_fill_their_range[over_50-0.68-1.41]",
        "models/crowd/people.py", "(0.68, 1.41)", "(0.58, 1.61)"),
    Bug(8, "Speeds, impaired", ".46–.76 m/s", "1e-6 in the mean",
        "crowd/test_crowd_diagram.py::test_speeds_of_ages_fill_their_range[impaired-0.46-0.76]",
        "models/crowd/people.py", "(0.46, 0.76)", "(0.46, 0.67)"),
    Bug(8, "IMO 4: 100 people, a door of 1 m: flow", "≤ 1.33 p/s", "exactly",
        "crowd/test_crowd_walk.py::test_a_door_of_a_metre_lets_133_in_100_s_pass",
        DIAGRAM, "DOOR = 1.33", "DOOR = 1.50"),
    Bug(8, "IMO 4, the trap of a door without a cap: last out", "≥ 75.2 s", "exactly",
        "crowd/test_crowd_walk.py::test_a_door_of_a_metre_lets_133_in_100_s_pass",
        KERNEL, "if passage.takes[p]:\n            time += takes", "if passage.takes[p]:\n            time += 0.0"),
    Bug(8, "IMO 9: 1000 people, two doors against four", "2", "5 %",
        "crowd/test_crowd_walk.py::test_half_the_doors_take_twice_as_long[0.5]",
        KERNEL, "(queues.length[p] + 1) / ways.rate[p]", "1.0 / ways.rate[p]"),

    Bug(9, "BPR on the streets of a city", "t₀(1 + b(v/c)^p)", "1e-12",
        "traffic/test_traffic_streets.py::test_streets_slow_down_as_the_bureau_of_public_roads_says",
        "models/traffic/streets.py", "zip(EXPRESSWAY_DELAY, STREET_DELAY", "zip(STREET_DELAY, EXPRESSWAY_DELAY"),
    Bug(9, "Sioux Falls: Beckmann's objective", "4 231 335.287", "1e-5",
        "traffic/test_traffic_equilibrium.py::test_published_networks[SiouxFalls]",
        "models/traffic/network.py", "self.b / (self.power + 1.0)", "self.b / self.power"),
    Bug(9, "Sioux Falls: relative gap", "≤ 1e-4", "exactly",
        "traffic/test_traffic_equilibrium.py::test_published_networks[SiouxFalls]",
        BALANCE, "1.0 - shortest / spent if", "shortest / spent - 1.0 if"),
    Bug(9, "Anaheim: Beckmann's objective", "1 286 032.171", "1e-5",
        "traffic/test_traffic_equilibrium.py::test_published_networks[Anaheim]",
        BALANCE, "barred[begin:end] = np.inf", "barred[begin:end] = cost[begin:end]"),
    Bug(9, "No way through zones below FIRST THRU NODE", "none", "exactly",
        "traffic/test_traffic_equilibrium.py::test_no_way_leads_through_a_zone",
        BALANCE, "barred[e] = np.inf", "barred[e] = cost[e]"),
    Bug(9, "Braess, demand 6, with the bridge", "92", "1e-6", "traffic/test_traffic_equilibrium.py::test_braess[True-92.0]",
        BALANCE, "if high <= 0.0:", "if high >= 0.0:"),
    Bug(9, "Braess, demand 6, without", "83", "1e-6", "traffic/test_traffic_equilibrium.py::test_braess[False-83.0]",
        BALANCE, "here + step * (aim - here), 0.0", "here + (aim - here), 0.0"),
    Bug(9, "Kinematic wave: capacity", ".8/s", "1e-12", "traffic/test_traffic_queues.py::test_the_analytic_closure[10.0]",
        QUEUES, "self.wave / (self.speed + self.wave)", "self.wave / (self.speed - self.wave)"),
    Bug(9, "Closure of 300 s: tail shock", "−2.857 m/s", ".001", "traffic/test_traffic_queues.py::test_the_analytic_closure[10.0]",
        QUEUES, "self.now - back / wave / self.dt) + jam * back", "self.now - back / wave / self.dt) + jam * length"),
    Bug(9, "The same by its formula", "−2.857143 m/s", "1e-6", "traffic/test_traffic_queues.py::test_tail_shock",
        QUEUES, "(outflow - arriving) / (queue_density", "(arriving - outflow) / (queue_density"),
    Bug(9, "Closure of 300 s: longest queue", "2000 m", "1e-6", "traffic/test_traffic_queues.py::test_the_analytic_closure[10.0]",
        QUEUES, "self.now - back / wave / self.dt", "self.now - back / speed / self.dt"),
    Bug(9, "Closure of 300 s: cleared after reopening", "500 s", "1e-6",
        "traffic/test_traffic_queues.py::test_the_analytic_closure[10.0]",
        LINKS, "- here_down, most[i, 0]", "- here_down, 0.9 * most[i, 0]"),
    Bug(9, "Closure of 300 s: delay", "60 000 veh·s", "1e-9", "traffic/test_traffic_queues.py::test_the_analytic_closure[10.0]",
        LINKS, "now - lag[i, 0]) - down", "now - lag[i, 1]) - down"),

    Bug(10, "Two-loop network: heads at nodes 2 to 4", "53.25, 30.46, 43.45 m", ".005 m of EPANET",
        "networks/test_water_flow.py::test_two_loop_network",
        "models/networks/head_loss.py", "FLOW_POWER = 1.852", "FLOW_POWER = 1.85"),
    Bug(10, "Hazen and Williams, .1 m³/s, 1000 m, .3 m, C = 130", "6.42631 m", "1e-4",
        "networks/test_water_flow.py::test_hazen_williams_of_one_pipe",
        "models/networks/head_loss.py", "HAZEN_WILLIAMS = 10.667", "HAZEN_WILLIAMS = 10.675"),
    Bug(10, "Leak of 50 mm, Cd = .75, 40 m", ".041254 m³/s", "2e-5", "networks/test_water_flow.py::test_leak_of_one_hole",
        "models/networks/head_loss.py", "np.sqrt(2.0 * GRAVITY", "np.sqrt(GRAVITY"),
    Bug(10, "HAZUS: repairs a km", "1e-4·PGV^2.25", "1e-12",
        "networks/test_damage.py::test_repairs_after_shaking_as_hazus_has_them",
        "models/networks/damage.py", "speed**2.25", "speed**2.0"),
    Bug(10, "HAZUS: ductile pipes", "× .3", "1e-5", "networks/test_damage.py::test_repairs_after_shaking_as_hazus_has_them",
        "models/networks/damage.py", "np.where(np.asarray(ductile), DUCTILE, 1.0)", "np.where(np.asarray(ductile), 1.0, DUCTILE)"),
    Bug(10, "IEEE 14, DC angles of buses 2 to 5", "−5.01201°, −12.95366°, −10.58367°, −9.09389°", "1e-5°",
        "networks/test_power_flow.py::test_ieee_14_angles",
        "models/networks/power.py", "1.0 / (x * ratio)", "1.0 / x"),

    Bug(11, "A nominal 95 % interval covers", "95 %", "93–97 % of 2000",
        "test_statistics.py::test_a_nominal_95_percent_interval_covers_95_percent",
        "sim/statistics.py", "half = float(stdtrit(n - 1, 0.5 + level / 2))", "half = float(stdtrit(n - 1, level))"),
    Bug(11, "Two identical policies: p-values", "uniform", "KS, p > .001",
        "test_statistics.py::test_two_identical_policies_give_uniform_p_values",
        "sim/statistics.py", "2 * stdtr(n - 1", "stdtr(n - 1"),
    Bug(11, "Holm across several", "by hand", "1e-6", "test_statistics.py::test_holm_by_hand",
        "sim/statistics.py", "(len(known) - rank) * p_values[i]", "len(known) * p_values[i]"),

    Bug(12, "Every hazard off: the hotline is Erlang", "its twin", "1e-6",
        "test_queues.py::test_with_every_hazard_off_the_hotline_is_its_twin_call_by_call",
        "models/missions.py", "capacity=seats)", "capacity=seats - 1)"),
    Bug(12, "One station, infinite speed: M/M/c", "its twin", "1e-3 s",
        "test_queues.py::test_one_station_and_infinite_speed_is_its_twin_call_by_call",
        "models/crews.py", "(self.state == IDLE)", "(self.state != DRILL)"),
    Bug(12, "No contact: no epidemic", "nobody", "exactly", "contagion/test_contagion_spread.py::test_without_contact_nobody_is_infected",
        "models/contagion/spread.py", "return self.rate_d * weights", "return (self.rate_d or 1.0) * weights"),
    Bug(12, "No unit ever crosses a closed street", "never", "exactly", "test_roads.py::test_no_crew_ever_enters_a_closed_street",
        "models/travel.py", "leg.edges[leg.at(now) + 1 :]", "leg.edges[leg.at(now) + 2 :]"),
    Bug(12, "A log that is read back: same hash", "equal", "exactly",
        "test_replay.py::test_a_log_that_is_read_back_gives_the_same_score_and_hash",
        "sim/recording.py", "field.type.value_type if pa.types.is_list(field.type) else field.type", "field.type"),
    Bug(12, "A log that is read back: same score", "equal", "exactly",
        "test_replay.py::test_a_log_that_is_read_back_gives_the_same_score_and_hash",
        "scenarios/running.py", "scenario.working, scenario.window[1])\n    by_area", "scenario.working, scenario.window[0])\n    by_area"),
    Bug(12, "A run that is played again: same bytes", "equal", "exactly",
        "test_replay.py::test_a_run_that_is_played_again_writes_the_same_bytes",
        "models/travel.py", 'world.rules.stream.lognormal(median, TRAFFIC_SIGMA, "travel.traffic", world.incident(order))',
        "median * float(np.random.default_rng().lognormal(0.0, TRAFFIC_SIGMA))"),
)
# fmt: on


def page() -> str:
    """Return the page of the reference set."""
    lines = [
        "# Reference cases",
        "",
        "Every row of the reference set, the test that holds the product to it, and a bug planted in the product that this test",
        "finds: `tests/planted/test_planted_bugs.py` (a part of `make test-all`) plants each in a copy and sees the test fail.",
        "“t, 3 %”: the mean of ten replications or more lies within t(.9995)·s/√n of θ, which is at most 3 % of θ; “twin”: the",
        "product is an exact recursion call by call, whose mean is then held to θ. `python tests/planted/ledger.py` writes this",
        "page.",
    ]
    for section, bugs in groupby(BUGS, key=lambda bug: bug.section):
        lines += ["", f"## {section}. {SECTIONS[section]}", ""]
        lines += ["| case | expected | tolerance | test | planted bug |", "|---|---|---|---|---|"]
        lines += [
            f"| {bug.case} | {bug.expected} | {bug.tolerance} | `{bug.test.split('[')[0]}` | `{bug.file}`: {change(bug)} |"
            for bug in bugs
        ]
    return "\n".join(lines) + "\n"


def change(bug: Bug) -> str:
    """Return the old and the new line in short."""
    old, new = (" ".join(text.split()).replace("|", "\\|") for text in (bug.old, bug.new))
    return f"`{old}` → `{new}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
