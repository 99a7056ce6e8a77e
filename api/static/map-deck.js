// The map on deck.gl: the scene is pydeck's, the data are our binary frames, the moment is drawn on top.
import { coloursOf, frameOf, pointsOf, signsOf, stepOf } from "./fields.js";
import { CLOSED, ROAD_WIDTH, drawNoEntry, drawShape, palette, rgb } from "./style.js";

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
function spreadOver(first, size, of) {
  const out = new (size === 4 ? Uint8Array : Float32Array)(first[first.length - 1] * size);
  for (let i = 0; i + 1 < first.length; i++) {
    const value = of(i);
    for (let k = first[i]; k < first[i + 1]; k++) for (let s = 0; s < size; s++) out[k * size + s] = size === 1 ? value : value[s];
  }
  return out;
}

const CELL = 64;

// One picture with every sign of the map, drawn by the same function as on Canvas2D, and where each sign stands in it.
function signs(colours, styles) {
  const kinds = Object.entries(styles.kinds).flatMap(([kind, style]) => [[kind, style, 4], [`${kind}-met`, style, 9]]);
  const square = { shape: "square", colour: colours.ink };
  const all = [...kinds, ["facility", square, 4], ["facility-made", square, 4]];
  const atlas = document.createElement("canvas"), mapping = {};
  atlas.width = CELL * (all.length + 1); atlas.height = CELL;
  const c = atlas.getContext("2d");
  all.forEach(([name, { shape, colour }, line], i) => {
    mapping[name] = { x: i * CELL, y: 0, width: CELL, height: CELL, mask: false };
    drawShape(c, shape, (i + 0.5) * CELL, CELL / 2, CELL * 0.28);
    c.fillStyle = rgb(colour); if (name !== "facility-made") c.fill();
    c.lineWidth = line; c.strokeStyle = rgb(colours.ink, 0.9); c.stroke();
  });
  mapping["no-entry"] = { x: CELL * all.length, y: 0, width: CELL, height: CELL, mask: false };
  drawNoEntry(c, (all.length + 0.5) * CELL, CELL / 2, CELL * 0.42);
  return { atlas, mapping };
}

const CLEAR = [0, 0, 0, 0];

// A raster as a picture, its first row at the bottom.
function picture({ raster: { columns, rows }, values }, colours, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = columns; canvas.height = rows;
  const c = canvas.getContext("2d"), image = c.createImageData(columns, rows);
  values.forEach((value, i) => {
    const step = stepOf(value, scale);
    if (step) image.data.set([...colours[step - 1], 180], 4 * ((rows - 1 - Math.floor(i / columns)) * columns + (i % columns)));
  });
  c.putImageData(image, 0, 0);
  return canvas;
}

// A line in dashes that repeat each `period` m.
function dashes(line, period) {
  return line.slice(1).flatMap(([bx, by], i) => {
    const [ax, ay] = line[i], length = Math.hypot(bx - ax, by - ay), count = Math.min(2000, Math.max(1, Math.round(length / period)));
    const at = (s) => [ax + s * (bx - ax), ay + s * (by - ay)];
    return Array.from({ length: count }, (_, k) => [at(k / count), at((k + 0.55) / count)]);
  });
}

