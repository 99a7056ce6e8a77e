// The policy at the side: what is chosen, what it changes and costs, as a file, and on to the city.
import { html, useEffect, useRef, useState } from "./vendor/htm-preact.js";
import { figure, million, post } from "./data.js";
import { limits, ownOf, requested } from "./own.js";

const NAME = "[A-Za-z0-9_\\-]{1,60}";

export function Editor({ own, setOwn, turn, known, policies, against, setAgainst, main, seek, t, told }) {
  const [checked, setChecked] = useState(null);
  const [difference, setDifference] = useState(null);
  const [fault, setFault] = useState(null);
  const [said, setSaid] = useState("");
  const file = useRef(), latest = useRef(0);
  const wrong = (error) => setFault(error.text ?? { en: error.message, zh: error.message });

  useEffect(() => {
    const mine = ++latest.current, is = () => mine === latest.current; // an older answer comes too late
    const timer = setTimeout(async () => {
      try {
        const policy = requested(own), found = await post("/api/policies/check", { policy });
        if (!is()) return;
        setChecked(found); setFault(null);
        const told = against === own.base || found.missing.length ? found.changes : await post("/api/policies/difference", { first: against, second: { ...policy, name: "own" } });
        if (is()) setDifference(told);
      } catch (error) { if (is()) { setChecked(null); setDifference(null); wrong(error); } }
    }, 200);
    return () => clearTimeout(timer);
  }, [own, against]);

  async function open(event) {
    const [chosen] = event.target.files;
    if (!chosen) return;
    try { setOwn(ownOf((await post("/api/policies/check", { yaml: await chosen.text() })).policy)); setSaid(t("opened", { name: chosen.name })); } catch (error) { wrong(error); setSaid(""); }
    event.target.value = "";
  }
  function download() {
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([checked.yaml], { type: "application/yaml" })), download: `${own.name}.yaml` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
  async function copy() {
    try { await navigator.clipboard.writeText(checked.yaml); } catch { // a page without a lock on it has no clipboard
      const area = Object.assign(document.createElement("textarea"), { value: checked.yaml });
      document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
    }
    setSaid(t("copied"));
  }
  const chosen = Object.entries(own.levers).sort(([a], [b]) => ((known[a]?.mechanism ?? a) < (known[b]?.mechanism ?? b) ? -1 : 1));
  const missing = checked?.missing ?? [];
  const ready = checked && !missing.length && difference;
  const percent = (x) => `${Math.round(100 * x)} %`;
  return html`<aside class="editor" id="editor" tabindex="-1" aria-label=${t("own")}>
    <h2>${t("own")}</h2>
    <div class="pair"><label>${t("name")}<input id="own-name" value=${own.name} pattern=${NAME} maxlength="60" onInput=${(e) => setOwn({ ...own, name: e.target.value })} /></label>
      <label>${t("base")}<select id="own-base" value=${own.base} onChange=${(e) => setOwn({ ...own, base: e.target.value })}>${policies.filter((p) => p.name === p.base).map((p) => html`<option value=${p.name}>${p.name} · ${told(p.title)}</option>`)}</select></label></div>
    ${!chosen.length && html`<p class="soft">${t("noneChosen")}</p>`}
    <ul class="choices">${chosen.map(([kind, fields]) => html`<li><button type="button" class="link" onClick=${() => seek(known[kind]?.mechanism)}>${known[kind]?.mechanism ?? "?"} ${told(known[kind]?.title) || kind}</button>
      <button type="button" class="small" aria-label=${t.pair(t("remove"), told(known[kind]?.title) || kind)} onClick=${() => turn(kind, null)}>✕</button>
      <span class="soft">${t("intensity")} ${percent(fields.intensity)} · ${t("compliance")} ${percent(fields.compliance)}${limits(fields) && html`<br />${t.pair(t("limited"), limits(fields))}`}</span></li>`)}
      ${Object.entries(own.set).map(([name, x]) => html`<li><span>${name} = ${figure(x)} <span class="tag">${t("fixed")}</span></span>
      <button type="button" class="small" aria-label=${t.pair(t("remove"), name)} onClick=${() => setOwn({ ...own, set: Object.fromEntries(Object.entries(own.set).filter(([other]) => other !== name)) })}>✕</button></li>`)}</ul>
    ${fault && html`<p class="banner trouble" role="alert">${told(fault)}</p>`}
    ${missing.map(({ lever, needs }) => html`<p class="banner synthetic" role="status">${t("isMissing", { lever: told(known[lever]?.title) || lever, needs: told(known[needs]?.title) || needs })} <button type="button" onClick=${() => turn(needs, {})}>${t("add")}</button></p>`)}
    ${checked && chosen.length > 0 && !missing.length && html`<p class="soft">✓ ${t("nothingMissing")}</p>`}
    <div class="buttons"><button type="button" id="open-yaml" onClick=${() => file.current.click()}>${t("openYaml")}</button><input type="file" ref=${file} id="yaml-file" hidden accept=".yaml,.yml" aria-label=${t("openYaml")} onChange=${open} />
      <button type="button" id="download" disabled=${!checked} onClick=${download}>${t("download")}</button><button type="button" id="copy" disabled=${!checked} onClick=${copy}>${t("copy")}</button></div>
    <p class="soft" role="status">${said}</p>
    <label>${t("compareWith")}<select id="against" value=${against} onChange=${(e) => setAgainst(e.target.value)}>${policies.map((p) => html`<option value=${p.name}>${p.name} · ${told(p.title)}</option>`)}</select></label>
    ${ready && html`<p><a class="go" id="go" href=${main}>${t("go")}</a></p>`}
    ${difference && html`<${Changes} difference=${difference} t=${t} told=${told} />`}
  </aside>`;
}

