// What stands beside the map of a run with hazards: the layer and its legend, the story, the warnings, and why somebody was late.
import { html, useEffect, useState } from "./vendor/htm-preact.js";
import { clock, figure, get } from "./data.js";
import { coloursOf, countsOf, placeAt, stepOf } from "./fields.js";
import { rgb } from "./style.js";

const NEAR = 9; // pixels within which a thin place is meant
const letter = (runs, i) => (runs.length > 1 ? `${i ? "B" : "A"}: ` : "");

// The fields of a run that a person may choose: the first one in which something happens comes first.
export const happens = (run, name) => (run.manifest.tables[`field.${name}`]?.rows ?? 0) > 0;
export const firstField = (runs) => runs[0].legend.fields.find(({ name }) => runs.some((run) => happens(run, name)))?.name ?? "";

// One step of a scale in words: what it is called, or from where to where it goes.
export function stepText({ scale, labels }, step, told) {
  if (labels?.length) return told(labels[step]);
  return step + 1 < scale.length ? `${figure(scale[step])} – ${figure(scale[step + 1])}` : `≥ ${figure(scale[step])}`;
}

export function FieldPanel({ runs, shown, choose, moments, fit, probe, mpp, t, told }) {
  const { fields } = runs[0].legend;
  if (!fields.length) return html`<p class="readout" role="status">${readout(runs, moments, probe, mpp, null, t, told)}</p>`;
  const unit = shown && (shown.labels.length ? "" : `, ${told(shown.unit)}`);
  return html`<section class="field" aria-label=${t("hazardLayer")}>
    <div class="row"><label>${t("hazardLayer")}<select id="field" value=${shown?.name ?? ""} onChange=${(e) => choose(e.target.value)}>
      <option value="">${t("noLayer")}</option>
      ${fields.map((field) => html`<option value=${field.name}>${told(field.title)}${runs.some((run) => happens(run, field.name)) ? "" : ` (${t("nothingYet")})`}</option>`)}</select></label>
      <button type="button" id="fit" disabled=${!shown} onClick=${fit}>${t("fit")}</button></div>
    ${shown && html`<p class="title">${told(shown.title)}${unit} <span class="soft">· ${t(`by_${shown.place}`)} · ${clock(moments.time)}</span></p><${Scale} runs=${runs} shown=${shown} moments=${moments} t=${t} told=${told} />`}
    <p class="readout" role="status" id="readout">${readout(runs, moments, probe, mpp, shown, t, told)}</p>
  </section>`;
}

function Scale({ runs, shown, moments, t, told }) {
  const colours = coloursOf(shown), counts = moments.map(({ field }) => (field ? countsOf(field, shown.scale) : shown.scale.map(() => 0)));
  return html`<ol class="scale">${shown.scale.map((_, step) => html`<li><span class="swatch" style=${{ background: rgb(colours[step]) }}></span>
    <span><b>${stepText(shown, step, told)}</b><br /><span class="soft">${t("counted", { n: counts.map((own, i) => `${letter(runs, i)}${own[step].toLocaleString("en")}`).join(" · ") })}</span></span></li>`)}
    ${shown.place === "cell" && html`<li><span class="swatch frame"></span> ${t("computed")}</li>`}</ol>`;
}

// What is true at the place that is pointed at, in words.
function readout(runs, moments, probe, mpp, shown, t, told) {
  if (!probe) return t("point");
  const at = ({ field, closed }) => {
    const shut = closed && closedAt(closed, probe, mpp) ? ` ⊗ ${t("streetClosed")}` : "";
    if (!shown || !field) return shut || t("nothingHere");
    const place = placeAt(field, probe.x, probe.y, NEAR * mpp), value = place < 0 ? 0 : field.values[place], step = stepOf(value, shown.scale);
    if (!step) return (place < 0 || shown.labels.length || value === 0 ? t("nothingHere") : t("belowScale", { x: figure(value), low: figure(shown.scale[0]) })) + shut;
    return (shown.labels.length ? told(shown.labels[step - 1]) : `${figure(value)} ${told(shown.unit)}`) + shut;
  };
  return moments.map((moment, i) => `${letter(runs, i)}${at(moment)}`).join(" · ");
}

function closedAt(closed, { x, y }, mpp) {
  const only = { ...closed, values: closed.values }, place = placeAt(only, x, y, NEAR * mpp);
  return place >= 0 && closed.values[place] >= 0.5;
}

export function Warnings({ runs, t, told }) {
  const rows = [...new Map(runs.flatMap((run) => run.legend.warnings).map((one) => [`${one.hazard} ${one.en}`, one])).values()];
  if (!rows.length) return null;
  return html`<section class="warnings" aria-label=${t("warnings")}><h2>⚠ ${t("warnings")}</h2><ul>${rows.map((one) => html`<li><b>${told(one.title)}</b> ${told(one)} <span class="soft">${clock(one.time)}</span>${" "}
    <a href=${`/passports#${new URLSearchParams({ hazard: one.hazard })}`}>${t("passport")}</a></li>`)}</ul></section>`;
}

export function Story({ runs, time, go, t, told }) {
  if (runs.every((run) => !run.legend.story.length)) return null;
  return html`<details id="story" open><summary>${t("story")}</summary>${runs.map((run, i) => html`<div class="scroll" tabindex="0" role="region" aria-label=${letter(runs, i) + t("story")}>
    ${runs.length > 1 && html`<h3>${i ? "B" : "A"}</h3>`}<ol class="story">${run.legend.story.map((one) => html`<li class=${one.time <= time ? "past" : ""}>
      <button type="button" class="link" onClick=${() => go(one)}>${clock(one.time)}</button> ${told(one.text)}${one.count > 1 ? html` <span class="soft">${t("times", { n: one.count, until: clock(one.until) })}</span>` : ""}</li>`)}</ol></div>`)}</details>`;
}

// The answer of each run to the question why an order took so long.
export function Why({ runs, asked, close, t, told }) {
  const [answers, setAnswers] = useState(null);
  useEffect(() => {
    let off = false;
    setAnswers(null);
    Promise.all(runs.map((run, i) => (asked[i] < 0 ? null : get(`/api/runs/${run.id}/why/${asked[i]}`)))).then((found) => { if (!off) setAnswers(found); })
      .catch((error) => { if (!off) setAnswers([{ headline: error.text ?? { en: error.message, zh: error.message }, parts: [], led: [] }]); });
    return () => { off = true; };
  }, [runs, asked.join()]);
  const causes = (list) => list.length > 0 && html`<ul class="causes">${list.map((one) => html`<li>← ${clock(one.time)} ${told(one.text)}</li>`)}</ul>`;
  return html`<section class="why" id="why" aria-label=${t("why")} aria-live="polite"><h2 tabindex="-1">${t("why")} <button type="button" onClick=${close}>${t("close")}</button></h2>
    ${!answers && html`<p>${t("loading")} …</p>`}
    ${answers?.map((answer, i) => answer && html`<div><p><b>${letter(runs, i)}${told(answer.headline)}</b></p><p>${told(answer.summary)}</p>
      <ol class="parts">${answer.parts.map((part) => html`<li><span class="bar" style=${{ width: `${(100 * part.seconds) / Math.max(...answer.parts.map((one) => one.seconds))}%` }}></span>
        <b class="n">${t("minutes", { x: (part.seconds / 60).toFixed(1) })}</b> ${told(part.text)}${causes(part.causes)}</li>`)}</ol>
      ${answer.led.length > 0 && html`<p>${t("ledTo")}</p>${causes(answer.led)}`}</div>`)}</section>`;
}
