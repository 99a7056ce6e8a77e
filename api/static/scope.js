// What a lever is limited to: districts of the city, hours of the day, kinds of incidents; or why it takes no limit.
import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { get } from "./data.js";

const NONE = { districts: [], hours: null, incidents: [] };

export function Scope({ one, fields, incidents, city, turn, t, told }) {
  const scope = { ...NONE, ...fields.scope };
  const limited = scope.districts.length > 0 || scope.hours !== null || scope.incidents.length > 0;
  const [open, setOpen] = useState(limited);
  if (one.scope_refused) return html`<p class="soft" id=${`no-scope-${one.kind}`}>${told(one.scope_refused)}</p>`;
  const change = (part) => turn(one.kind, { scope: { ...scope, ...part } });
  return html`<details class="scope" id=${`scope-${one.kind}`} open=${open} onToggle=${(e) => setOpen(e.target.open)}>
    <summary aria-label=${t.pair(told(one.title), t("scope"))}>${t("scope")}</summary>
    ${open && html`<p class="soft">${t("everywhere")}</p>
      <${Districts} kind=${one.kind} chosen=${scope.districts} city=${city} change=${(districts) => change({ districts })} t=${t} told=${told} />
      <${Hours} kind=${one.kind} hours=${scope.hours} change=${(hours) => change({ hours })} t=${t} />
      <${Choices} name=${t("incidents")} id=${`incident-${one.kind}`} all=${Object.entries(incidents).map(([name, title]) => [name, told(title)])} chosen=${scope.incidents} change=${(chosen) => change({ incidents: chosen })} />`}
  </details>`;
}

function Choices({ name, id, all, chosen, change }) {
  const turn = (one, on) => change(on ? [...chosen, one] : chosen.filter((other) => other !== one));
  return html`<fieldset><legend>${name}</legend>${all.map(([one, title]) => html`<label class="inline"><input type="checkbox" id=${`${id}-${one}`}
    checked=${chosen.includes(one)} onChange=${(e) => turn(one, e.target.checked)} /> <span>${title}</span></label>`)}</fieldset>`;
}

// The districts are asked for when they are wanted: the default city may have to be built first. Those of another city stay.
function Districts({ kind, chosen, city, change, t, told }) {
  const [known, setKnown] = useState(null), [fault, setFault] = useState(null);
  useEffect(() => {
    get(`/api/districts${city ? `?city=${encodeURIComponent(city)}` : ""}`).then(setKnown)
      .catch((error) => { setKnown([]); setFault(error.text ?? { en: error.message, zh: error.message }); });
  }, [city]);
  if (known === null) return html`<p class="soft" role="status">${t.pair(t("districts"), t("loading"))}</p>`;
  const all = [...new Set([...known, ...chosen])];
  return html`${fault && html`<p class="banner trouble" role="alert">${told(fault)}</p>`}
    <${Choices} name=${t("districts")} id=${`district-${kind}`} all=${all.map((name) => [name, name])} chosen=${chosen} change=${change} />`;
}

// One hour alone is no limit yet: it is kept here until the other one is there.
function Hours({ kind, hours, change, t }) {
  const [[from, to], setShown] = useState((hours ?? ["", ""]).map(String));
  const show = (now) => {
    setShown(now);
    const whole = now.every((x) => /^\d+$/.test(x) && Number(x) <= 24) && Number(now[0]) !== Number(now[1]);
    change(whole ? now.map(Number) : null);
  };
  const field = (key, value, told) => html`<label>${t(key)}<input type="number" id=${`${key}-${kind}`} min="0" max="24" step="1" value=${value}
    aria-describedby=${`hours-told-${kind}`} onInput=${(e) => show(told(e.target.value))} /></label>`;
  return html`<fieldset><legend>${t("hours")}</legend><div class="hours">${field("hourFrom", from, (x) => [x, to])}${field("hourTo", to, (x) => [from, x])}</div>
    <p class="soft" id=${`hours-told-${kind}`}>${(from || to) && hours === null ? "⚠ " : ""}${t("bothHours")}</p></fieldset>`;
}
