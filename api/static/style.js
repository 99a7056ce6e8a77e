// Colours and shapes, shared by both renderers and the legend. Okabe and Ito's palette; every kind has a shape.
const KINDS = {
  medical: { colour: [86, 180, 233], shape: "circle" },
  cardiac_arrest: { colour: [204, 121, 167], shape: "heart" },
  building_fire: { colour: [213, 94, 0], shape: "triangle" },
  lift_entrapment: { colour: [240, 200, 40], shape: "square" },
  hotline_ticket: { colour: [0, 158, 115], shape: "diamond" },
  patrol_event: { colour: [150, 150, 150], shape: "dot" },
};
const CREWS = {
  ambulance: { colour: [0, 114, 178], letter: "A" },
  fire_engine: { colour: [190, 40, 20], letter: "F" },
  lift_crew: { colour: [150, 110, 0], letter: "L" },
};
// For kinds that hazards bring along, in order of name.
const SPARE_KINDS = [["pentagon", [230, 159, 0]], ["star", [213, 94, 0]], ["hexagon", [0, 114, 178]], ["cross", [204, 121, 167]], ["star", [240, 228, 66]], ["pentagon", [86, 180, 233]], ["cross", [0, 158, 115]]];
const SPARE_CREWS = [[110, 70, 160], [0, 105, 90], [120, 40, 90], [80, 80, 80]];
export const ROAD_WIDTH = (road) => ({ motorway: 16, trunk: 14, primary: 12, secondary: 10, tertiary: 8 })[road] ?? 5;

// How the kinds of incidents and crews of a run are drawn: the known ones as ever, the others from the spare ones.
export function stylesOf({ incidents, crews }) {
  const urgent = Object.keys(incidents).filter((kind) => !KINDS[kind] && incidents[kind].urgent).sort();
  const others = Object.keys(crews).filter((kind) => !CREWS[kind]).sort();
  const spare = (kind) => { const [shape, colour] = SPARE_KINDS[urgent.indexOf(kind) % SPARE_KINDS.length]; return { shape, colour }; };
  return {
    kinds: Object.fromEntries(Object.keys(incidents).map((kind) => [kind, KINDS[kind] ?? (incidents[kind].urgent ? spare(kind) : KINDS.patrol_event)])),
    crews: Object.fromEntries(Object.keys(crews).map((kind) => [kind, CREWS[kind] ?? { colour: SPARE_CREWS[others.indexOf(kind) % SPARE_CREWS.length], letter: crews[kind].title.en[0].toUpperCase() }])),
  };
}

export const palette = () => (matchMedia("(prefers-color-scheme: dark)").matches
  ? { ground: [18, 24, 30], road: [92, 106, 120], major: [140, 150, 130], building: [44, 54, 64], area: [110, 140, 190], ink: [235, 240, 245] }
  : { ground: [246, 247, 244], road: [190, 196, 202], major: [226, 190, 120], building: [222, 224, 228], area: [90, 110, 170], ink: [20, 30, 40] });

export const rgb = ([r, g, b], a = 1) => `rgba(${r},${g},${b},${a})`;
export const CLOSED = [200, 0, 30];

const corners = (n, r, turn = -Math.PI / 2, inner = 1) => Array.from({ length: inner < 1 ? 2 * n : n }, (_, i) => {
  const a = turn + (2 * Math.PI * i) / (inner < 1 ? 2 * n : n), out = inner < 1 && i % 2 ? r * inner : r;
  return [out * Math.cos(a), out * Math.sin(a)];
});
const SHAPES = {
  square: (r) => [[-r, -r], [r, -r], [r, r], [-r, r]],
  triangle: (r) => [[0, -1.3 * r], [1.2 * r, r], [-1.2 * r, r]],
  diamond: (r) => corners(4, 1.2 * r),
  pentagon: (r) => corners(5, 1.2 * r),
  hexagon: (r) => corners(6, 1.15 * r, 0),
  star: (r) => corners(5, 1.45 * r, -Math.PI / 2, 0.48),
  cross: (r) => { const w = 0.45 * r, l = 1.2 * r; return [[-w, -l], [w, -l], [w, -w], [l, -w], [l, w], [w, w], [w, l], [-w, l], [-w, w], [-l, w], [-l, -w], [-w, -w]]; },
};

// Draw a kind's shape around (x, y); the only place where shapes are known.
export function drawShape(c, shape, x, y, r) {
  c.beginPath();
  if (SHAPES[shape]) { SHAPES[shape](r).forEach(([dx, dy], i) => (i ? c.lineTo(x + dx, y + dy) : c.moveTo(x + dx, y + dy))); c.closePath(); }
  else if (shape === "heart") { c.moveTo(x, y + 1.2 * r); c.bezierCurveTo(x - 2.2 * r, y - 0.4 * r, x - 0.9 * r, y - 1.9 * r, x, y - 0.6 * r); c.bezierCurveTo(x + 0.9 * r, y - 1.9 * r, x + 2.2 * r, y - 0.4 * r, x, y + 1.2 * r); }
  else c.arc(x, y, shape === "dot" ? r * 0.6 : r, 0, 7);
}

// The sign "no entry", which stands on a closed street.
export function drawNoEntry(c, x, y, r) {
  c.beginPath(); c.arc(x, y, r, 0, 7); c.fillStyle = rgb(CLOSED); c.fill(); c.lineWidth = r / 5; c.strokeStyle = "#fff"; c.stroke();
  c.fillStyle = "#fff"; c.fillRect(x - 0.62 * r, y - 0.2 * r, 1.24 * r, 0.4 * r);
}
