"""The map as a pydeck scene: a few KB of layers whose data are URLs of binary frames."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pydeck as pdk
from pydeck.types import String

from sim.city.model import City
from viz.fields import LAYERS
from viz.playback import middle


def scene(city: City, frames: str, fields: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the deck.gl scene of a run.

    `frames` is the URL below which the frames of the run and its city lie; `fields` are those of its manifest. Coordinates
    are metres around the city's middle, so that float32 is exact to a centimetre.
    """
    import numpy as np

    x, y = middle(city)
    lon, lat = (float(v[0]) for v in city.lonlat(np.array([x]), np.array([y])))
    common = {"coordinate_system": String("meter-offsets"), "coordinate_origin": [lon, lat]}
    layers = [
        pdk.Layer("SolidPolygonLayer", f"{frames}/buildings.bin", id="buildings", pickable=False, **common),
        pdk.Layer("PathLayer", f"{frames}/streets.bin", id="streets", width_min_pixels=1, **common),
        pdk.Layer("PathLayer", f"{frames}/areas.bin", id="areas", width_min_pixels=1, **common),
        *(
            pdk.Layer(
                LAYERS[field["place"]], f"{frames}/field.{name}.bin", id=f"field.{name}", pickable=False, **common
            )
            for name, field in fields.items()
        ),
        pdk.Layer("PathLayer", f"{frames}/closures.bin", id="closures", **common),
        pdk.Layer("IconLayer", f"{frames}/facilities.bin", id="facilities", pickable=True, **common),
        pdk.Layer("IconLayer", f"{frames}/orders.bin", id="orders", pickable=True, **common),
        pdk.Layer("ScatterplotLayer", f"{frames}/legs.bin", id="crews", pickable=True, **common),
    ]
    view = pdk.ViewState(longitude=lon, latitude=lat, zoom=12.3, pitch=0, bearing=0)
    deck = pdk.Deck(layers=layers, initial_view_state=view, map_provider=None, map_style=None)
    result: dict[str, Any] = json.loads(deck.to_json())
    return result