// What differs before anything runs: the price, levers where the other policy has some too, and parameters.
function Changes({ difference: { first, levers, parameters, cost }, t, told }) {
  const percent = (x) => `${Math.round(100 * x)} %`;
  const yuan = (row, x) => (row.name === "staff_h_per_case" ? figure(x) : `${million(x)}`);
  const others = levers.filter((one) => one.before > 0);
  return html`<h3>${t("differs", { name: first.name })}</h3>
    <div class="scroll" tabindex="0" role="region" aria-label=${t("cost")}><table id="cost"><thead><tr><th scope="col">${t("cost")}</th><th scope="col" class="n">${first.name}</th><th scope="col" class="n">${t("own")}</th></tr></thead>
      <tbody>${cost.map((row) => html`<tr><th scope="row">${told(row.title)}, ${row.name === "staff_h_per_case" ? told(row.unit) : t(row.name)}</th><td class="n">${yuan(row, row.before)}</td><td class="n">${yuan(row, row.after)}</td></tr>`)}</tbody></table></div>
    ${others.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t("leversDiffer")}><table id="levers-differ"><thead><tr><th scope="col">${t("leversDiffer")}</th><th scope="col" class="n">${first.name}</th><th scope="col" class="n">${t("own")}</th></tr></thead>
      <tbody>${levers.map((one) => html`<tr><th scope="row">${one.mechanism} ${told(one.title)}${one.scopes.some(Boolean) && html`<br /><span class="soft">${one.scopes.map((scope) => scope || "–").join(" → ")}</span>`}</th><td class="n">${percent(one.before)}</td><td class="n">${percent(one.after)}</td></tr>`)}</tbody></table></div>`}
    ${parameters.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${t("parametersDiffer", { n: parameters.length })}><table id="parameters-differ"><thead><tr><th scope="col">${t("parametersDiffer", { n: parameters.length })}</th><th scope="col" class="n">${t("before")}</th><th scope="col" class="n">${t("after")}</th></tr></thead>
      <tbody>${parameters.map((p) => html`<tr><th scope="row">${told(p.title)}, ${told(p.unit)}${p.assumption && html` <span class="tag">${t("assumption")}</span>`}</th><td class="n">${figure(p.before)}</td><td class="n">→ ${figure(p.after)}</td></tr>`)}</tbody></table></div>` : html`<p class="soft">${t("nothingDiffers")}</p>`}`;
}
