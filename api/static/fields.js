// Fields of a run: what is true of every place at a moment, in which colour, and what lies under a point.
import { frame } from "./data.js";
import { palette } from "./style.js";

export const fieldOf = async (id, name) => follow({ ...(await frame(`/api/runs/${id}/frames/${name}.bin`)), name });

// A field that is moved through time: `values` are those of its places at the moment, `version` changes with them.
export function follow(data) {
  const { time, index, value, raster, first, xy } = data;
  const places = raster ? raster.columns * raster.rows : first ? first.length - 1 : xy.length / 2;
  const values = new Float32Array(places);
  let version = 0;
  return {
    ...data, places, values,
    get version() { return version; },
    moveTo(t) {
      if (version > 0 && time[version - 1] > t) { values.fill(0); version = 0; }
      while (version < time.length && time[version] <= t) { values[index[version]] = value[version]; version++; }
    },
  };
}

// How many steps of the scale a value has reached; 0 is not drawn. Values come as float32.
export function stepOf(value, scale) {
  let step = 0;
  while (step < scale.length && value >= scale[step] - 1e-6 * Math.abs(scale[step])) step++;
  return step;
}

const VIRIDIS = [[68, 1, 84], [70, 50, 127], [54, 92, 141], [39, 127, 142], [31, 161, 135], [74, 194, 109], [159, 218, 58], [253, 231, 37]];
// Okabe and Ito's, for states that are no amounts.
const STATES = [[240, 228, 66], [213, 94, 0], [70, 70, 70], [0, 114, 178], [0, 158, 115], [204, 121, 167], [86, 180, 233]];

// The colour of each step: viridis, from what is near the ground's lightness to what is far from it.
export function coloursOf({ scale, labels }) {
  const { ground } = palette(), light = ground[0] > 128;
  if (labels?.length) return scale.map((_, i) => (STATES[i % STATES.length][0] === 70 && !light ? [170, 170, 170] : STATES[i % STATES.length]));
  return scale.map((_, i) => {
    const share = scale.length > 1 ? i / (scale.length - 1) : 0.6, at = (light ? 1 - share : share) * (VIRIDIS.length - 1);
    const k = Math.min(VIRIDIS.length - 2, Math.floor(at)), s = at - k;
    return VIRIDIS[k].map((c, j) => Math.round(c * (1 - s) + VIRIDIS[k + 1][j] * s));
  });
}

// How many places are at each step now; kept until the values change.
export function countsOf(field, scale) {
  if (field.counted?.version === field.version) return field.counted.counts;
  const counts = new Array(scale.length).fill(0);
  for (const value of field.values) { const step = stepOf(value, scale); if (step) counts[step - 1]++; }
  field.counted = { version: field.version, counts };
  return counts;
}

// The rectangle of the places that ever reach the scale, m: [left, lower, right, upper]; null where none does.
export function extentOf(field, scale) {
  const box = [Infinity, Infinity, -Infinity, -Infinity], seen = new Set();
  for (let i = 0; i < field.index.length; i++) {
    const place = field.index[i];
    if (seen.has(place) || !stepOf(field.value[i], scale)) continue;
    seen.add(place);
    for (const [x, y] of pointsOf(field, place)) { box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y); }
  }
  return seen.size ? box : null;
}

export function pointsOf({ raster, first, xy }, place) {
  if (raster) { const { x, y, size, columns } = raster, c = place % columns, r = Math.floor(place / columns); return [[x + c * size, y + r * size], [x + (c + 1) * size, y + (r + 1) * size]]; }
  const points = [];
  for (let k = first ? first[place] : place; k < (first ? first[place + 1] : place + 1); k++) points.push([xy[2 * k], xy[2 * k + 1]]);
  return points;
}

// A raster as a picture, its first row at the bottom; kept until its values or colours change.
export function picture(field, shown) {
  const { raster: { columns, rows }, values, version } = field, colours = coloursOf(shown), key = `${version} ${colours}`;
  if (field.pictured?.key === key) return field.pictured.canvas;
  const canvas = document.createElement("canvas");
  canvas.width = columns; canvas.height = rows;
  const c = canvas.getContext("2d"), image = c.createImageData(columns, rows);
  for (let i = 0; i < values.length; i++) {
    const step = stepOf(values[i], shown.scale);
    if (step) image.data.set([...colours[step - 1], 180], 4 * ((rows - 1 - Math.floor(i / columns)) * columns + (i % columns)));
  }
  c.putImageData(image, 0, 0);
  field.pictured = { key, canvas };
  return canvas;
}

// The edge of a raster, m.
export function frameOf({ x, y, size, columns, rows }) {
  const right = x + columns * size, upper = y + rows * size;
  return [[x, y], [right, y], [right, upper], [x, upper], [x, y]];
}

// The place under a point (m), or within `near` m of it where places are thin; of several the one with the highest value; -1 for none.
export function placeAt(field, x, y, near) {
  if (field.raster) {
    const { size, columns, rows } = field.raster, c = Math.floor((x - field.raster.x) / size), r = Math.floor((y - field.raster.y) / size);
    return c >= 0 && c < columns && r >= 0 && r < rows ? r * columns + c : -1;
  }
  let best = -1;
  for (let place = 0; place < field.places; place++)
    if ((best < 0 || field.values[place] > field.values[best]) && touches(field, place, x, y, near)) best = place;
  return best;
}

function touches({ place: kind, first, xy }, i, x, y, near) {
  if (kind === "point") return Math.hypot(xy[2 * i] - x, xy[2 * i + 1] - y) <= near;
  const from = first[i], to = first[i + 1];
  return kind === "edge" ? nearLine(xy, from, to, x, y, near) : inside(xy, from, to, x, y);
}

function nearLine(xy, from, to, x, y, near) {
  for (let k = from; k + 1 < to; k++) {
    const ax = xy[2 * k], ay = xy[2 * k + 1], dx = xy[2 * k + 2] - ax, dy = xy[2 * k + 3] - ay;
    const s = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    if (Math.hypot(ax + s * dx - x, ay + s * dy - y) <= near) return true;
  }
  return false;
}

function inside(xy, from, to, x, y) {
  let odd = false;
  for (let k = from, j = to - 1; k < to; j = k++) {
    const [ax, ay, bx, by] = [xy[2 * k], xy[2 * k + 1], xy[2 * j], xy[2 * j + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

// The middle of each street that is closed now, for its sign: at most one in each square of `apart` m.
export function signsOf(closed, apart) {
  const taken = new Set(), signs = [];
  for (let i = 0; i < closed.places; i++) {
    if (closed.values[i] < 0.5) continue;
    const points = pointsOf(closed, i), k = Math.floor((points.length - 1) / 2), [ax, ay] = points[k], [bx, by] = points[Math.min(k + 1, points.length - 1)];
    const x = (ax + bx) / 2, y = (ay + by) / 2, square = `${Math.floor(x / apart)},${Math.floor(y / apart)}`;
    if (!taken.has(square)) { taken.add(square); signs.push({ x, y }); }
  }
  return signs;
}
