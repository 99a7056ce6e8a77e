// The map on deck.gl: the scene is pydeck's, the data are our binary frames, the moment is drawn on top.
import { CREWS, KINDS, ROAD_WIDTH, palette } from "./style.js";

export const hasWebgl = () => {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
};

const loadDeck = () => new Promise((done, failed) => {
  if (globalThis.deck?.Deck) return done(globalThis.deck);
  const script = document.createElement("script");
  script.src = "/assets/deck.js";
  script.onload = () => done(globalThis.deck);
  script.onerror = failed;
  document.head.append(script);
});

const paths = ({ first, xy }, colour, width) => ({
  length: first.length - 1, startIndices: first,
  attributes: {
    getPath: { value: xy, size: 2 },
    getColor: { value: colour, size: 4 },
    getWidth: { value: width, size: 1 },
  },
});

// Spread a value by line over the line's points, as binary attributes want it.
function spread(first, size, of) {
  const out = new (size === 4 ? Uint8Array : Float32Array)(first[first.length - 1] * size);
  for (let i = 0; i + 1 < first.length; i++) {
    const value = of(i);
    for (let k = first[i]; k < first[i + 1]; k++) for (let s = 0; s < size; s++) out[k * size + s] = size === 1 ? value : value[s];
  }
  return out;
}

// `settled(map)` is called when the first picture has been drawn.
export async function deckMap(holder, settled) {
  const deck = await loadDeck();
  const canvas = document.createElement("canvas");
  canvas.className = "layer";
  holder.append(canvas);
  const classes = Object.fromEntries(Object.entries(deck).filter(([name]) => /Layer$|View$/.test(name)));
  const converter = new deck.JSONConverter({ configuration: { classes } });
  let base = [], city = null, scene = null, drawn = false;
  const map = new deck.Deck({
    canvas, width: "100%", height: "100%", views: [], controller: false, layers: [], useDevicePixels: true,
    onAfterRender: () => { if (base.length && !drawn) { drawn = true; settled(self); } },
  });

  function hydrate(layers, colours) {
    // The URLs of the scene's layers name the frames; the frames are loaded already.
    const data = {
      streets: () => paths(city.streets,
        spread(city.streets.first, 4, (i) => [...(ROAD_WIDTH(city.streets.roads[city.streets.road[i]]) > 9 ? colours.major : colours.road), 255]),
        spread(city.streets.first, 1, (i) => ROAD_WIDTH(city.streets.roads[city.streets.road[i]]))),
      buildings: () => ({ length: city.buildings.levels.length, startIndices: city.buildings.first, attributes: { getPolygon: { value: city.buildings.xy, size: 2 } } }),
      areas: () => {
        const shown = (i) => { const level = city.areas.levels[city.areas.level[i]]; return level === "grid" ? layers.grids : layers.areas && level !== "city"; };
        return paths(city.areas, spread(city.areas.first, 4, (i) => [...colours.area, shown(i) ? 170 : 0]),
          spread(city.areas.first, 1, (i) => (city.areas.level[i] >= 3 ? 6 : 16)));
      },
      facilities: () => Array.from(city.facilities.kind, (k, i) => ({ i, name: city.facilities.kinds[k], made: city.facilities.made[i] }))
        .filter(({ name }) => !["aed", "shelter", "school", "community_office"].includes(name)),
    };
    const props = {
      streets: { widthMinPixels: 0.6, _pathType: "open" },
      buildings: { filled: true, extruded: false, getFillColor: [...colours.building, 255], visible: layers.buildings, _normalize: false },
      areas: { widthMinPixels: 0.5, _pathType: "loop" },
      facilities: {
        getPosition: ({ i }) => [city.facilities.xy[2 * i], city.facilities.xy[2 * i + 1]], radiusUnits: "pixels", getRadius: 4,
        stroked: true, filled: true, lineWidthUnits: "pixels", getLineWidth: 1.2, getLineColor: [...colours.ink, 190],
        getFillColor: ({ made }) => [...colours.ink, made ? 0 : 170], visible: layers.facilities,
      },
    };
    return converter.convert(scene).layers.filter((layer) => data[layer.id]).map((layer) => layer.clone({
      ...meters(), ...props[layer.id], data: data[layer.id](), pickable: false,
    }));
  }

  const meters = () => ({ coordinateSystem: deck.COORDINATE_SYSTEM.METER_OFFSETS, coordinateOrigin: city.streets.origin });

  function momentLayers(moment, name, colours) {
    const dot = (id, data, more) => new deck.ScatterplotLayer({
      id: `${name}-${id}`, data, ...meters(), radiusUnits: "pixels", lineWidthUnits: "pixels", stroked: true, pickable: true,
      getPosition: (d) => [d.x, d.y], ...more,
    });
    const shapeOf = { circle: "●", heart: "♥", triangle: "▲", square: "■", diamond: "◆", dot: "•" };
    return [
      dot("orders", moment.orders, {
        getRadius: (d) => (d.urgent ? 9 : 4), getLineWidth: (d) => (d.met ? 2.5 : 1), getLineColor: [...colours.ink, 200],
        getFillColor: (d) => [...(KINDS[d.kind] ?? KINDS.patrol_event).colour, d.urgent || d.known ? 240 : 90],
      }),
      new deck.TextLayer({
        id: `${name}-shapes`, data: moment.orders.filter((d) => d.urgent), ...meters(), getPosition: (d) => [d.x, d.y],
        getText: (d) => shapeOf[KINDS[d.kind].shape], getColor: [20, 20, 20, 255], getSize: 13, characterSet: Object.values(shapeOf).join(""),
      }),
      dot("crews", moment.crews, {
        getRadius: (d) => (d.moving ? 9 : 6), getLineWidth: 1.5, getLineColor: [255, 255, 255, 255],
        getFillColor: (d) => [...(CREWS[d.name] ?? CREWS.lift_crew).colour, d.moving ? 255 : 190],
      }),
      new deck.TextLayer({
        id: `${name}-letters`, data: moment.crews, ...meters(), getPosition: (d) => [d.x, d.y], fontWeight: 700,
        getText: (d) => (CREWS[d.name] ?? CREWS.lift_crew).letter, getColor: [255, 255, 255, 255], getSize: 11,
      }),
    ];
  }

  let shown = "";
  const self = {
    kind: "webgl",
    deck: map,
    setCity(next, nextScene) { city = next; scene = nextScene; shown = ""; },
    draw(moments, view, layers) {
      if (!city) return;
      const colours = palette(), key = JSON.stringify([layers, colours.ground]);
      if (key !== shown) { base = hydrate(layers, colours); shown = key; }
      const [lon, lat] = city.streets.origin, cosine = Math.cos((lat * Math.PI) / 180);
      const state = {
        longitude: lon + view.x / (111320 * cosine), latitude: lat + view.y / 110900,
        zoom: Math.log2((78271.517 * cosine) / view.mpp), pitch: 0, bearing: 0,
      };
      const share = 100 / moments.length;
      const views = moments.map((_, i) => new deck.MapView({ id: `pane${i}`, x: `${i * share}%`, width: `${share}%`, controller: false }));
      map.setProps({
        views, viewState: Object.fromEntries(views.map((v) => [v.id, state])),
        layerFilter: ({ layer, viewport }) => !/^pane\d-/.test(layer.id) || layer.id.startsWith(`${viewport.id}-`),
        layers: [...base, ...moments.flatMap((moment, i) => momentLayers(moment, `pane${i}`, colours))],
        parameters: {},
      });
      holder.style.background = `rgb(${colours.ground})`;
    },
    close() { map.finalize(); canvas.remove(); },
  };
  return self;
}
