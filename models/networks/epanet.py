"""EPANET's files and EPANET itself, through WNTR: an engineer's own network, and a second opinion on our flows.

WNTR (Klise et al. 2017, doi:10.1016/j.envsoft.2017.06.022) is the optional part `jinling[water]`; it carries EPANET
2.2. Runs use `flow_water`, which any processor can run and which conserves water to 1e-9.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from models.constants import GRAVITY
from models.networks.topology import Ends, Floats
from models.networks.water import Operation, Pumps, WaterNetwork, usual, water_network
from sim.errors import InputError, UnavailableError


@dataclass(frozen=True)
class NamedNetwork:
    """A network with the names of a file. pipes, nodes, pumps : names in the order of the arrays."""

    network: WaterNetwork
    now: Operation
    nodes: tuple[str, ...]
    pipes: tuple[str, ...]
    pumps: tuple[str, ...]
    by_pressure: bool


def wntr() -> ModuleType:
    """Return WNTR, imported where it is used because it takes seconds.

    Raises
    ------
    UnavailableError
        It is not installed.
    """
    try:
        import wntr as library  # type: ignore[import-not-found, unused-ignore]  # the optional part [water]
    except ImportError:
        raise UnavailableError(
            en="EPANET files need WNTR: install jinling with its part [water]",
            zh="读取 EPANET 文件需要 WNTR：请安装 jinling 的 [water] 部分",
        ) from None
    return library


def read_epanet(path: Path) -> NamedNetwork:
    """Return the network of an EPANET input file, as it is at the file's first moment.

    A pump's curve of more than three points is fitted by a power law, where EPANET draws straight lines between them.

    Raises
    ------
    InputError
        The file cannot be read, has no source, or has what is not modelled: valves that regulate pressure or flow,
        head losses other than Hazen-Williams, pumps of constant power.
    """
    library = wntr()
    try:
        model = library.network.WaterNetworkModel(str(path))
    except Exception as error:
        raise InputError(en=f"EPANET cannot read it: {error}", zh=f"EPANET 无法读取：{error}", file=path) from error
    _refuse(model, path)
    return _taken_over(model)


def _refuse(model: Any, path: Path) -> None:
    loss = str(model.options.hydraulic.headloss)
    if loss.upper() != "H-W":
        raise InputError(en=f"head loss {loss}: only Hazen-Williams (H-W) is modelled",
                         zh=f"水头损失公式 {loss}：仅支持海曾-威廉公式（H-W）", file=path)  # fmt: skip
    odd = [name for name, _ in model.valves()] + [name for name, pump in model.pumps() if pump.pump_type != "HEAD"]
    if odd:
        raise InputError(en=f"{odd[0]} is a regulating valve or a pump without a curve, which is not modelled",
                         zh=f"{odd[0]} 为调节阀或无曲线水泵，暂不支持", file=path)  # fmt: skip


def _taken_over(model: Any) -> NamedNetwork:
    names = tuple(model.node_name_list)
    index, nodes = {name: number for number, name in enumerate(names)}, [model.get_node(name) for name in names]
    pipes, lifts = [pipe for _, pipe in model.pipes()], [pump for _, pump in model.pumps()]
    curves = np.array([pump.get_head_curve_coefficients() for pump in lifts]).reshape(-1, 3)

    def ends_of(links: list[Any]) -> Ends:
        sides = ("start_node_name", "end_node_name")
        return Ends(*(np.array([index[getattr(link, side)] for link in links], dtype=np.int64) for side in sides))

    network = water_network(
        [0.0 if node.node_type == "Reservoir" else node.elevation for node in nodes],
        [_demand(node, model) for node in nodes], [_head(node) for node in nodes], ends_of(pipes),
        {
            "length": [pipe.length for pipe in pipes], "diameter": [pipe.diameter for pipe in pipes],
            "roughness": [pipe.roughness for pipe in pipes], "minor": [pipe.minor_loss for pipe in pipes],
            "check": [pipe.check_valve for pipe in pipes],
        },
        Pumps(ends_of(lifts), curves[:, 0], curves[:, 1], curves[:, 2]), _tanks(nodes),
    )  # fmt: skip
    now = usual(network)
    now.open[:] = [pipe.initial_status.name != "Closed" for pipe in pipes]
    now.speed[:] = [0.0 if p.initial_status.name == "Closed" else float(p.speed_timeseries.at(0)) for p in lifts]
    empty = (network.tank_area > 0.0) & (network.source <= network.tank_bottom)
    now = replace(now, head=np.where(empty, np.nan, network.source))
    # EPANET's emitter gives C·√p; ours Cd·A·√(2g·p).
    holes = [getattr(node, "emitter_coefficient", None) or 0.0 for node in nodes]
    now.leak[:] = np.array(holes) / np.sqrt(2.0 * GRAVITY)
    return NamedNetwork(
        network, now, names, tuple(p.name for p in pipes), tuple(p.name for p in lifts),
        str(model.options.hydraulic.demand_model).upper() in {"PDA", "PDD"},
    )  # fmt: skip


def _demand(node: Any, model: Any) -> float:
    if node.node_type != "Junction":
        return 0.0
    return float(node.demand_timeseries_list.at(0, multiplier=model.options.hydraulic.demand_multiplier))


def _head(node: Any) -> float:
    if node.node_type == "Reservoir":
        return float(node.head_timeseries.at(0))
    return float(node.elevation + node.init_level) if node.node_type == "Tank" else float("nan")


def _tanks(nodes: list[Any]) -> dict[str, ArrayLike]:
    is_tank = [node.node_type == "Tank" for node in nodes]
    pairs = list(zip(nodes, is_tank, strict=True))
    return {
        "area": np.array([np.pi / 4.0 * node.diameter**2 if tank else 0.0 for node, tank in pairs]),
        "bottom": np.array([node.elevation + node.min_level if tank else 0.0 for node, tank in pairs]),
        "top": np.array([node.elevation + node.max_level if tank else 0.0 for node, tank in pairs]),
    }


def flow_epanet(network: WaterNetwork, now: Operation, *, by_pressure: bool = True) -> tuple[Floats, Floats]:
    """Return the heads (m) and the flows in the pipes (m³/s) that EPANET finds for an operation.

    EPANET works in single precision at its edges; agreement to 1 cm of head is what can be asked.
    """
    library = wntr()
    model = _model(library, network, now)
    model.options.time.duration = 0
    hydraulic = model.options.hydraulic
    hydraulic.demand_model, hydraulic.accuracy = ("PDD" if by_pressure else "DD"), 1e-6
    hydraulic.trials, hydraulic.required_pressure, hydraulic.minimum_pressure = 500, network.full, network.least
    with TemporaryDirectory() as folder:
        found = library.sim.EpanetSimulator(model).run_sim(file_prefix=str(Path(folder) / "run"))
    heads = found.node["head"].iloc[0].to_numpy(dtype=np.float64)
    flows = found.link["flowrate"].iloc[0][[f"p{pipe}" for pipe in range(len(network.length))]]
    order = [int(name[1:]) for name in found.node["head"].columns]
    return heads[np.argsort(order)], flows.to_numpy(dtype=np.float64)


def _model(library: ModuleType, network: WaterNetwork, now: Operation) -> Any:
    """Return our network as a model of WNTR; what draws at hydrants is not told to EPANET."""
    model = library.network.WaterNetworkModel()
    for node in range(network.nodes):
        if np.isfinite(now.head[node]):
            model.add_reservoir(f"n{node}", float(now.head[node]))
        else:
            demand = float(network.demand[node] * now.demand[node])
            model.add_junction(f"n{node}", base_demand=demand, elevation=float(network.elevation[node]))
            if now.leak[node] > 0.0:
                model.get_node(f"n{node}").emitter_coefficient = float(now.leak[node] * np.sqrt(2.0 * GRAVITY))
    for pipe, (tail, head) in enumerate(zip(*network.pipes, strict=True)):
        model.add_pipe(
            f"p{pipe}", f"n{tail}", f"n{head}", float(network.length[pipe]), float(network.diameter[pipe]),
            float(network.roughness[pipe]), float(network.minor[pipe]), "Open" if now.open[pipe] else "Closed",
            bool(network.check[pipe]),
        )  # fmt: skip
    for pump, (tail, head) in enumerate(zip(*network.pumps.ends, strict=True)):
        a, b, c = (float(part[pump]) for part in (network.pumps.shutoff, network.pumps.drop, network.pumps.power))
        points = [(q, a - b * q**c) for q in np.array([0.0, 0.5, 1.0]) * (a / b / 2.0) ** (1.0 / c)]
        model.add_curve(f"c{pump}", "HEAD", points)
        status = "Open" if now.speed[pump] > 0.0 else "Closed"
        model.add_pump(f"u{pump}", f"n{tail}", f"n{head}", "HEAD", f"c{pump}", float(now.speed[pump]), None, status)
    return model