// `settled(map)` is called when the first picture has been drawn.
export async function deckMap(holder, settled) {
  const deck = await loadDeck();
  const canvas = document.createElement("canvas");
  canvas.className = "layer";
  holder.append(canvas);
  const classes = Object.fromEntries(Object.entries(deck).filter(([name]) => /Layer$|View$/.test(name)));
  const converter = new deck.JSONConverter({ configuration: { classes } });
  let base = [], above = [], drawings = {}, icons = null, city = null, scene = null, drawn = false, spread = [];
  const map = new deck.Deck({
    canvas, width: "100%", height: "100%", views: [], controller: false, layers: [], useDevicePixels: true,
    onAfterRender: () => { if (base.length && !drawn) { drawn = true; settled(self); } },
  });

  function hydrate(layers, colours) {
    // The URLs of the scene's layers name the frames; the frames are loaded already.
    const data = {
      streets: () => paths(city.streets,
        spreadOver(city.streets.first, 4, (i) => [...(ROAD_WIDTH(city.streets.roads[city.streets.road[i]]) > 9 ? colours.major : colours.road), 255]),
        spreadOver(city.streets.first, 1, (i) => ROAD_WIDTH(city.streets.roads[city.streets.road[i]]))),
      buildings: () => ({ length: city.buildings.levels.length, startIndices: city.buildings.first, attributes: { getPolygon: { value: city.buildings.xy, size: 2 } } }),
      areas: () => {
        const shown = (i) => { const level = city.areas.levels[city.areas.level[i]]; return level === "grid" ? layers.grids : layers.areas && level !== "city"; };
        return paths(city.areas, spreadOver(city.areas.first, 4, (i) => [...colours.area, shown(i) ? 170 : 0]),
          spreadOver(city.areas.first, 1, (i) => (city.areas.level[i] >= 3 ? 6 : 16)));
      },
      facilities: () => Array.from(city.facilities.kind, (k, i) => ({ i, name: city.facilities.kinds[k], made: city.facilities.made[i] }))
        .filter(({ name }) => !["aed", "shelter", "school", "community_office"].includes(name)),
    };
    const props = {
      streets: { widthMinPixels: 0.6, _pathType: "open" },
      buildings: { filled: true, extruded: false, getFillColor: [...colours.building, 255], visible: layers.buildings, _normalize: false },
      areas: { widthMinPixels: 0.5, _pathType: "loop" },
      facilities: {
        getPosition: ({ i }) => [city.facilities.xy[2 * i], city.facilities.xy[2 * i + 1]], ...icons, getSize: 12, sizeUnits: "pixels",
        getIcon: ({ made }) => (made ? "facility-made" : "facility"), getColor: [0, 0, 0, 165], visible: layers.facilities,
      },
    };
    const all = converter.convert(scene).layers;
    drawings = Object.fromEntries(all.map((layer) => [layer.id, layer]));
    const drawn = all.filter((layer) => data[layer.id]).map((layer) => layer.clone({ ...meters(), ...props[layer.id], data: data[layer.id](), pickable: false }));
    above = drawn.filter(({ id }) => id === "facilities");
    return drawn.filter(({ id }) => id !== "facilities");
  }

  // What a hazard does to its places: the scene's layer of the field, with the colours of the moment.
  function fieldLayer(field, { scale, labels }, id) {
    const colours = coloursOf({ scale, labels }), steps = Array.from(field.values, (value) => stepOf(value, scale));
    const alpha = { edge: 255, area: 165 }[field.place] ?? 235, colour = (i) => (steps[i] ? [...colours[steps[i] - 1], alpha] : CLEAR);
    const layer = drawings[`field.${field.name}`], more = { ...meters(), id, pickable: false, visible: true };
    if (field.place === "cell") {
      const { x, y, size, columns, rows } = field.raster;
      return layer.clone({ ...more, data: [], image: picture(field, colours, scale), bounds: [x, y, x + columns * size, y + rows * size], textureParameters: { minFilter: "nearest", magFilter: "nearest" } });
    }
    if (field.place === "point") return layer.clone({
      ...more, data: steps.map((step, i) => ({ step, i })).filter(({ step }) => step), getPosition: ({ i }) => [field.xy[2 * i], field.xy[2 * i + 1]],
      radiusUnits: "pixels", lineWidthUnits: "pixels", stroked: true, getRadius: ({ step }) => 3 + step, getFillColor: ({ i }) => colour(i), getLineColor: [...palette().ink, 200], getLineWidth: 1,
    });
    if (field.place === "edge") return layer.clone({
      ...more, widthUnits: "pixels", capRounded: true, _pathType: "open",
      data: paths(field, spreadOver(field.first, 4, colour), spreadOver(field.first, 1, (i) => 2.5 + steps[i])),
    });
    return layer.clone({
      ...more, filled: true, extruded: false, _normalize: false,
      data: { length: field.places, startIndices: field.first, attributes: { getPolygon: { value: field.xy, size: 2 }, getFillColor: { value: spreadOver(field.first, 4, colour), size: 4 } } },
    });
  }

  // The edge of what is computed, dashed: deck.gl's own dashes are an extension that is not there.
  const frameLayer = ({ raster }, mpp, id) => new deck.PathLayer({
    id: `${id}-frame`, ...meters(), pickable: false, widthUnits: "pixels", getWidth: 1.3, getColor: [...palette().ink, 180], getPath: (d) => d,
    data: dashes(frameOf(raster), 11 * mpp),
  });

  function closedLayers(closed, mpp, id) {
    const shut = []; closed.values.forEach((value, i) => { if (value >= 0.5) shut.push({ path: pointsOf(closed, i) }); });
    const bar = (name, width, colour) => drawings.closures.clone({ ...meters(), id: `${id}-${name}`, data: shut, pickable: false, widthUnits: "pixels", getPath: (d) => d.path, getWidth: width, getColor: colour });
    return [bar("closed", 6, [...CLOSED, 255]), bar("barred", 2, [255, 255, 255, 255]), new deck.IconLayer({
      id: `${id}-no-entry`, ...meters(), ...icons, data: signsOf(closed, 26 * mpp), pickable: false, getPosition: (d) => [d.x, d.y], getIcon: () => "no-entry", sizeUnits: "pixels", getSize: 17, getColor: [0, 0, 0, 255],
    })];
  }

  // The layers of hazards by pane, made anew only when something in them has changed.
  function hazardLayers({ field, closed, shown }, mpp, i, key) {
    const now = JSON.stringify([key, field?.name, field?.version, closed?.version, Math.round(8 * Math.log2(mpp))]);
    if (spread[i]?.now !== now) {
      const id = `pane${i}`;
      spread[i] = { now, layers: [...(field ? [fieldLayer(field, shown, `${id}-field.${field.name}`)] : []), ...(field?.raster ? [frameLayer(field, mpp, id)] : []), ...(closed ? closedLayers(closed, mpp, id) : [])] };
    }
    return spread[i].layers;
  }

  const meters = () => ({ coordinateSystem: deck.COORDINATE_SYSTEM.METER_OFFSETS, coordinateOrigin: city.streets.origin });

  function momentLayers(moment, name, styles) {
    const at = { ...meters(), pickable: true, getPosition: (d) => [d.x, d.y] };
    return [
      new deck.IconLayer({
        id: `${name}-orders`, data: moment.orders, ...at, ...icons, sizeUnits: "pixels", getSize: (d) => (d.urgent ? 26 : 13),
        getIcon: (d) => `${d.kind}${d.met ? "-met" : ""}`,
        getColor: (d) => [0, 0, 0, d.urgent || d.known ? 245 : 90],
      }),
      new deck.ScatterplotLayer({
        id: `${name}-crews`, data: moment.crews, ...at, radiusUnits: "pixels", lineWidthUnits: "pixels", stroked: true,
        getRadius: (d) => (d.moving ? 9 : 6), getLineWidth: 1.5, getLineColor: [255, 255, 255, 255],
        getFillColor: (d) => [...styles.crews[d.name].colour, d.moving ? 255 : 190],
      }),
      new deck.TextLayer({
        id: `${name}-letters`, data: moment.crews, ...meters(), getPosition: (d) => [d.x, d.y], fontWeight: 700,
        getText: (d) => styles.crews[d.name].letter, getColor: [255, 255, 255, 255], getSize: 11,
      }),
    ];
  }

  let shown = "";
  const self = {
    kind: "webgl",
    deck: map,
    setCity(next, nextScene) { city = next; scene = nextScene; shown = ""; spread = []; },
    draw(moments, view, layers, styles) {
      if (!city) return;
      const colours = palette(), key = JSON.stringify([layers, colours.ground, Object.keys(styles.kinds)]);
      if (key !== shown) {
        const { atlas, mapping } = signs(colours, styles);
        icons = { iconAtlas: atlas, iconMapping: mapping };
        base = hydrate(layers, colours); shown = key;
      }
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
        layers: [...base, ...moments.flatMap((moment, i) => hazardLayers(moment, view.mpp, i, key)), ...above, ...moments.flatMap((moment, i) => momentLayers(moment, `pane${i}`, styles))],
        parameters: {},
      });
      holder.style.background = `rgb(${colours.ground})`;
    },
    close() { map.finalize(); canvas.remove(); },
  };
  return self;
}
