// The map on Canvas2D: the same columns, the same functions, no WebGL.
import { coloursOf, frameOf, signsOf, stepOf } from "./fields.js";
import { CLOSED, ROAD_WIDTH, drawNoEntry, drawShape, palette, rgb } from "./style.js";

export function canvasMap(holder) {
  const [base, middle, top] = ["base", "middle", "top"].map(() => document.createElement("canvas"));
  base.className = middle.className = top.className = "layer";
  holder.append(base, middle, top);
  let city = null, drawn = "", spread = "";

  function sizes() {
    const scale = devicePixelRatio || 1, { clientWidth: w, clientHeight: h } = holder;
    for (const canvas of [base, middle, top])
      if (canvas.width !== Math.round(w * scale) || canvas.height !== Math.round(h * scale)) {
        canvas.width = Math.round(w * scale); canvas.height = Math.round(h * scale); drawn = spread = "";
      }
    return { scale, w, h };
  }

  function panes(count, w, h, view) {
    const width = w / count;
    return Array.from({ length: count }, (_, i) => ({
      left: i * width, width, h,
      px: (x) => i * width + width / 2 + (x - view.x) / view.mpp,
      py: (y) => h / 2 - (y - view.y) / view.mpp,
    }));
  }

  const clip = (c, pane) => { c.save(); c.beginPath(); c.rect(pane.left, 0, pane.width, pane.h); c.clip(); };

  function lines(c, pane, { first, xy }, from, to, close) {
    for (let i = from; i < to; i++) {
      for (let k = first[i]; k < first[i + 1]; k++) {
        const x = pane.px(xy[2 * k]), y = pane.py(xy[2 * k + 1]);
        if (k === first[i]) c.moveTo(x, y); else c.lineTo(x, y);
      }
      if (close) c.closePath();
    }
  }

  function drawBase(pane, view, layers, colours) {
    const c = base.getContext("2d");
    clip(c, pane);
    c.fillStyle = rgb(colours.ground); c.fillRect(pane.left, 0, pane.width, pane.h);
    if (layers.buildings && view.mpp < 14) {
      c.beginPath(); lines(c, pane, city.buildings, 0, city.buildings.levels.length, true);
      c.fillStyle = rgb(colours.building); c.fill();
    }
    const { streets, areas, facilities } = city;
    streets.roads.forEach((road, r) => {
      const width = Math.max(0.6, ROAD_WIDTH(road) / view.mpp);
      c.beginPath();
      for (let i = 0; i < streets.road.length; i++) if (streets.road[i] === r) lines(c, pane, streets, i, i + 1, false);
      c.lineWidth = width; c.strokeStyle = rgb(ROAD_WIDTH(road) > 9 ? colours.major : colours.road); c.stroke();
    });
    areas.levels.forEach((level, l) => {
      if (!(level === "grid" ? layers.grids : layers.areas && l > 0)) return;
      c.beginPath();
      for (let i = 0; i < areas.level.length; i++) if (areas.level[i] === l) lines(c, pane, areas, i, i + 1, true);
      c.setLineDash(l >= 3 ? [3, 4] : []); c.lineWidth = l >= 3 ? 0.7 : 1.6;
      c.strokeStyle = rgb(colours.area, 0.7); c.stroke(); c.setLineDash([]);
    });
    if (layers.facilities) for (let i = 0; i < facilities.kind.length; i++) {
      if (["aed", "shelter", "school", "community_office"].includes(facilities.kinds[facilities.kind[i]])) continue;
      drawShape(c, "square", pane.px(facilities.xy[2 * i]), pane.py(facilities.xy[2 * i + 1]), 3);
      c.lineWidth = 1.2; c.strokeStyle = c.fillStyle = rgb(colours.ink, 0.65);
      if (facilities.made[i]) c.stroke(); else c.fill();
    }
    c.restore();
  }

  // What a hazard does to its places, and the streets that are closed.
  function drawField(c, pane, { field, closed, shown }, view) {
    clip(c, pane);
    if (field) {
      const colours = coloursOf(shown), draw = { edge: drawEdges, cell: drawCells, point: drawPoints }[field.place] ?? drawOutlines;
      draw(c, pane, field, view, colours.map((colour) => rgb(colour, { cell: 0.7, area: 0.65 }[field.place] ?? 0.92)), shown.scale);
    }
    if (closed) {
      for (const [width, colour] of [[6, rgb(CLOSED)], [2, "#fff"]]) {
        c.beginPath();
        for (let i = 0; i < closed.places; i++) if (closed.values[i] >= 0.5) lines(c, pane, closed, i, i + 1, false);
        c.lineWidth = width; c.strokeStyle = colour; c.stroke();
      }
      for (const { x, y } of signsOf(closed, 26 * view.mpp)) drawNoEntry(c, pane.px(x), pane.py(y), 7);
    }
    c.restore();
  }

  const each = (field, scale, draw) => field.values.forEach((value, i) => { const step = stepOf(value, scale); if (step) draw(i, step - 1); });

  function drawOutlines(c, pane, field, view, colours, scale) {
    each(field, scale, (i, step) => { c.beginPath(); lines(c, pane, field, i, i + 1, true); c.fillStyle = colours[step]; c.fill(); c.lineWidth = 0.7; c.strokeStyle = rgb(palette().ink, 0.6); c.stroke(); });
  }

  function drawEdges(c, pane, field, view, colours, scale) {
    each(field, scale, (i, step) => { c.beginPath(); lines(c, pane, field, i, i + 1, false); c.lineWidth = 2.5 + step; c.strokeStyle = colours[step]; c.stroke(); });
  }

  function drawPoints(c, pane, field, view, colours, scale) {
    each(field, scale, (i, step) => { c.beginPath(); c.arc(pane.px(field.xy[2 * i]), pane.py(field.xy[2 * i + 1]), 4 + step, 0, 7); c.fillStyle = colours[step]; c.fill(); c.lineWidth = 1; c.strokeStyle = rgb(palette().ink, 0.8); c.stroke(); });
  }

  function drawCells(c, pane, field, view, colours, scale) {
    const { x, y, size, columns } = field.raster, side = Math.max(1, size / view.mpp);
    each(field, scale, (i, step) => { c.fillStyle = colours[step]; c.fillRect(pane.px(x + (i % columns) * size), pane.py(y + (Math.floor(i / columns) + 1) * size), side + 0.5, side + 0.5); });
    c.beginPath(); frameOf(field.raster).forEach(([u, v], i) => (i ? c.lineTo(pane.px(u), pane.py(v)) : c.moveTo(pane.px(u), pane.py(v))));
    c.setLineDash([6, 5]); c.lineWidth = 1.2; c.strokeStyle = rgb(palette().ink, 0.7); c.stroke(); c.setLineDash([]);
  }

  function drawTop(c, pane, moment, colours, styles) {
    clip(c, pane);
    for (const order of moment.orders) {
      const { colour, shape } = styles.kinds[order.kind];
      drawShape(c, shape, pane.px(order.x), pane.py(order.y), order.urgent ? 7 : 3.5);
      c.fillStyle = rgb(colour, order.urgent || order.known ? 0.95 : 0.35); c.fill();
      c.lineWidth = order.met ? 2.5 : 1; c.strokeStyle = rgb(colours.ink, order.urgent ? 0.9 : 0.3); c.stroke();
    }
    c.font = "bold 10px system-ui, sans-serif"; c.textAlign = "center"; c.textBaseline = "middle";
    for (const crew of moment.crews) {
      const { colour, letter } = styles.crews[crew.name], x = pane.px(crew.x), y = pane.py(crew.y);
      c.beginPath(); c.arc(x, y, crew.moving ? 9 : 6, 0, 7);
      c.fillStyle = rgb(colour, crew.moving ? 1 : 0.75); c.fill();
      c.lineWidth = 1.5; c.strokeStyle = "#fff"; c.stroke();
      c.fillStyle = "#fff"; c.fillText(letter, x, y + 0.5);
    }
    c.restore();
  }

  return {
    kind: "canvas",
    setCity(next) { city = next; drawn = spread = ""; },
    draw(moments, view, layers, styles) {
      if (!city) return;
      const { scale, w, h } = sizes(), colours = palette();
      const all = panes(moments.length, w, h, view);
      const key = JSON.stringify([view, layers, moments.length, w, h, colours.ground]);
      if (key !== drawn) {
        base.getContext("2d").setTransform(scale, 0, 0, scale, 0, 0);
        all.forEach((pane) => drawBase(pane, view, layers, colours));
        drawn = key;
      }
      const now = JSON.stringify([key, moments.map(({ field, closed }) => [field?.name, field?.version, closed?.version])]);
      if (now !== spread) {
        const m = middle.getContext("2d");
        m.setTransform(scale, 0, 0, scale, 0, 0); m.clearRect(0, 0, w, h);
        all.forEach((pane, i) => drawField(m, pane, moments[i], view));
        spread = now;
      }
      const c = top.getContext("2d");
      c.setTransform(scale, 0, 0, scale, 0, 0); c.clearRect(0, 0, w, h);
      all.forEach((pane, i) => drawTop(c, pane, moments[i], colours, styles));
      if (all.length > 1) { c.fillStyle = rgb(colours.ink, 0.5); c.fillRect(w / 2 - 1, 0, 2, h); }
    },
    close() { [base, middle, top].forEach((canvas) => canvas.remove()); },
  };
}
