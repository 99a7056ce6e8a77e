// The page of passports: what stands behind every model of a hazard, and how well it did.
import { html, render, useEffect, useState } from "./vendor/htm-preact.js";
import { figure, get } from "./data.js";
import { say } from "./texts.js";

const saved = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));

function App() {
  const [language, setLanguage] = useState(saved.lang ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  const [passports, setPassports] = useState([]);
  const [trouble, setTrouble] = useState(null);
  const t = (key, values) => say(language, key, values);
  const told = (text) => text?.[language] ?? "";
  const go = (name) => { const place = document.getElementById(name); place?.scrollIntoView({ block: "start" }); place?.focus({ preventScroll: true }); };
  useEffect(() => { document.documentElement.lang = language; document.title = t("passportsTitle"); }, [language]);
  useEffect(() => { get("/api/passports").then(setPassports).catch((error) => setTrouble(error.text ?? { en: error.message, zh: error.message })); }, []);
  useEffect(() => { if (passports.length && saved.hazard) go(saved.hazard); }, [passports.length]);
  useEffect(() => { history.replaceState(null, "", `#${new URLSearchParams({ ...saved, lang: language })}`); }, [language]);
  return html`
    <header>
      <h1>${t("passportsTitle")}</h1>
      <nav><a href=${`/#lang=${language}`}>${t("toMain")}</a>
      <button type="button" lang=${language === "zh" ? "en" : "zh"} onClick=${() => setLanguage(language === "zh" ? "en" : "zh")}>${t("language")}</button></nav>
    </header>
    ${trouble && html`<p class="banner trouble" role="alert">${told(trouble)}</p>`}
    <main class="passports">
      <p class="intro">${t("passportsIntro")}</p>
      <nav class="contents" aria-label=${t("allHazards")}>${passports.map((one) => html`<button type="button" onClick=${() => go(one.name)}>${told(one.title)} <span class="soft">${one.measured.filter((row) => row.held).length}/${one.measured.length} ✓</span></button>`)}</nav>
      ${passports.map((one) => html`<${Passport} one=${one} t=${t} told=${told} />`)}
    </main>`;
}

function Passport({ one, t, told }) {
  const list = (items, name = "") => (items.length ? html`<ul class=${name}>${items.map((text) => html`<li>${typeof text === "string" ? text : told(text)}</li>`)}</ul>` : html`<p class="soft">${t("noneYet")}</p>`);
  return html`<article class="passport" id=${one.name} tabindex="-1" aria-labelledby=${`${one.name}-title`}>
    <h2 id=${`${one.name}-title`}>${told(one.title)} <code>${one.name}</code></h2>
    <h3>${t("equations")}</h3>${list(one.equations, "equations")}
    <h3>${t("assumptions")}</h3>${list(one.assumptions)}
    <h3>${t("valid")}</h3><p class="soft">${t("validTold")}</p>
    <${Table} label=${`${told(one.title)}: ${t("valid")}`} heads=${[["quantity"], ["lowest", "n"], ["highest", "n"], ["unit"]].map(([key, n]) => [t(key), n])} none=${t("noneYet")}
      rows=${one.valid.map((row) => [told(row.quantity), figure(row.low), figure(row.high), told(row.unit)])} />
    <h3>${t("benchmark")}</h3><p class="soft">${t("benchmarkTold")}</p>
    <${Table} label=${`${told(one.title)}: ${t("benchmark")}`} heads=${[["testCase"], ["expectedValue", "n"], ["gotValue", "n"], ["errorValue", "n"], ["tolerance", "n"], ["verdict"]].map(([key, n]) => [t(key), n])} none=${t("noneYet")}
      rows=${one.measured.map((row) => [told(row.case), exact(row.expected), exact(row.got), errorText(row.error, row), errorText(row.tolerance, row), row.held ? `✓ ${t("held")}` : `✗ ${t("notHeld")}`])} />
    <h3>${t("realCases")}</h3>${list(one.cases)}
    <h3>${t("limits")}</h3>${list(one.limits)}
    <h3>${t("writesFields")}</h3>
    <${Table} label=${`${told(one.title)}: ${t("writesFields")}`} heads=${[["quantity"], ["unit"], ["breaks"]].map(([key]) => [t(key)])} none=${t("noneYet")}
      rows=${one.writes.map((row) => [`${told(row.title)} (${t(`by_${row.place}`)})`, told(row.unit), row.labels.length ? row.labels.map(told).join(" · ") : row.scale.map(figure).join(" · ")])} />
    <h3>${t("opensOrders")}</h3>${list(one.opens)}
    <h3>${t("sources")}</h3>${list(one.sources)}
  </article>`;
}

// An error or a tolerance, in percent where it is relative.
const errorText = (x, { relative }) => (x === 0 ? "0" : x < 1e-6 ? (relative ? "< 0.0001 %" : "< 1e-6") : relative ? `${figure(100 * x)} %` : figure(x));

const exact = (x) => String(Number(x.toPrecision(6)));

function Table({ label, heads, rows, none }) {
  if (!rows.length) return html`<p class="soft">${none}</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${label}><table><thead><tr>${heads.map(([head, n]) => html`<th scope="col" class=${n ?? ""}>${head}</th>`)}</tr></thead>
    <tbody>${rows.map(([first, ...cells]) => html`<tr><th scope="row">${first}</th>${cells.map((cell, i) => html`<td class=${heads[i + 1][1] ?? ""}>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

render(html`<${App} />`, document.getElementById("app"));
