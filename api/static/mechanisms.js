// The page of mechanisms: all that governance can change, and a policy put together from it.
import { html, render, useEffect, useMemo, useRef, useState } from "./vendor/htm-preact.js";
import { figure, get, million } from "./data.js";
import { Editor } from "./editor.js";
import { Key, Loop } from "./loop.js";
import { lever as turnedOn, parsedOwn, toldOwn } from "./own.js";
import { Scope } from "./scope.js";
import { say } from "./texts.js";

const saved = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

function App() {
  const [language, setLanguage] = useState(saved.lang ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  const [facts, setFacts] = useState(null);
  const [policies, setPolicies] = useState([]);
  const [own, setOwn] = useState(() => ({ name: saved.name ?? "own", ...parsedOwn(saved.own) }));
  const [against, setAgainst] = useState(saved.a ?? "P1");
  const [sought, setSought] = useState(saved.q ?? "");
  const [part, setPart] = useState(saved.part ?? "");
  const [trouble, setTrouble] = useState(null);
  const t = (key, values) => say(language, key, values);
  const told = (text) => text?.[language] ?? "";
  t.pair = (a, b) => (language === "zh" ? `${a}：${b}` : `${a}: ${b}`);

  useEffect(() => { document.documentElement.lang = language; document.title = t("mechanismsTitle"); }, [language]);
  useEffect(() => {
    Promise.all([get("/api/mechanisms"), get("/api/policies")]).then(([mechanisms, shipped]) => {
      setFacts(mechanisms); setPolicies(shipped); setAgainst((now) => (shipped.some((p) => p.name === now) ? now : "P1"));
    })
      .catch((error) => setTrouble(error.text ?? { en: error.message, zh: error.message }));
  }, []);
  const { scenario, city, seed } = saved; // what the main page had chosen comes back to it
  const kept = Object.fromEntries(Object.entries({ scenario, city, seed, lang: language, own: toldOwn(own) }).filter(([, x]) => x !== undefined));
  const main = `/#${new URLSearchParams({ ...kept, a: against, b: "own" })}`;
  useEffect(() => {
    const more = { a: against, ...(own.name !== "own" && { name: own.name }), ...(sought && { q: sought }), ...(part && { part }) };
    const timer = setTimeout(() => history.replaceState(null, "", `#${new URLSearchParams({ ...kept, ...more })}`), 250);
    return () => clearTimeout(timer);
  }, [language, own, against, sought, part]);

  const shown = useMemo(() => facts?.mechanisms.filter((m) => (!part || m.touches.includes(part)) && sought.trim().toLowerCase().split(/\s+/).every((word) => words(m).includes(word))), [facts, sought, part]);
  const counts = useMemo(() => facts && Object.fromEntries(Object.keys(facts.parts).map((name) => [name, facts.mechanisms.filter((m) => m.touches.includes(name)).length])), [facts]);
  const known = useMemo(() => Object.fromEntries((facts?.mechanisms ?? []).flatMap((m) => m.levers.map((one) => [one.kind, { ...one, mechanism: m.id }]))), [facts]);
  const turn = (kind, fields) => setOwn((now) => {
    const { [kind]: before, ...others } = now.levers;
    return { ...now, levers: fields === null ? others : { ...now.levers, [kind]: { ...turnedOn(), ...before, ...fields } } };
  });
  const goTo = (id) => { const place = document.getElementById(id); place?.scrollIntoView({ block: "start" }); place?.focus({ preventScroll: true }); };
  const seek = (id) => { setSought(""); setPart(""); setTimeout(() => goTo(id)); };
  const chosen = Object.keys(own.levers).length;

  return html`
    <header>
      <h1>${t("mechanismsTitle")}</h1>
      <nav><a href=${main}>${t("toMain")}</a>
      <button type="button" lang=${language === "zh" ? "en" : "zh"} onClick=${() => setLanguage(language === "zh" ? "en" : "zh")}>${t("language")}</button></nav>
    </header>
    ${trouble && html`<p class="banner trouble" role="alert">${told(trouble)}</p>`}
    <main class="mechanisms">
      <button type="button" class="skip" onClick=${() => goTo("editor")}>${t("toEditor")}</button>
      <section aria-label=${t("levers")}>
        <p class="intro">${t("mechanismsIntro")}</p>
        ${facts && html`
          <div class="find">
            <div><label>${t("search")}<input type="search" id="search" value=${sought} onInput=${(e) => setSought(e.target.value)} /></label>
              <label>${t("actsOn")}<select id="part" value=${part} onChange=${(e) => setPart(e.target.value)}><option value="">${t("anyPart")}</option>
                ${Object.entries(facts.parts).map(([name, { title }]) => html`<option value=${name}>${told(title)} (${counts[name]})</option>`)}</select></label>
              <p class="soft" role="status" id="found">${t("found", { n: shown.length, all: facts.mechanisms.length })}</p>
              <p class="soft">${t("loopHow")}</p></div>
            <${Key} parts=${facts.parts} counts=${counts} told=${told} label=${t("loopKey")} />
          </div>
          ${Object.entries(facts.groups).map(([name, title]) => { const members = shown.filter((m) => m.group === name);
            return members.length > 0 && html`<h2 class="group">${told(title)} <span class="soft">${members.length}</span></h2>
              ${members.map((m) => html`<${Mechanism} key=${m.id} m=${m} parts=${facts.parts} own=${own} turn=${turn} known=${known} incidents=${facts.incidents} city=${city} t=${t} told=${told} language=${language} />`)}`; })}`}
      </section>
      ${facts && html`<${Editor} own=${own} setOwn=${setOwn} turn=${turn} known=${known} policies=${policies} against=${against} setAgainst=${setAgainst} main=${main} seek=${seek} t=${t} told=${told} />`}
    </main>
    <button type="button" class="to-editor" onClick=${() => goTo("editor")}>${t("chosen", { n: chosen })} · ${t("toEditor")} ↓</button>`;
}

// Everything of a mechanism that a search may name, in both languages.
const words = (m) => [m.id, m.title, m.does, m.levers.map((one) => [one.kind, one.title, one.parameters.map((p) => [p.name, p.title]), [...one.moves, ...one.pays].map((i) => [i.name, i.title])]), m.named.map((n) => [n.name, n.title])]
  .flat(9).filter(Boolean).map((x) => (typeof x === "string" ? x : `${x.en} ${x.zh}`)).join(" ").toLowerCase();

function Mechanism({ m, parts, own, turn, known, incidents, city, t, told, language }) {
  const [open, setOpen] = useState(false);
  const acts = m.touches.map((name) => told(parts[name].title)).join(" · ");
  return html`<article class=${m.levers.some((one) => one.kind in own.levers) ? "mechanism chosen" : "mechanism"} id=${m.id} tabindex="-1" aria-labelledby=${`${m.id}-title`}>
    <h3 id=${`${m.id}-title`}><span class="id">${m.id}</span> ${language === "zh" ? m.title.zh : html`${m.title.en} <span class="original" lang="zh">${m.title.zh}</span>`}</h3>
    <${Loop} parts=${parts} touched=${m.touches} label=${t.pair(t("actsOn"), acts)} />
    <div class="does"><p>${told(m.does)}</p><p class="soft">${t.pair(t("actsOn"), acts)}</p></div>
    <div>
      ${[...new Set(m.named.map((one) => one.kind ?? "notYet"))].map((kind) => html`<p class="soft">${t.pair(t(kind), m.named.filter((one) => (one.kind ?? "notYet") === kind).map((one) => told(one.title) || one.name).join(" · "))}</p>`)}
      ${!m.levers.length && m.as === "lever" && html`<p class="soft">${t("noLever")}</p>`}
      ${m.levers.map((one) => html`<${LeverOf} one=${one} fields=${own.levers[one.kind]} open=${open} turn=${turn} known=${known} incidents=${incidents} city=${city} t=${t} told=${told} />`)}
      ${m.levers.length > 0 && html`<button type="button" class="link" aria-expanded=${open} aria-label=${t.pair(t(open ? "hide" : "details"), told(m.title))} onClick=${() => setOpen(!open)}>${open ? "▾" : "▸"} ${t(open ? "hide" : "details")}</button>`}
    </div>
  </article>`;
}

function LeverOf({ one, fields, open, turn, known, incidents, city, t, told }) {
  const on = fields !== undefined;
  const prices = [["capexOf", one.cost.capex_yuan], ["opexOf", one.cost.opex_yuan_per_year], ["staffOf", one.cost.staff_h_per_case]];
  const slider = (field) => html`<label>${t(field)} <output>${Math.round(100 * (fields?.[field] ?? 1))} %</output><input type="range" id=${`${field}-${one.kind}`} min="0" max="1" step="0.05" value=${fields?.[field] ?? 1}
    aria-label=${t.pair(told(one.title), t(field))} aria-valuetext=${`${Math.round(100 * (fields?.[field] ?? 1))} %`} onInput=${(e) => turn(one.kind, { [field]: Number(e.target.value) })} /></label>`;
  return html`<div class="lever">
    <label class="inline"><input type="checkbox" id=${`lever-${one.kind}`} checked=${on} onChange=${(e) => turn(one.kind, e.target.checked ? {} : null)} /> <span>${t.pair(t("use"), "")}<b>${told(one.title)}</b></span></label>
    ${(on || open) && html`<div class="sliders">${slider("intensity")}${slider("compliance")}</div>`}
    ${on && html`<${Scope} one=${one} fields=${fields} incidents=${incidents} city=${city} turn=${turn} t=${t} told=${told} />`}
    <p class="soft">▲ ${t.pair(t("moves"), one.moves.map((i) => told(i.title)).join(" · "))}<br />▼ ${t.pair(t("paid"), [...one.pays.map((i) => told(i.title)), ...one.parameters.filter((p) => p.factor !== null).map((p) => told(p.title))].join(" · "))}<br />
      ¥ ${t.pair(t("cost"), prices.filter(([, x]) => x > 0).map(([key, x]) => t(key, { x: key === "staffOf" ? figure(x) : million(x) })).join(" · "))}${one.requires.length > 0 && html`<br />${t.pair(t("needs"), one.requires.map((kind) => told(known[kind]?.title) || kind).join(" · "))}`}</p>
    ${open && html`<${Parameters} one=${one} t=${t} told=${told} /><${Measured} one=${one} t=${t} told=${told} />`}
  </div>`;
}

function Parameters({ one, t, told }) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.pair(told(one.title), t("parameters"))}><table>
    <thead><tr><th scope="col">${t("parameter")}</th><th scope="col" class="n">${t("siloed")} P0</th><th scope="col" class="n">${t("today")} P1</th><th scope="col" class="n">${t("reform")} P2</th><th scope="col" class="n">${t("fullyOn")}</th><th scope="col" class="n">${t("range")}</th><th scope="col">${t("restsOn")}</th></tr></thead>
    <tbody>${one.parameters.map((p) => html`<tr><th scope="row">${p.factor === null ? "▲" : "▼"} ${told(p.title)}, ${told(p.unit)}</th>${p.values.map((x) => html`<td class="n">${figure(x)}</td>`)}
      <td class="n">${p.on !== null ? figure(p.on) : p.factor !== null ? `× ${figure(p.factor)}` : "–"}</td><td class="n">${figure(p.range[0])} … ${figure(p.range[1])}</td>
      <td class="basis">${told(p.basis)}${p.assumption && html` <span class="tag">${t("assumption")}</span>`}</td></tr>`)}</tbody></table></div>`;
}

const signed = (x) => `${x > 0 ? "+" : ""}${figure(x)}`;

function Measured({ one, t, told }) {
  const verdict = ({ better, measured: { difference, p } }) => (!(p < 0.05) ? `? ${t("open")}` : (difference < 0) === (better === "lower") ? `▲ ${t("better")}` : `▼ ${t("worse")}`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${t.pair(told(one.title), t("measured"))}><table>
    <caption>${t("measured")}</caption>
    <thead><tr><th scope="col">${t("indicator")}</th><th scope="col">${t("verdict")}</th><th scope="col" class="n">${t("off")}</th><th scope="col" class="n">${t("fullyOn")}</th><th scope="col" class="n">${t("change")}</th><th scope="col" class="n">${t("interval")}</th></tr></thead>
    <tbody>${[...one.moves, ...one.pays].map((i) => html`<tr><th scope="row">${told(i.title)}, ${told(i.unit)}</th>${i.measured
      ? html`<td class="verdict">${verdict(i)}</td><td class="n">${figure(i.measured.before)}</td><td class="n">${figure(i.measured.after)}</td><td class="n">${signed(i.measured.difference)}</td><td class="n">${signed(i.measured.low)} … ${signed(i.measured.high)} (n = ${i.measured.n})</td>`
      : html`<td colspan="5">${t("notMeasured")}</td>`}</tr>`)}</tbody></table></div>`;
}

render(html`<${App} />`, document.getElementById("app"));
