"""What the passport of the gas leak tells of cases whose answer is known."""

from __future__ import annotations

from math import log

from test_gas_explosion import swisdak

from models.gas.accumulation import Space
from models.gas.explosion import COLLAPSE, overpressure
from models.gas.source import METHANE, Orifice, Vessel, circle
from sim.text import Text


def test_benchmarks_of_the_gas_leak(benchmark):
    hole = Orifice(circle(0.010))
    benchmark("gas_leak", Text("CCPS gas hole, 501 kPa, 10 mm (kg/s)", "CCPS 气体孔口，501 kPa、10 mm（kg/s）"),
              hole.flow(501e3, 8.90, 1.15), 0.0900280, 1e-6)  # fmt: skip
    benchmark("gas_leak", Text("Choked methane, 4 bar, 20 mm (kg/s)", "临界流甲烷，4 bar、20 mm（kg/s）"),
              Orifice(circle(0.020)).of(METHANE, 4e5, 288.0), 0.18497, 1e-4)  # fmt: skip
    space, leak = Space(50.0, 0.5 / 3600), 0.002
    end = leak / (leak + 50 * 0.5 / 3600)
    benchmark("gas_leak", Text("Time to the lower explosive limit of a cellar of 50 m³ (s)", "50 m³ 地下室达到爆炸下限的时间（s）"),
              space.time_to(0.05, leak), -50 / (leak + 50 * 0.5 / 3600) * log(1 - 0.05 / end), 1e-9)  # fmt: skip
    vessel = Vessel(METHANE, 30.0)
    benchmark("gas_leak", Text("Main that empties: share left after one time constant, choked", "管段放空：一个时间常数后的剩余比例（临界流）"),
              vessel.empty(hole, 20e5, vessel.time_constant(hole))[0] / 20e5, 0.36787944, 1e-6)  # fmt: skip
    benchmark("gas_leak", Text("Kingery–Bulmash against Swisdak (1994), Z = 5 (kPa)", "Kingery–Bulmash 对照 Swisdak（1994），Z = 5（kPa）"),
              float(overpressure(5.0, 1.0)) / 1000, swisdak(5.0) / 1000, 0.03)  # fmt: skip
    benchmark("gas_leak", Text("Overpressure at which half of the buildings collapse (Pa)", "半数建筑倒塌的超压（Pa）"),
              COLLAPSE.dose(0.5), 19_206.7, 1e-4)  # fmt: skip
