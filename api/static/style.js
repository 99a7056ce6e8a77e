// Colours and shapes, shared by both renderers and the legend. Okabe and Ito's palette; every kind has a shape.
export const KINDS = {
  medical: { colour: [86, 180, 233], shape: "circle" },
  cardiac_arrest: { colour: [204, 121, 167], shape: "heart" },
  building_fire: { colour: [213, 94, 0], shape: "triangle" },
  lift_entrapment: { colour: [240, 200, 40], shape: "square" },
  hotline_ticket: { colour: [0, 158, 115], shape: "diamond" },
  patrol_event: { colour: [150, 150, 150], shape: "dot" },
};
export const CREWS = {
  ambulance: { colour: [0, 114, 178], letter: "A" },
  fire_engine: { colour: [190, 40, 20], letter: "F" },
  lift_crew: { colour: [150, 110, 0], letter: "L" },
};
export const ROAD_WIDTH = (road) => ({ motorway: 16, trunk: 14, primary: 12, secondary: 10, tertiary: 8 })[road] ?? 5;

export const palette = () => (matchMedia("(prefers-color-scheme: dark)").matches
  ? { ground: [18, 24, 30], road: [92, 106, 120], major: [140, 150, 130], building: [44, 54, 64], area: [110, 140, 190], ink: [235, 240, 245] }
  : { ground: [246, 247, 244], road: [190, 196, 202], major: [226, 190, 120], building: [222, 224, 228], area: [90, 110, 170], ink: [20, 30, 40] });

export const rgb = ([r, g, b], a = 1) => `rgba(${r},${g},${b},${a})`;

// Draw a kind's shape around (x, y); the only place where shapes are known.
export function drawShape(c, shape, x, y, r) {
  c.beginPath();
  if (shape === "square") c.rect(x - r, y - r, 2 * r, 2 * r);
  else if (shape === "triangle") { c.moveTo(x, y - 1.3 * r); c.lineTo(x + 1.2 * r, y + r); c.lineTo(x - 1.2 * r, y + r); c.closePath(); }
  else if (shape === "diamond") { c.moveTo(x, y - 1.2 * r); c.lineTo(x + 1.2 * r, y); c.lineTo(x, y + 1.2 * r); c.lineTo(x - 1.2 * r, y); c.closePath(); }
  else if (shape === "heart") { c.moveTo(x, y + 1.2 * r); c.bezierCurveTo(x - 2.2 * r, y - 0.4 * r, x - 0.9 * r, y - 1.9 * r, x, y - 0.6 * r); c.bezierCurveTo(x + 0.9 * r, y - 1.9 * r, x + 2.2 * r, y - 0.4 * r, x, y + 1.2 * r); }
  else c.arc(x, y, shape === "dot" ? r * 0.6 : r, 0, 7);
}
