// Requests, binary frames, and what is true at a moment of a run.
export async function get(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw await fault(answer);
  return answer.json();
}

export async function post(path, body = {}) {
  const answer = await fetch(path, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw await fault(answer);
  return answer.json();
}

async function fault(answer) {
  const said = await answer.json().catch(() => ({}));
  return Object.assign(new Error(said.error?.en ?? `HTTP ${answer.status}`), { text: said.error });
}

const ARRAYS = { float32: Float32Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array };

export async function frame(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw await fault(answer);
  const buffer = await answer.arrayBuffer();
  const size = new DataView(buffer).getUint32(0, true);
  const { columns, ...meta } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)));
  const data = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(columns)) {
    const length = shape.reduce((a, b) => a * b, 1);
    data[name] = new ARRAYS[dtype](buffer, 4 + size + offset, length);
  }
  return { ...meta, ...data };
}

export async function loadRun(id) {
  const base = `/api/runs/${id}/frames`;
  const [scene, state, indicators, orders, legs, legend] = await Promise.all([
    get(`/api/runs/${id}/scene`), get(`/api/runs/${id}`), get(`/api/runs/${id}/indicators`),
    frame(`${base}/orders.bin`), frame(`${base}/legs.bin`), get(`/api/runs/${id}/legend`),
  ]);
  return { id, scene, manifest: state.manifest, indicators, orders, legs: indexed(legs), legend };
}

export async function loadCity(id) {
  const base = `/api/runs/${id}/frames`;
  const [streets, buildings, areas, facilities] = await Promise.all(
    ["streets", "buildings", "areas", "facilities"].map((name) => frame(`${base}/${name}.bin`)));
  return { streets, buildings, areas, facilities };
}

// The legs of each crew in order of time, so that a position is a binary search away.
function indexed(legs) {
  const byCrew = Array.from({ length: legs.home.length / 2 }, () => []);
  for (let leg = 0; leg < legs.crew.length; leg++) byCrew[legs.crew[leg]].push(leg);
  for (const own of byCrew) own.sort((a, b) => legs.t[legs.first[a]] - legs.t[legs.first[b]]);
  return { ...legs, byCrew };
}

// Where every crew is at time t: [x, y, kind, moving].
export function crewsAt(legs, t) {
  return legs.byCrew.map((own, crew) => {
    let lo = 0, hi = own.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (legs.t[legs.first[own[mid]]] <= t) lo = mid + 1; else hi = mid;
    }
    const kind = legs.kind[crew];
    if (lo === 0) return { x: legs.home[2 * crew], y: legs.home[2 * crew + 1], kind, moving: false, leg: -1 };
    return { ...along(legs, own[lo - 1], t), kind };
  });
}

function along(legs, leg, t) {
  const first = legs.first[leg], last = legs.first[leg + 1] - 1;
  if (t >= legs.t[last]) return { x: legs.xy[2 * last], y: legs.xy[2 * last + 1], moving: false, leg };
  let lo = first, hi = last;
  while (hi - lo > 1) {
    const mid = (lo + hi) >> 1;
    if (legs.t[mid] <= t) lo = mid; else hi = mid;
  }
  const span = legs.t[hi] - legs.t[lo];
  const s = span > 0 ? (t - legs.t[lo]) / span : 0;
  const at = (i) => legs.xy[2 * lo + i] * (1 - s) + legs.xy[2 * hi + i] * s;
  return { x: at(0), y: at(1), moving: true, leg };
}

// Orders that are open at time t, with how far they have come.
export function ordersAt(orders, t) {
  const open = [];
  for (let i = 0; i < orders.kind.length; i++) {
    if (orders.onset[i] > t) continue; // hazards open orders after the drawn ones
    const done = orders.control[i];
    if (done >= 0 && done <= t) continue;
    const met = orders.arrive[i] >= 0 && orders.arrive[i] <= t;
    const known = orders.detect[i] >= 0 && orders.detect[i] <= t;
    open.push({ i, x: orders.xy[2 * i], y: orders.xy[2 * i + 1], kind: orders.kinds[orders.kind[i]], met, known });
  }
  return open;
}

// Whether crews are sent to incidents of a kind at once.
export const isUrgent = (run, kind) => run.legend.incidents[kind]?.urgent ?? false;

export const clock = (t) => {
  const m = Math.floor(t / 60), day = Math.floor(t / 86400);
  return `${day ? `D${day + 1} ` : ""}${String(Math.floor(m / 60) % 24).padStart(2, "0")}:${String(m % 60).padStart(2, "0")}`;
};

export const figure = (x) => (x === null || x === undefined || !isFinite(x) ? "–"
  : Math.abs(x) >= 1000 ? Math.round(x).toLocaleString("en") : String(Number(x.toPrecision(3))));

export const million = (x) => figure(x / 1e6);
