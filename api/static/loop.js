// The life of a case as a picture: its twelve stages in a ring, what lies before it and beside it in the corners.
import { html } from "./vendor/htm-preact.js";

const RING = { x: 60, y: 46, r: 30 };
const CORNERS = { prevention: [2, 2], data: [92, 2], people: [2, 78], service: [92, 78] };
const WIDE = { x: 170, y: 122, r: 74 };
const WIDE_CORNERS = { prevention: [2, 4], data: [242, 4], people: [2, 214], service: [242, 214] };

const place = ({ x, y, r }, i, n, out = 0) => {
  const turn = (2 * Math.PI * i) / n - Math.PI / 2;
  return [x + (r + out) * Math.cos(turn), y + (r + out) * Math.sin(turn)];
};
// An arrow head on the ring, half-way from the last stage to the first: the next case begins.
const head = (ring, n, size) => {
  const [x, y] = place(ring, n - 0.5, n);
  return `translate(${x} ${y}) rotate(${(360 * (n - 0.5)) / n})` + ` scale(${size})`;
};
const names = (parts, beside) => Object.keys(parts).filter((name) => parts[name].beside === beside);

// Small: what is touched is large and full, the rest small and hollow; the label says it in words.
export function Loop({ parts, touched, label }) {
  const stages = names(parts, false);
  return html`<svg class="loop" viewBox="0 0 120 94" role="img" aria-label=${label}>
    <path class="before" d="M28 9 Q46 8 ${RING.x - 5} ${RING.y - RING.r - 4}" />
    <circle class="ring" cx=${RING.x} cy=${RING.y} r=${RING.r} />
    <path class="head" d="M-3 -3 L3 0 L-3 3 Z" transform=${head(RING, stages.length, 1)} />
    ${stages.map((name, i) => { const [x, y] = place(RING, i, stages.length), on = touched.includes(name);
      return html`<circle class=${on ? "on" : "off"} cx=${x} cy=${y} r=${on ? 6 : 3} />`; })}
    ${names(parts, true).map((name) => html`<rect class=${touched.includes(name) ? "on" : "off"} x=${CORNERS[name][0]} y=${CORNERS[name][1]} width="26" height="14" rx="4" />`)}
  </svg>`;
}

// Large, as the key to the small ones: each part by its name, with how many mechanisms act on it.
export function Key({ parts, counts, told, label }) {
  const stages = names(parts, false);
  return html`<svg class="loop key" viewBox="0 0 340 244" role="img" aria-label=${label}>
    <path class="before" d="M98 17 C128 17 140 26 ${WIDE.x - 11} ${WIDE.y - WIDE.r - 8}" />
    <circle class="ring" cx=${WIDE.x} cy=${WIDE.y} r=${WIDE.r} />
    <path class="head" d="M-3 -3 L3 0 L-3 3 Z" transform=${head(WIDE, stages.length, 2)} />
    ${stages.map((name, i) => { const [x, y] = place(WIDE, i, stages.length), [u, v] = place(WIDE, i, stages.length, 16);
      return html`<circle class="off" cx=${x} cy=${y} r="11" /><text class="count" x=${x} y=${y + 4}>${counts[name]}</text>
        <text x=${u} y=${v + (Math.abs(u - WIDE.x) < 2 ? (v < WIDE.y ? -2 : 10) : 4)} class=${Math.abs(u - WIDE.x) < 2 ? "middle" : u < WIDE.x ? "end" : ""}>${told(parts[name].title)}</text>`; })}
    ${names(parts, true).map((name) => { const [x, y] = WIDE_CORNERS[name];
      return html`<rect class="off" x=${x} y=${y} width="96" height="26" rx="6" /><text class="middle" x=${x + 48} y=${y + 17}>${told(parts[name].title)} ${counts[name]}</text>`; })}
  </svg>`;
}
