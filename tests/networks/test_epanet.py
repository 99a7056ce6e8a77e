"""Our flows against EPANET's, where WNTR is installed (`make water`); its figures for one mesh are kept here for all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cases import TWO_LOOPS_PRESSURE, mesh, two_loops

from models.networks.epanet import flow_epanet, read_epanet, wntr
from models.networks.water import usual
from models.networks.water_flow import flow_water
from sim.errors import InputError, UnavailableError

#: Heads in m at nodes 1, 7, 14, 21, 28, 35 of `mesh(3)` at 1 and at 6 times the demand, from EPANET 2.2 through WNTR 1.5.0.
NODES = (1, 7, 14, 21, 28, 35)
EPANET_HEADS: dict[float, tuple[float, ...]] = {
    1.0: (11.119, 10.845, 10.695, 10.571, 10.499, 10.487),
    6.0: (3.856, 3.635, 3.437, 3.236, 3.12, 3.126),
}


def installed() -> bool:
    try:
        wntr()
    except UnavailableError:
        return False
    return True


with_wntr = pytest.mark.skipif(not installed(), reason="WNTR is not installed: `make water`")


@pytest.mark.parametrize("factor", EPANET_HEADS)
def test_heads_are_those_that_epanet_found(factor):
    network = mesh(3)
    found = flow_water(network, replace(usual(network), demand=np.full(network.nodes, factor)))
    assert found.head[list(NODES)] == pytest.approx(EPANET_HEADS[factor], abs=0.01)


def test_without_wntr_the_reader_says_what_to_install(tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "wntr", None)
    with pytest.raises(UnavailableError, match=r"\[water\]"):
        read_epanet(tmp_path / "any.inp")


@with_wntr
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("factor", [0.5, 3.0, 5.0])
def test_meshes_flow_as_epanet_lets_them(seed, factor):
    network = mesh(seed)
    luck = np.random.default_rng(seed)
    now = replace(usual(network), demand=np.full(network.nodes, factor), open=luck.random(len(network.length)) > 0.1)
    now.leak[1] = 2e-4  # near the reservoir: EPANET lets holes suck water in where pressure is below none
    own = flow_water(network, now)
    heads, flows = flow_epanet(network, now)
    fed = own.fed
    assert own.pressure[1] > 0.0
    assert fed.sum() > 25
    assert own.head[fed] == pytest.approx(heads[fed], abs=0.02)
    assert own.flow == pytest.approx(flows, abs=2e-4 * float(np.abs(flows).max()) + 1e-6)


@with_wntr
def test_the_two_loops_of_the_base_tests_are_epanets():
    network = two_loops()
    heads, _ = flow_epanet(network, usual(network), by_pressure=False)
    assert (heads - network.elevation)[1:] == pytest.approx(TWO_LOOPS_PRESSURE, abs=0.002)


@with_wntr
@pytest.mark.parametrize("name", ["NET1", "hanoi-3", "cheung", "simplenet", "todinitest"])
def test_files_flow_as_epanet_lets_them(shared_data, tmp_path, name):
    library, path = wntr(), shared_data / "epanet" / f"{name}.inp"
    read = read_epanet(path)
    own = flow_water(read.network, read.now, by_pressure=read.by_pressure)
    model = library.network.WaterNetworkModel(str(path))
    model.options.time.duration = 0
    found = library.sim.EpanetSimulator(model).run_sim(file_prefix=str(tmp_path / "run"))
    assert own.head == pytest.approx(found.node["head"].iloc[0][list(read.nodes)].to_numpy(), abs=0.01)
    flows = found.link["flowrate"].iloc[0][list(read.pipes)].to_numpy()
    assert own.flow == pytest.approx(flows, abs=1e-3 * float(np.abs(flows).max()))


@with_wntr
def test_files_that_are_none_are_refused(tmp_path):
    path = tmp_path / "no.inp"
    path.write_text("[JUNCTIONS]\n a b c\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_epanet(path)
