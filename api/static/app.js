// The page: choose, run, watch, compare. State lives here; the map only draws what it is handed.
import { html, render, useEffect, useMemo, useRef, useState } from "./vendor/htm-preact.js";
import { clock, crewsAt, figure, get, isUrgent, loadCity, loadRun, million, ordersAt, post } from "./data.js";
import { extentOf, fieldOf } from "./fields.js";
import { FieldPanel, Story, Warnings, Why, firstField } from "./hazards.js";
import { canvasMap } from "./map-canvas.js";
import { deckMap, hasWebgl } from "./map-deck.js";
import { lever as turnedOn, parsedOwn, requested, shareOf, toldOwn } from "./own.js";
import { drawShape, palette, rgb, stylesOf } from "./style.js";
import { say } from "./texts.js";

const permalink = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
const SPEEDS = [60, 300, 900, 3600];
const LAYERS = { buildings: true, areas: false, grids: false, facilities: true, routine: true, closed: true };
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
  const [fields, setFields] = useState({ name: "", of: [], closed: [] }); // of each run: the hazard layer that is shown, and closed streets
  const [probe, setProbe] = useState(null); // the place on the map that is pointed at
  const [asked, setAsked] = useState(null); // the orders of which it is asked why they took so long
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
      layers: Object.keys(layers).filter((k) => layers[k]).join("."), field: fields.name,
      ...(view ? { view: [view.x, view.y].map(Math.round).concat(view.mpp.toFixed(2)).join(",") } : {}),
    });
    const timer = setTimeout(() => history.replaceState(null, "", `#${link}`), 250);
    return () => clearTimeout(timer);
  }, [runs, Math.round(time / 60), speed, language, layers, view, fields.name]);

  async function show(ids) {
    const [streets, ...loaded] = await Promise.all([loadCity(ids[0]), ...ids.map(loadRun)]);
    const wish = (new URLSearchParams(location.hash.slice(1))).get("field");
    const name = wish === "" || loaded[0].legend.fields.some((field) => field.name === wish) ? wish : firstField(loaded);
    const [of, closed] = await Promise.all([fieldsOf(loaded, name), Promise.all(loaded.map((run) => fieldOf(run.id, "closures")))]);
    setFields({ name, of, closed });
    setCity({ ...streets, scene: loaded[0].scene, styles: stylesOf(loaded[0].legend) });
    setView((now) => now ?? around(streets.streets, loaded, name, of));
    setTime((now) => Math.min(loaded[0].orders.end, Math.max(loaded[0].orders.start, now ?? loaded[0].orders.start)));
    setRuns(loaded); setAsked(null); setProbe(null);
    setJobs(null);
  }

  // Show another layer of the hazards, or none where the name is "".
  async function choose(name) {
    const of = await fieldsOf(runs, name);
    setFields((now) => ({ ...now, name, of }));
  }
  const another = (by) => {
    const names = ["", ...runs[0].legend.fields.map((field) => field.name)];
    choose(names[(names.indexOf(fields.name) + by + names.length) % names.length]);
  };
  const shown = runs[0]?.legend.fields.find((field) => field.name === fields.name) ?? null;
  const fit = () => setView(around(city.streets, runs, fields.name, fields.of));

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
    let next = Infinity;
    for (let i = 0; i < orders.kind.length; i++)
      if (orders.onset[i] > time + 1 && isUrgent(runs[0], orders.kinds[orders.kind[i]])) next = Math.min(next, orders.onset[i]);
    if (next <= orders.end) setTime(next);
  };
  useEffect(() => {
    const keys = (event) => {
      if (event.ctrlKey || event.metaKey || keeps(event.target, event.key)) return;
      const pan = (x, y) => setView((v) => v && { ...v, x: v.x + x * 80 * v.mpp, y: v.y + y * 80 * v.mpp });
      const acts = {
        " ": () => runs.length && setPlaying((p) => !p), n: () => runs.length && jump(), "?": () => setHelp((h) => !h),
        f: () => runs.length && another(event.shiftKey ? -1 : 1), c: () => setLayers((now) => ({ ...now, closed: !now.closed })),
        z: () => runs.length && fit(), v: () => view && setProbe({ x: view.x, y: view.y }),
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
  }, [runs, time, city, fields, view]);

  const synthetic = runs[0]?.manifest.city.synthetic;
  const moments = runs.map((run, i) => moment(run, time, layers, fields.of[i], layers.closed ? fields.closed[i] : null, shown));
  moments.time = time;
  const go = ({ time: then, at }) => { setTime(Math.min(end, Math.max(begin, then))); if (at) { setView((v) => ({ ...v, x: at[0], y: at[1] })); setProbe({ x: at[0], y: at[1] }); } };
  return html`
    <header>
      <h1>${t("title")}</h1>
      <nav><a href=${mechanisms}>${t("toMechanisms")}</a> <a href=${`/passports#lang=${language}`}>${t("toPassports")}</a>
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
        ${runs.length > 0 && html`<${Warnings} runs=${runs} t=${t} told=${told} /><${Indicators} runs=${runs} t=${t} told=${told} />`}
        ${runs.length > 1 && !comparison && html`<p class="soft">${t("oneDay")}</p><button type="button" id="compare" onClick=${compareMany}>${t("compare")}</button>`}
        ${comparison && html`<${Compared} job=${comparison} t=${t} told=${told} />`}
      </section>
      <section class="stage" aria-label=${t("map")}>
        ${synthetic && html`<p class="banner synthetic">⚠ ${t("synthetic")}</p>`}
        <${Map} runs=${runs} city=${city} time=${time} moments=${moments} view=${view} setView=${setView} layers=${layers} probe=${probe} setProbe=${setProbe} t=${t} told=${told} />
        ${runs.length > 0 && html`
          <${FieldPanel} runs=${runs} shown=${shown} choose=${choose} moments=${moments} fit=${fit} probe=${probe} mpp=${view?.mpp ?? 10} t=${t} told=${told} />
          <${Timeline} styles=${city.styles} runs=${runs} time=${time} setTime=${setTime} begin=${begin} end=${end} t=${t} />
          <div class="controls">
            <button type="button" id="play" onClick=${() => setPlaying(!playing)} aria-pressed=${playing}>${playing ? "⏸" : "▶"} ${t(playing ? "pause" : "play")}</button>
            <label class="inline">${t("speed")} <select value=${speed} onChange=${(e) => setSpeed(Number(e.target.value))}>${SPEEDS.map((s) => html`<option value=${s}>×${s}</option>`)}</select></label>
            <button type="button" id="next" onClick=${jump}>${t("next")} »</button>
            <button type="button" onClick=${() => setHelp(!help)} aria-expanded=${help}>? ${t("help")}</button>
          </div>
          ${help && html`<p class="help" role="note">${t("helpText")} <button type="button" onClick=${() => setHelp(false)}>${t("close")}</button></p>`}
          <div class="panels">
            <fieldset><legend>${t("layers")}</legend>${Object.keys(LAYERS).map((key) => html`<label class="inline"><input type="checkbox" checked=${layers[key]} onChange=${(e) => setLayers({ ...layers, [key]: e.target.checked })} /> ${t(key)}</label>`)}</fieldset>
            <${Legend} runs=${runs} styles=${city.styles} t=${t} told=${told} />
          </div>
          <${Story} runs=${runs} time=${time} go=${go} t=${t} told=${told} />
          <${List} runs=${runs} time=${time} setTime=${setTime} ask=${setAsked} t=${t} told=${told} />
          ${asked && html`<${Why} runs=${runs} asked=${asked} close=${() => setAsked(null)} t=${t} told=${told} />`}`}
      </section>
    </main>`;
}

// Whether a focused control has a use of its own for a key.
const keeps = ({ tagName, type }, key) => tagName === "SELECT" || (tagName === "INPUT" && !["checkbox", "range"].includes(type))
  || (key === " " && ["BUTTON", "INPUT", "SUMMARY", "A"].includes(tagName)) || (type === "range" && key.startsWith("Arrow"));

const zoom = (setView, by) => setView((v) => v && { ...v, mpp: Math.min(200, Math.max(0.3, v.mpp * by)) });

const fieldsOf = (runs, name) => Promise.all(runs.map((run) => (name && run.manifest.fields?.[name] ? fieldOf(run.id, name) : null)));

// The view that shows all that a hazard ever does to its places; the whole city where it does nothing.
function around(streets, runs, name, of) {
  const { scale } = runs[0].legend.fields.find((field) => field.name === name) ?? {};
  const boxes = of.map((field) => field && extentOf(field, scale)).filter(Boolean);
  if (!boxes.length) return whole(streets, runs.length);
  const [left, lower, right, upper] = [0, 1, 2, 3].map((k) => (k < 2 ? Math.min : Math.max)(...boxes.map((box) => box[k])));
  const all = whole(streets, runs.length), { w, h } = pane(runs.length);
  return { x: (left + right) / 2, y: (lower + upper) / 2, mpp: Math.min(all.mpp, Math.max(1.2, (1.3 * (right - left)) / w, (1.3 * (upper - lower)) / h)) };
}

function pane(panes) {
  return { w: (Math.min(innerWidth, 1600) * (innerWidth > 900 ? 0.72 : 1)) / Math.max(1, panes), h: innerWidth > 900 ? innerHeight * 0.55 : 360 };
}

function whole({ half }, panes) {
  const { w, h } = pane(panes);
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

function moment(run, time, layers, field, closed, shown) {
  const orders = ordersAt(run.orders, time).map((o) => ({ ...o, urgent: isUrgent(run, o.kind) })).filter((o) => o.urgent || layers.routine);
  const crews = crewsAt(run.legs, time).map((crew) => ({ ...crew, name: run.legs.kinds[crew.kind] }));
  field?.moveTo(time); closed?.moveTo(time);
  return { orders: orders.sort((a, b) => a.urgent - b.urgent), crews, field: shown && field, closed, shown };
}

function Map({ runs, city, time, moments, view, setView, layers, probe, setProbe, t, told }) {
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
    maps.current.forEach((made) => made.draw(moments, view, layers, city.styles));
    document.documentElement.dataset.drawn = "";
    if (renderer) document.documentElement.dataset.ready = renderer;
  };
  useEffect(draw, [runs, city, time, view, layers, renderer, maps.current.length, moments.map((m) => [m.shown?.name, m.field?.name, m.field?.version, m.closed?.version]).join()]);
  useEffect(() => { const watch = new ResizeObserver(draw); watch.observe(holder.current); return () => watch.disconnect(); }, [runs, view, time, layers, renderer, moments]);
  useEffect(() => {
    const wheel = (e) => { e.preventDefault(); zoom(setView, e.deltaY > 0 ? 1.15 : 0.87); };
    holder.current.addEventListener("wheel", wheel, { passive: false });
    return () => holder.current?.removeEventListener("wheel", wheel);
  }, []);
  const spot = (e) => { // the place under the pointer, m
    const box = holder.current.getBoundingClientRect(), width = box.width / Math.max(1, runs.length), x = (e.clientX - box.left) % width;
    return view && { x: view.x + (x - width / 2) * view.mpp, y: view.y - (e.clientY - box.top - box.height / 2) * view.mpp };
  };
  const down = (e) => { setProbe(spot(e)); drag.current = { x: e.clientX, y: e.clientY }; holder.current.setPointerCapture(e.pointerId); };
  const move = (e) => {
    if (!drag.current) { if (e.pointerType === "mouse") setProbe(spot(e)); return; }
    const { x, y } = drag.current; drag.current = { x: e.clientX, y: e.clientY };
    setView((v) => v && { ...v, x: v.x - (e.clientX - x) * v.mpp, y: v.y + (e.clientY - y) * v.mpp });
  };
  return html`<div class="map" ref=${holder} tabindex="0" role="application" aria-label=${t("map")} onPointerDown=${down} onPointerMove=${move} onPointerUp=${() => { drag.current = null; }}>
    ${!runs.length && html`<p class="empty">${t("noMap")}</p>`}
    ${runs.map((run, i) => html`<strong class="name" style=${{ left: `${(100 / runs.length) * i}%` }}>${i ? "B" : "A"} · ${run.manifest.policy.name} ${told(run.manifest.policy.title)}</strong>`)}
    ${probe && view && runs.map((_, i) => { const x = 100 * ((i + 0.5) / runs.length); return html`<span class="probe" aria-hidden="true" style=${{ left: `calc(${x}% + ${(probe.x - view.x) / view.mpp}px)`, top: `calc(50% - ${(probe.y - view.y) / view.mpp}px)` }}></span>`; })}
    ${runs.length > 1 && renderer === "webgl" && html`<span class="divider" aria-hidden="true"></span>`}
    ${runs.length > 0 && html`<span class="clock" aria-live="off">${clock(time)}</span>
      <span class="zoom"><button type="button" aria-label="+" onClick=${() => zoom(setView, 0.7)}>+</button><button type="button" aria-label="−" onClick=${() => zoom(setView, 1.4)}>−</button></span>
      <span class="source">${city?.streets.attribution} ${renderer === "canvas" ? t("noWebgl") : ""}</span>`}
  </div>`;
}

function Timeline({ runs, styles, time, setTime, begin, end, t }) {
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
        g.fillStyle = rgb(styles.kinds[kind].colour); g.fillRect(b * width, y - h, Math.max(1, width - 0.5), h); y -= h;
      });
    }
  }, [runs]);
  return html`<div class="timeline"><canvas ref=${canvas} aria-hidden="true"></canvas>
    <input type="range" id="time" min=${begin} max=${end} step="60" value=${time} onInput=${(e) => setTime(Number(e.target.value))} aria-label=${t("time")} aria-valuetext=${clock(time)} /></div>`;
}

function Legend({ runs, styles, t, told }) {
  const { incidents, crews } = runs[0].legend, kinds = Object.keys(incidents).sort((a, b) => incidents[b].urgent - incidents[a].urgent);
  return html`<fieldset><legend>${t("legend")}</legend><ul class="legend">
    ${kinds.map((kind) => html`<li><${Sign} style=${styles.kinds[kind]} /> ${told(incidents[kind].title)}</li>`)}
    ${runs[0].legs.kinds.map((kind) => html`<li><span class="crew" style=${{ background: rgb(styles.crews[kind].colour) }}>${styles.crews[kind].letter}</span> ${told(crews[kind].title)}</li>`)}
    <li><span class="closed" aria-hidden="true"></span> ${t("streetClosed")}</li>
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
    <tbody>${Object.entries(a).filter(([name, row]) => row.value !== null || (b && b[name].value !== null)).map(([name, row]) => html`<tr><th scope="row">${told(row.title)}, ${told(row.unit)}</th><td class="n">${figure(row.value)}</td>
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

// All calls of the runs, side by side where they are the same incident.
function List({ runs, time, setTime, ask, t, told }) {
  const rows = useMemo(() => {
    const found = new globalThis.Map();
    runs.forEach((run, r) => run.orders.kind.forEach((k, i) => {
      const kind = run.orders.kinds[k], key = `${kind} ${run.orders.incident[i]}`;
      if (!isUrgent(run, kind)) return;
      if (!found.has(key)) found.set(key, { kind, onset: run.orders.onset[i], at: runs.map(() => -1) });
      found.get(key).at[r] = i;
    }));
    return [...found.values()].sort((a, b) => a.onset - b.onset);
  }, [runs]);
  const at = (run, stage, i) => (i >= 0 && run.orders[stage][i] >= 0 ? clock(run.orders[stage][i]) : "–");
  return html`<details id="list"><summary>${t("list")} (${rows.length})</summary><div class="scroll" tabindex="0" role="region" aria-label=${t("list")}><table>
    <thead><tr><th scope="col">${t("kind")}</th><th scope="col">${t("onset")}</th>${runs.map((_, i) => html`<th scope="col">${i ? "B" : "A"} ${t("arrived")}</th><th scope="col">${i ? "B" : "A"} ${t("controlled")}</th>`)}<th scope="col">${t("why")}</th></tr></thead>
    <tbody>${rows.map(({ kind, onset, at: row }) => html`<tr class=${onset <= time ? "past" : ""}><th scope="row">${told(runs[0].legend.incidents[kind].title)}</th><td><button type="button" class="link" onClick=${() => setTime(onset)}>${clock(onset)}</button></td>
      ${runs.map((run, r) => html`<td>${at(run, "arrive", row[r])}</td><td>${at(run, "control", row[r])}</td>`)}<td><button type="button" class="link ask" aria-label=${`${t("why")} ${told(runs[0].legend.incidents[kind].title)} ${clock(onset)}`} onClick=${() => ask(row)}>${t("askWhy")}</button></td></tr>`)}</tbody></table></div></details>`;
}

render(html`<${App} />`, document.getElementById("app"));
