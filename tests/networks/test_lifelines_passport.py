"""What the passports of power and water tell of cases whose answer is known."""

from __future__ import annotations

import numpy as np
from cases import IEEE14_ANGLES, TWO_LOOPS_PRESSURE, ieee14, two_loops

from models.constants import ATMOSPHERE
from models.networks.damage import conductor_rating, heat_rating
from models.networks.drains import drain, drains, manning_full, runoff
from models.networks.gas import METHANE, flow_gas, gas_network, rough_friction
from models.networks.head_loss import hazen_williams, orifice
from models.networks.power import flow_power, grid
from models.networks.power_relief import relieved
from models.networks.relays import trip_seconds
from models.networks.street_drains import speed_in_water
from models.networks.street_water import fire_flow
from models.networks.water import usual
from models.networks.water_flow import flow_water, inflow
from sim.text import Text


def test_benchmarks_of_the_power_failure(benchmark):
    case = ieee14()
    state = flow_power(case, np.ones(20, dtype=np.bool_))
    for bus, angle in enumerate(IEEE14_ANGLES, start=2):
        benchmark("power_failure", Text(f"IEEE 14 buses, DC angle of bus {bus} (°)", f"IEEE 14 节点直流潮流，母线 {bus} 相角（°）"),
                  float(np.degrees(state.angle[bus - 1])), angle, 1e-5)  # fmt: skip
    three = grid(
        [0.0, 0.0, 90.0], ([0, 0, 1], [2, 1, 2], 0.1), {"bus": [0], "most": [100.0], "planned": [90.0]}, rating=50.0
    )
    benchmark("power_failure", Text("Triangle of equal lines: share of the short way", "等阻抗三角网：短路径分流比例"),
              flow_power(three, np.ones(3, dtype=np.bool_)).flow[0] / 90.0, 2.0 / 3.0, 1e-5)  # fmt: skip
    benchmark("power_failure", Text("The same, lines of 50 MW: load that is left after shedding (MW)", "同上，线路限 50 MW：切负荷后剩余负荷（MW）"),
              relieved(three, np.ones(3, dtype=np.bool_)).served.sum(), 75.0, 1e-5)  # fmt: skip
    benchmark("power_failure", Text("Relay, extremely inverse, at twice its setting (s)", "极端反时限继电器，2 倍整定值（秒）"),
              float(trip_seconds(np.array([2.0]))[0]), 80.0 / 3.0, 1e-5)  # fmt: skip
    benchmark(
        "power_failure",
        Text("Transformer at 40 °C, of its rating", "变压器 40 °C 时容量比例"),
        float(heat_rating(40.0)),
        0.85,
        1e-12,
    )
    benchmark("power_failure", Text("Overhead line at 57.5 °C, of its rating", "架空线 57.5 °C 时容量比例"),
              float(conductor_rating(57.5)), 0.5**0.5, 1e-5)  # fmt: skip


def test_benchmarks_of_the_water_failure(benchmark):
    network = two_loops()
    state = flow_water(network, usual(network), by_pressure=False)
    for node, pressure in enumerate(TWO_LOOPS_PRESSURE[:3], start=2):
        benchmark("water_failure", Text(f"Two-loop network against EPANET 2.2: pressure at node {node} (m)", f"双环管网对照 EPANET 2.2：节点 {node} 水压（m）"),
                  float(state.pressure[node - 1]), pressure, 2e-5)  # fmt: skip
    benchmark("water_failure", Text("The same: water that is lost at a node, of the whole (1)", "同上：节点水量不平衡（占总量）"),
              float(np.abs(inflow(network, state)[1:]).max() / network.demand.sum()), 0.0, 1e-9)  # fmt: skip
    one = (np.array([value]) for value in (1000.0, 0.3, 130.0))
    benchmark("water_failure", Text("Hazen–Williams, .1 m³/s, 1,000 m, .3 m, C 130 (m)", "海曾–威廉：0.1 m³/s、1000 m、0.3 m、C 130（m）"),
              float(hazen_williams(*one)[0]) * 0.1**1.852, 6.42631, 1e-4)  # fmt: skip
    benchmark("water_failure", Text("Leak through 50 mm at 40 m, Cd .75 (m³/s)", "50 mm 孔 40 m 水头漏量，Cd 0.75（m³/s）"),
              float(orifice(np.float64(np.pi / 4.0 * 0.05**2), np.float64(40.0))), 0.041254, 2e-5)  # fmt: skip
    benchmark("water_failure", Text("Hydrant at half of the spare pressure, of its flow", "剩余水压减半时消火栓流量比例"),
              float(fire_flow(np.array([25.0]), np.array([40.0]), 1.0)[0]), 0.6878, 1e-3)  # fmt: skip


