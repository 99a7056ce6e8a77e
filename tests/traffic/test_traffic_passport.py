"""What the passport of road traffic tells of cases whose answer is known."""

from __future__ import annotations

from pathlib import Path

from test_traffic_equilibrium import BEST, braess
from test_traffic_queues import closure
from tntp import read_network, read_trips

from models.traffic.equilibrium import equilibrium, gaps
from sim.text import Text


def test_benchmarks_of_road_traffic(benchmark, shared_data: Path):
    for bridge, minutes in ((True, 92.0), (False, 83.0)):
        network, trips = braess(bridge=bridge)
        spent = gaps(network, equilibrium(network, trips, 1e-10), trips)[2] / 6
        names = ("with", "有") if bridge else ("without", "无")
        benchmark(
            "road_traffic",
            Text(f"Braess, {names[0]} the bridge (min)", f"Braess 网络，{names[1]}桥（分钟）"),
            spent,
            minutes,
            1e-6,
        )
    for name, best in BEST.items():
        network, _ = read_network(shared_data / "tntp" / f"{name}_net.tntp")
        trips = read_trips(shared_data / "tntp" / f"{name}_trips.tntp")
        got = gaps(network, equilibrium(network, trips), trips)[1]
        benchmark(
            "road_traffic", Text(f"{name}: Beckmann's objective", f"{name}：Beckmann 目标值"), float(got), best, 1e-5
        )
    told = closure(5.0)
    for case, got, expected in (
        (Text("Closure: speed of the tail (m/s)", "封闭：队尾激波速度（m/s）"), told.shock, -2.857143),
        (Text("Closure: longest queue (m)", "封闭：最长排队（m）"), told.longest, 2000.0),
        (Text("Closure: cleared after reopening (s)", "封闭：重开后消散时间（s）"), told.cleared, 500.0),
        (Text("Closure: delay of all (vehicle-s)", "封闭：总延误（辆·秒）"), told.delay, 60_000.0),
    ):
        benchmark("road_traffic", case, got, expected, 1e-4)
