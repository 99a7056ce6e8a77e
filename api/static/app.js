// The page: choose, run, watch, compare. State lives here; the map only draws what it is handed.
import { html, render, useEffect, useMemo, useRef, useState } from "./vendor/htm-preact.js";
import { EMERGENCIES, clock, crewsAt, figure, get, loadCity, loadRun, million, ordersAt, post } from "./data.js";
import { canvasMap } from "./map-canvas.js";
import { deckMap, hasWebgl } from "./map-deck.js";
import { lever as turnedOn, parsedOwn, requested, shareOf, toldOwn } from "./own.js";
import { CREWS, KINDS, drawShape, palette, rgb } from "./style.js";
import { say } from "./texts.js";

const permalink = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const SPEEDS = [60, 300, 900, 3600];
const LAYERS = { buildings: true, areas: false, grids: false, facilities: true, routine: true };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function App() {
  const saved = useMemo(permalink, []);
  const [language, setLanguage] = useState(saved.lang ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  const [choices, setChoices] = useState(null);
  const [wanted, setWanted] = useState({ scenario: saved.scenario ?? "flagship_day", a: saved.a ?? "P1", b: saved.b ?? "P2", seed: Number(saved.seed ?? 0), city: saved.city ?? "" });
  const [own, setOwn] = useState(() => parsedOwn(saved.own));
  const [jobs, setJobs] = useState(null);
  const [runs, setRuns] = useState([]);
  const [city, setCity] = useState(null);
  const [time, setTime] = useState(saved.t === undefined ? null : Number(saved.t));
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState(Number(saved.speed ?? 300));
  const [layers, setLayers] = useState({ ...LAYERS, ...(saved.layers ? Object.fromEntries(Object.keys(LAYERS).map((k) => [k, saved.layers.split(".").includes(k)])) : {}) });
  const [view, setView] = useState(saved.view ? (([x, y, mpp]) => ({ x, y, mpp }))(saved.view.split(",").map(Number)) : null);
  const [trouble, setTrouble] = useState(null);
  const [help, setHelp] = useState(false);
  const [comparison, setComparison] = useState(null);
  const t = (key, values) => say(language, key, values);
  const told = (text) => text?.[language] ?? "";

  useEffect(() => { document.documentElement.lang = language; document.title = t("title"); }, [language]);
  useEffect(() => {
    const tell = (error) => setTrouble(error.text ?? { en: error.message, zh: error.message });
    if (saved.runs) show(saved.runs.split(",")).catch(tell);
    Promise.all([get("/api/scenarios"), get("/api/policies"), get("/api/cities"), get("/api/kinds")])
      .then(([scenarios, policies, cities, kinds]) => setChoices({ scenarios, policies, cities, kinds })).catch(tell);
  }, []);
  useEffect(() => {
    if (!runs.length) return;
    const link = new URLSearchParams({
      ...wanted, ...(wanted.b === "own" ? { own: toldOwn(own) } : {}), runs: runs.map((run) => run.id).join(","), t: Math.round(time), speed, lang: language,
      layers: Object.keys(layers).filter((k) => layers[k]).join("."),
      ...(view ? { view: [view.x, view.y].map(Math.round).concat(view.mpp.toFixed(2)).join(",") } : {}),
    });
    const timer = setTimeout(() => history.replaceState(null, "", `#${link}`), 250);
    return () => clearTimeout(timer);
  }, [runs, Math.round(time / 60), speed, language, layers, view]);

  async function show(ids) {
    const [streets, ...loaded] = await Promise.all([loadCity(ids[0]), ...ids.map(loadRun)]);
    setCity({ ...streets, scene: loaded[0].scene });
    setView((now) => now ?? whole(streets.streets, loaded.length));
    setTime((now) => Math.min(loaded[0].orders.end, Math.max(loaded[0].orders.start, now ?? loaded[0].orders.start)));
    setRuns(loaded);
    setJobs(null);
  }

  const chosenB = () => (wanted.b === "own" ? { name: "own", ...requested(own) } : wanted.b);
  const mechanisms = `/mechanisms#${new URLSearchParams({ scenario: wanted.scenario, city: wanted.city, seed: wanted.seed, a: wanted.a, own: toldOwn(own), lang: language })}`;

  async function start(event) {
    event.preventDefault();
    setTrouble(null); setPlaying(false); setComparison(null);
    try {
      const policies = [wanted.a, ...(wanted.b && wanted.b !== wanted.a ? [chosenB()] : [])];
      setJobs(policies.map((policy) => ({ policy, status: "queued", progress: 0 }))); // the first answer waits for the city
      const started = await Promise.all(policies.map((policy) => post("/api/runs", { scenario: wanted.scenario, city: wanted.city || null, policy, seed: wanted.seed })));
      setJobs(started);
      const ended = await Promise.all(started.map((job, i) => follow("runs", job, (next) => setJobs((now) => now?.map((old, k) => (k === i ? { ...old, ...next } : old))))));
      const bad = ended.find((job) => job.status !== "complete");
      if (bad) { setJobs(null); if (bad.error) setTrouble(bad.error); return; }
      setView(null); setTime(null);
      await show(ended.map((job) => job.id));
    } catch (error) { setJobs(null); setTrouble(error.text ?? { en: error.message, zh: error.message }); }
  }

  async function follow(what, job, tell) {
    while (!["complete", "failed", "cancelled"].includes(job.status)) {
      await sleep(400);
      try { job = await get(`/api/${what}/${job.id}`); setTrouble(null); tell(job); } catch (error) {
        if (error.text) throw error;
        setTrouble({ en: say("en", "offline"), zh: say("zh", "offline") });
      }
    }
    return job;
  }

  async function compareMany() {
    try {
      const job = await post("/api/comparisons", { scenario: wanted.scenario, city: wanted.city || null, policies: [wanted.a, chosenB()], seeds: 20 });
      setComparison(job);
      const ended = await follow("comparisons", job, setComparison);
      setComparison(ended.status === "complete" ? await get(`/api/comparisons/${ended.id}`) : ended);
    } catch (error) { setTrouble(error.text ?? { en: error.message, zh: error.message }); }
  }

  const { start: begin, end } = runs.length ? runs[0].orders : { start: 0, end: 86400 };
  useEffect(() => {
    if (!playing) return;
    let last = performance.now(), handle;
    const tick = (now) => {
      const step = ((now - last) / 1000) * speed; last = now;
      setTime((old) => { if (old + step >= end) setPlaying(false); return Math.min(end, old + step); });
      handle = requestAnimationFrame(tick);
    };
    handle = requestAnimationFrame(tick);
    return () => cancelAnimationFrame(handle);
  }, [playing, speed, end]);

  const jump = () => {
    const { orders } = runs[0];
    for (let i = 0; i < orders.kind.length; i++)
      if (orders.onset[i] > time + 1 && EMERGENCIES.includes(orders.kinds[orders.kind[i]])) { setTime(orders.onset[i]); return; }
  };
  useEffect(() => {
    const keys = (event) => {
      if (event.ctrlKey || event.metaKey || keeps(event.target, event.key)) return;
      const pan = (x, y) => setView((v) => v && { ...v, x: v.x + x * 80 * v.mpp, y: v.y + y * 80 * v.mpp });
      const acts = {
        " ": () => runs.length && setPlaying((p) => !p), n: () => runs.length && jump(), "?": () => setHelp((h) => !h),
        ArrowLeft: () => (event.shiftKey ? pan(-1, 0) : setTime((s) => Math.max(begin, s - 300))),
        ArrowRight: () => (event.shiftKey ? pan(1, 0) : setTime((s) => Math.min(end, s + 300))),
        ArrowUp: () => event.shiftKey && pan(0, 1), ArrowDown: () => event.shiftKey && pan(0, -1),
        "+": () => zoom(setView, 0.8), "=": () => zoom(setView, 0.8), "-": () => zoom(setView, 1.25),
        0: () => city && setView(whole(city.streets, runs.length)), Escape: () => setHelp(false),
      };
      const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (act) { event.preventDefault(); act(); }
    };
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, [runs, time, city]);

  const synthetic = runs[0]?.manifest.city.synthetic;
  return html`
    <header>
      <h1>${t("title")}</h1>
      <nav><a href=${mechanisms}>${t("toMechanisms")}</a>
      <button type="button" lang=${language === "zh" ? "en" : "zh"} onClick=${() => setLanguage(language === "zh" ? "en" : "zh")}>${t("language")}</button></nav>
    </header>
    ${trouble && html`<p class="banner trouble" role="alert">${told(trouble)}</p>`}
    <main class=${runs.length ? "watching" : ""}>
      <section class="side" aria-label=${t("scenario")}>
        ${!runs.length && html`<p class="intro">${t("intro")}</p>`}
        <form onSubmit=${start}>
          <label>${t("scenario")}<select id="scenario" value=${wanted.scenario} onChange=${(e) => setWanted({ ...wanted, scenario: e.target.value })}>
            ${choices?.scenarios.map((s) => html`<option value=${s.name}>${told(s.title)} · ${s.residents?.toLocaleString("en")}</option>`)}</select></label>
          <label>${t("city")}<select id="city" value=${wanted.city} onChange=${(e) => setWanted({ ...wanted, city: e.target.value })}>
            <option value="">${t("ownCity")}</option>
            ${choices?.cities.map((c) => html`<option value=${c.id}>${c.name} · ${c.residents.toLocaleString("en")}${c.synthetic ? ` · ${t("made")}` : ""}</option>`)}</select></label>
          <label>${t("policyA")}<${Policies} id="policy-a" choices=${choices} value=${wanted.a} told=${told} set=${(a) => setWanted({ ...wanted, a })} /></label>
          <label>${t("policyB")}<${Policies} id="policy-b" choices=${choices} value=${wanted.b} told=${told} none=${t("none")} own=${t("own")} set=${(b) => setWanted({ ...wanted, b })} /></label>
          ${wanted.b === "own" && choices && html`<${OwnPolicy} kinds=${choices.kinds} own=${own} set=${setOwn} t=${t} told=${told} />`}
          <label>${t("seed")}<input type="number" id="seed" min="0" max="999999" value=${wanted.seed} onInput=${(e) => setWanted({ ...wanted, seed: Math.max(0, Math.floor(Number(e.target.value) || 0)) })} /></label>
          <button class="main" id="start" disabled=${!choices || jobs}>${t("start")}</button>
        </form>
        ${jobs && html`<div class="jobs" role="status">${jobs.map((job) => html`<p>${nameOf(job.policy)}: ${t(job.status)} <progress max="1" value=${job.progress} aria-label=${nameOf(job.policy)}></progress></p>`)}
          ${jobs.every((job) => job.id) && html`<button type="button" onClick=${() => jobs.forEach((job) => post(`/api/runs/${job.id}/cancel`).catch(() => null))}>${t("cancel")}</button>`}</div>`}
        ${runs.length > 0 && html`<${Indicators} runs=${runs} t=${t} told=${told} />`}
        ${runs.length > 1 && !comparison && html`<p class="soft">${t("oneDay")}</p><button type="button" id="compare" onClick=${compareMany}>${t("compare")}</button>`}
        ${comparison && html`<${Compared} job=${comparison} t=${t} told=${told} />`}
      </section>
      <section class="stage" aria-label=${t("map")}>
        ${synthetic && html`<p class="banner synthetic">⚠ ${t("synthetic")}</p>`}
        <${Map} runs=${runs} city=${city} time=${time} view=${view} setView=${setView} layers=${layers} t=${t} told=${told} />
        ${runs.length > 0 && html`
          <${Timeline} runs=${runs} time=${time} setTime=${setTime} begin=${begin} end=${end} t=${t} />
          <div class="controls">
            <button type="button" id="play" onClick=${() => setPlaying(!playing)} aria-pressed=${playing}>${playing ? "⏸" : "▶"} ${t(playing ? "pause" : "play")}</button>
            <label class="inline">${t("speed")} <select value=${speed} onChange=${(e) => setSpeed(Number(e.target.value))}>${SPEEDS.map((s) => html`<option value=${s}>×${s}</option>`)}</select></label>
            <button type="button" id="next" onClick=${jump}>${t("next")} »</button>
            <button type="button" onClick=${() => setHelp(!help)} aria-expanded=${help}>? ${t("help")}</button>
          </div>
          ${help && html`<p class="help" role="note">${t("helpText")} <button type="button" onClick=${() => setHelp(false)}>${t("close")}</button></p>`}
          <div class="panels">
            <fieldset><legend>${t("layers")}</legend>${Object.keys(LAYERS).map((key) => html`<label class="inline"><input type="checkbox" checked=${layers[key]} onChange=${(e) => setLayers({ ...layers, [key]: e.target.checked })} /> ${t(key)}</label>`)}</fieldset>
            <${Legend} t=${t} />
          </div>
          <${List} runs=${runs} time=${time} setTime=${setTime} t=${t} />`}
      </section>
    </main>`;
}

// Whether a focused control has a use of its own for a key.
const keeps = ({ tagName, type }, key) => tagName === "SELECT" || (tagName === "INPUT" && !["checkbox", "range"].includes(type))
  || (key === " " && ["BUTTON", "INPUT", "SUMMARY", "A"].includes(tagName)) || (type === "range" && key.startsWith("Arrow"));

const zoom = (setView, by) => setView((v) => v && { ...v, mpp: Math.min(200, Math.max(0.3, v.mpp * by)) });

function whole({ half }, panes) {
  const w = Math.min(innerWidth, 1600) * (innerWidth > 900 ? 0.72 : 1) / Math.max(1, panes), h = innerWidth > 900 ? innerHeight * 0.55 : 360;
  return { x: 0, y: 0, mpp: Math.max((2.1 * half[0]) / w, (2.1 * half[1]) / h) };
}

const nameOf = (policy) => policy?.name ?? policy;

function OwnPolicy({ kinds, own, set, t, told }) {
  const levers = Object.entries(kinds.levers).sort(([, a], [, b]) => (a.mechanism < b.mechanism ? -1 : 1));
  const turn = (kind, x) => { const { [kind]: _, ...others } = own.levers; set({ ...own, levers: x === null ? others : { ...own.levers, [kind]: { ...turnedOn(), ...own.levers[kind], intensity: x } } }); };
  const yuan = levers.reduce((sum, [kind, { cost }]) => sum + shareOf(own.levers[kind]) * cost.capex_yuan, 0);
  return html`<fieldset class="own"><legend>${t("own")}</legend>
    <label>${t("base")}<select id="own-base" value=${own.base} onChange=${(e) => set({ ...own, base: e.target.value })}>${["P0", "P1", "P2"].map((p) => html`<option value=${p}>${p}</option>`)}</select></label>
    ${Object.keys(own.set).length > 0 && html`<p class="soft">${t("fixed")}: ${Object.entries(own.set).map(([name, x]) => `${name} = ${figure(x)}`).join(" · ")}</p>`}
    <ul class="levers" tabindex="0" aria-label=${t("levers")}>${levers.map(([kind, lever]) => html`<li>
      <label class="inline"><input type="checkbox" id=${`lever-${kind}`} checked=${kind in own.levers} onChange=${(e) => turn(kind, e.target.checked ? 1 : null)} /> <span><b>${lever.mechanism}</b> ${told(lever.title)}</span></label>
      ${kind in own.levers && html`<input type="range" min="0.1" max="1" step="0.1" value=${own.levers[kind].intensity} aria-label=${`${told(lever.title)}: ${t("intensity")}`} aria-valuetext=${`${Math.round(100 * own.levers[kind].intensity)} %`} onInput=${(e) => turn(kind, Number(e.target.value))} />
        <p class="soft">${t("moves")}: ${lever.moves.map((name) => told(kinds.indicators[name].title)).join(" · ")}<br />${t("paid")}: ${lever.side_effects.map((side) => told(kinds.parameters[side.parameter].title)).join(" · ")}</p>`}</li>`)}</ul>
    <p class="soft">${t("invest", { x: million(yuan) })}</p></fieldset>`;
}

const Policies = ({ id, choices, value, told, none, own, set }) => html`<select id=${id} value=${value} onChange=${(e) => set(e.target.value)}>
  ${choices?.policies.map((p) => html`<option value=${p.name}>${p.name} · ${told(p.title)}</option>`)}${own && html`<option value="own">${own}</option>`}${none && html`<option value="">${none}</option>`}</select>`;

function moment(run, time, layers) {
  const orders = ordersAt(run.orders, time).map((o) => ({ ...o, urgent: EMERGENCIES.includes(o.kind) })).filter((o) => o.urgent || layers.routine);
  const crews = crewsAt(run.legs, time).map((crew) => ({ ...crew, name: run.legs.kinds[crew.kind] }));
  return { orders: orders.sort((a, b) => a.urgent - b.urgent), crews };
}

function Map({ runs, city, time, view, setView, layers, t, told }) {
  const holder = useRef(), maps = useRef([]), drag = useRef();
  const [renderer, setRenderer] = useState(null); // the final one; until then Canvas2D shows the picture
  const [, setMade] = useState(0);
  const add = (made) => { maps.current = [...maps.current, made]; made.setCity(city, city.scene); setMade((n) => n + 1); };
  const settle = (made) => {
    maps.current.filter((other) => other !== made).forEach((other) => other.close());
    maps.current = [made]; globalThis.jinlingMap = made; setRenderer(made.kind);
  };
  useEffect(() => {
    if (!city) return;
    if (maps.current.length) { maps.current.forEach((made) => made.setCity(city, city.scene)); return; }
    const first = canvasMap(holder.current);
    add(first);
    const forced = new URLSearchParams(location.search).get("renderer") === "canvas";
    // Asking for WebGL may take a second: the picture comes first.
    const upgrade = () => (hasWebgl() ? deckMap(holder.current, settle).then(add).catch(() => settle(first)) : settle(first));
    if (forced) settle(first); else setTimeout(upgrade, 100);
  }, [city]);
  const draw = () => {
    if (!maps.current.length || !runs.length || !view || time === null) return;
    const moments = runs.map((run) => moment(run, time, layers));
    maps.current.forEach((made) => made.draw(moments, view, layers));
    document.documentElement.dataset.drawn = "";
    if (renderer) document.documentElement.dataset.ready = renderer;
  };
  useEffect(draw, [runs, city, time, view, layers, renderer, maps.current.length]);
  useEffect(() => { const watch = new ResizeObserver(draw); watch.observe(holder.current); return () => watch.disconnect(); }, [runs, view, time, layers, renderer]);
  useEffect(() => {
    const wheel = (e) => { e.preventDefault(); zoom(setView, e.deltaY > 0 ? 1.15 : 0.87); };
    holder.current.addEventListener("wheel", wheel, { passive: false });
    return () => holder.current?.removeEventListener("wheel", wheel);
  }, []);
  const down = (e) => { drag.current = { x: e.clientX, y: e.clientY }; holder.current.setPointerCapture(e.pointerId); };
  const move = (e) => {
    if (!drag.current) return;
    const { x, y } = drag.current; drag.current = { x: e.clientX, y: e.clientY };
    setView((v) => v && { ...v, x: v.x - (e.clientX - x) * v.mpp, y: v.y + (e.clientY - y) * v.mpp });
  };
  return html`<div class="map" ref=${holder} tabindex="0" role="application" aria-label=${t("map")} onPointerDown=${down} onPointerMove=${move} onPointerUp=${() => { drag.current = null; }}>
    ${!runs.length && html`<p class="empty">${t("noMap")}</p>`}
    ${runs.map((run, i) => html`<strong class="name" style=${{ left: `${(100 / runs.length) * i}%` }}>${i ? "B" : "A"} · ${run.manifest.policy.name} ${told(run.manifest.policy.title)}</strong>`)}
    ${runs.length > 0 && html`<span class="clock" aria-live="off">${clock(time)}</span>
      <span class="zoom"><button type="button" aria-label="+" onClick=${() => zoom(setView, 0.7)}>+</button><button type="button" aria-label="−" onClick=${() => zoom(setView, 1.4)}>−</button></span>
      <span class="source">${city?.streets.attribution} ${renderer === "canvas" ? t("noWebgl") : ""}</span>`}
  </div>`;
}

function Timeline({ runs, time, setTime, begin, end, t }) {
  const canvas = useRef();
  useEffect(() => {
    const c = canvas.current, { orders } = runs[0], bins = orders.histogram.length / orders.kinds.length;
    c.width = c.clientWidth * (devicePixelRatio || 1); c.height = c.clientHeight * (devicePixelRatio || 1);
    const g = c.getContext("2d"), total = new Float32Array(bins), width = c.width / bins;
    for (let b = 0; b < bins; b++) for (let k = 0; k < orders.kinds.length; k++) total[b] += orders.histogram[k * bins + b];
    const top = Math.max(1, ...total);
    for (let b = 0; b < bins; b++) {
      let y = c.height;
      orders.kinds.forEach((kind, k) => {
        const h = (orders.histogram[k * bins + b] / top) * c.height;
        g.fillStyle = rgb((KINDS[kind] ?? KINDS.patrol_event).colour); g.fillRect(b * width, y - h, Math.max(1, width - 0.5), h); y -= h;
      });
    }
  }, [runs]);
  return html`<div class="timeline"><canvas ref=${canvas} aria-hidden="true"></canvas>
    <input type="range" id="time" min=${begin} max=${end} step="60" value=${time} onInput=${(e) => setTime(Number(e.target.value))} aria-label=${t("time")} aria-valuetext=${clock(time)} /></div>`;
}

function Legend({ t }) {
  return html`<fieldset><legend>${t("legend")}</legend><ul class="legend">
    ${Object.entries(KINDS).map(([kind, style]) => html`<li><${Sign} style=${style} /> ${t(kind)}</li>`)}
    ${Object.entries(CREWS).map(([kind, { colour, letter }]) => html`<li><span class="crew" style=${{ background: rgb(colour) }}>${letter}</span> ${t(kind)}</li>`)}
    <li><span class="crew square" aria-hidden="true"></span> ${t("facility")}</li></ul></fieldset>`;
}

function Sign({ style }) {
  const canvas = useRef();
  useEffect(() => {
    const c = canvas.current.getContext("2d");
    c.clearRect(0, 0, 36, 36); drawShape(c, style.shape, 18, 18, 11); c.fillStyle = rgb(style.colour); c.fill(); c.lineWidth = 2; c.strokeStyle = rgb(palette().ink); c.stroke();
  }, []);
  return html`<canvas ref=${canvas} width="36" height="36" class="sign" aria-hidden="true"></canvas>`;
}

const words = (a, b, row, t, told) => {
  if (a === null || b === null) return "–";
  const d = b - a;
  if (d === 0) return t("same");
  const good = row.better === "none" ? "" : (d < 0) === (row.better === "lower") ? ` ▲ ${t("better")}` : ` ▼ ${t("worse")}`;
  return t(d < 0 ? "less" : "more", { x: figure(Math.abs(d)), unit: told(row.unit) }) + good;
};

function Indicators({ runs, t, told }) {
  const [a, b] = runs.map((run) => run.indicators);
  return html`<h2>${t("indicators")}</h2><div class="scroll" tabindex="0" role="region" aria-label=${t("indicators")}><table>
    <thead><tr><th scope="col">${t("indicator")}</th>${runs.map((run) => html`<th scope="col" class="n">${run.manifest.policy.name}</th>`)}${b && html`<th scope="col">${t("difference")}</th>`}</tr></thead>
    <tbody>${Object.entries(a).map(([name, row]) => html`<tr><th scope="row">${told(row.title)}, ${told(row.unit)}</th><td class="n">${figure(row.value)}</td>
      ${b && html`<td class="n">${figure(b[name].value)}</td><td>${words(row.value, b[name].value, row, t, told)}</td>`}</tr>`)}</tbody></table></div>`;
}

function Compared({ job, t, told }) {
  if (job.status !== "complete") return html`<div role="status"><h2>${t("compare")}</h2><p>${t(job.status)} <progress max="1" value=${job.progress} aria-label=${t("compare")}></progress></p>
    <button type="button" onClick=${() => post(`/api/comparisons/${job.id}/cancel`).catch(() => null)}>${t("cancel")}</button></div>`;
  const { comparison: c } = job, policy = c?.policies[1].name;
  if (!c) return null;
  const verdict = (row, d) => (d.n === 0 ? "–" : d.sd === 0 && d.difference === 0 ? t("same") : !(d.n >= 10 && d.p_holm < 0.05) ? `? ${t("open")}`
    : (d.difference < 0) === (row.indicator.better === "lower") ? `▲ ${t("better")}` : `▼ ${t("worse")}`);
  return html`<h2 id="compared">${t("comparison", { n: c.seeds.length })}</h2><div class="scroll" tabindex="0" role="region" aria-label=${t("compare")}><table>
    <thead><tr><th scope="col">${t("indicator")}</th><th scope="col">${t("verdict")}</th><th scope="col" class="n">${t("difference")}</th><th scope="col" class="n">${t("interval")}</th></tr></thead>
    <tbody>${c.rows.map((row) => { const d = row.differences[policy]; return html`<tr><th scope="row">${told(row.indicator.title)}, ${told(row.indicator.unit)}</th><td>${verdict(row, d)}</td><td class="n">${figure(d.difference)}</td><td class="n">${figure(d.low)} … ${figure(d.high)}</td></tr>`; })}</tbody></table></div>
    <p><a href=${`/api/comparisons/${job.id}/report`} target="_blank" rel="noopener">${t("report")}</a></p>`;
}

function List({ runs, time, setTime, t }) {
  const { orders } = runs[0];
  const rows = useMemo(() => Array.from(orders.kind, (k, i) => i).filter((i) => EMERGENCIES.includes(orders.kinds[orders.kind[i]])), [runs]);
  const at = (run, stage, i) => (run.orders[stage][i] >= 0 ? clock(run.orders[stage][i]) : "–");
  return html`<details><summary>${t("list")} (${rows.length})</summary><div class="scroll" tabindex="0" role="region" aria-label=${t("list")}><table>
    <thead><tr><th scope="col">${t("kind")}</th><th scope="col">${t("onset")}</th>${runs.map((_, i) => html`<th scope="col">${i ? "B" : "A"} ${t("arrived")}</th><th scope="col">${i ? "B" : "A"} ${t("controlled")}</th>`)}</tr></thead>
    <tbody>${rows.map((i) => html`<tr class=${orders.onset[i] <= time ? "past" : ""}><th scope="row">${t(orders.kinds[orders.kind[i]])}</th><td><button type="button" class="link" onClick=${() => setTime(orders.onset[i])}>${clock(orders.onset[i])}</button></td>
      ${runs.map((run) => html`<td>${at(run, "arrive", i)}</td><td>${at(run, "control", i)}</td>`)}</tr>`)}</tbody></table></div></details>`;
}

render(html`<${App} />`, document.getElementById("app"));