def test_benchmarks_of_the_drains(benchmark):
    benchmark("drain_failure", Text("Manning, a pipe of 1 m that runs full, slope 1 in 1,000, n .013 (m³/s)", "曼宁公式：直径 1 m 满管，坡度千分之一，n 0.013（m³/s）"),
              float(manning_full(1.0, 0.001)), 0.758189, 1e-5)  # fmt: skip
    benchmark("drain_failure", Text("Rational method, 36 mm/h on 1 ha, C .7 (m³/s)", "推理公式：36 mm/h、1 公顷、C 0.7（m³/s）"),
              float(runoff(36.0, 10_000.0, 0.7)), 0.07, 1e-5)  # fmt: skip
    tree, stored = drains([1, 2, -1], [1.0, 0.2, 1.0]), np.zeros(3)
    for _ in range(60):
        drain(tree, stored, np.array([0.5, 0.0, 0.0]), 60.0)
    benchmark("drain_failure", Text("Water above a narrow pipe after an hour, .3 m³/s too much (m³)", "瓶颈管上游一小时积水，超出 0.3 m³/s（m³）"),
              float(stored[1]), 1080.0, 1e-5)  # fmt: skip
    benchmark("drain_failure", Text("Speed of a car in 10 cm of water (km/h)", "10 cm 积水中车速（km/h）"),
              86.9448 * float(speed_in_water(0.1)), 40.6548, 1e-5)  # fmt: skip


def test_benchmarks_of_the_gas_shortage(benchmark):
    benchmark("gas_shortage", Text("Friction of a rough pipe, k/D 1 in 2,000 (1)", "粗糙管摩阻，k/D 为两千分之一"),
              float(rough_friction(0.2, 1e-4)), (1.14 + 2.0 * np.log10(2000.0)) ** -2, 1e-3)  # fmt: skip
    network = gas_network([0.0, 1.0], [5e5, np.nan], ([0], [1]), {"length": 5000.0, "diameter": 0.2, "roughness": 1e-4})
    area, bulk = np.pi / 4.0 * 0.2**2, METHANE.bulk(288.15)
    steep = (
        (64.0 * np.pi * 0.2 * METHANE.viscosity / 4.0 + float(rough_friction(0.2, 1e-4))) / 0.2 / area**2 * bulk / 2.0
    )
    p = 5e5
    for _ in range(100_000):
        p -= steep / p * 0.05
    benchmark("gas_shortage", Text("5 km of 200 mm, 1 kg/s from 5 bar, against small steps of momentum (Pa)", "5 km、DN200、5 bar 送 1 kg/s，对照动量方程逐步积分（Pa）"),
              float(flow_gas(network, by_pressure=False).pressure[1]), p, 1e-4)  # fmt: skip
    closed = flow_gas(network, closed=np.array([True]))
    benchmark("gas_shortage", Text("Behind a shut valve: pressure above the atmosphere (Pa)", "关阀后表压（Pa）"),
              float(closed.pressure[1]) - ATMOSPHERE, 0.0, 1e-5)  # fmt: skip
