// The choices beside the ring. Each has a slider or a list, and a number that can be typed.

import { choose, introduction } from "./actions.js";
import { LEAST, measureTaps, MOST, PHASES, readBreath, writeBreath } from "./breath.js";
import { More } from "./more.js";
import { state, update } from "./state.js";
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { number, t } from "./words.js";

export function Controls() {
  const { card, plan, panel } = state;
  const first = useRef();
  useEffect(() => {
    if (!panel) return undefined;
    first.current.focus();
    const leave = (event) => event.key === "Escape" && !event.target.closest("dialog") && closeSheet();
    document.addEventListener("keydown", leave);
    return () => document.removeEventListener("keydown", leave);
  }, [panel]);
  return html`<aside id="choices" class="choices" data-open=${panel} aria-label=${t("choices")}>
    <button class="sheet-close" ref=${first} onClick=${closeSheet}>${t("close")}</button>
    <${Breath} written=${card?.breath} planned=${plan?.breath} />
    <${Amount} />
    <${Words} card=${card} />
    ${card?.sides && html`<${Sides} />`}
    <${Parts} card=${card} />
    <${Voice} card=${card} />
    <${Sounds} card=${card} />
    <${More} card=${card} />
  </aside>`;
}

/** Close the sheet that the choices are on narrow screens; the focus goes back to what opened it. */
function closeSheet() {
  update({ panel: false });
  document.querySelector(".sheet-button").focus();
}

function Breath({ written, planned }) {
  const chosen = state.choices.breath;
  const text = chosen ?? planned ?? written ?? "4-6";
  const breath = readBreath(text) ?? { inhale: 4, hold: 0, exhale: 6, pause: 0 };
  const change = (phase, seconds) => choose({ breath: writeBreath({ ...breath, [phase]: seconds }) });
  return html`<fieldset class="group">
    <legend>${t("your breath")}</legend>
    ${!readBreath(text) && html`<p class="soft">${t("breath of routine", { breath: text })}</p>`}
    ${PHASES.map((phase) => html`<${Slider} key=${phase} label=${t(`phase ${phase}`)} unit=${t("s")} value=${breath[phase]}
      least=${LEAST[phase]} most=${MOST[phase]} step=${0.1} coarse=${0.5} onChange=${(value) => change(phase, value)} />`)}
    <p class="soft">${t("per minute", { number: number(60 / PHASES.reduce((sum, phase) => sum + breath[phase], 0)) })}</p>
    <${Taps} />
    ${chosen && html`<button class="link" onClick=${() => choose({ breath: undefined })}>${t("breath as written", { breath: written ?? "" })}</button>`}
  </fieldset>`;
}

/** A field of a number: what is typed stays while it is typed, and when it is left, the nearest number that is allowed counts. */
function useNumber(value, { least, most, whole = false }, take, clear = () => {}) {
  const [typed, setTyped] = useState(null);
  const onInput = (event) => {
    const { value: text } = event.target;
    const found = Number(text);
    setTyped(text);
    if (text === "") clear();
    else if (found >= least && found <= most && !(whole && found % 1)) take(found);
  };
  const settle = (event) => {
    if (event.type === "blur" && typed === null) return;
    const { value: text } = event.target;
    const found = Math.min(most, Math.max(least, whole ? Math.round(Number(text)) : Number(text)));
    if (text === "") event.target.value = value ?? "";
    else if (found !== Number(text)) take(found);
    setTyped(null);
  };
  return { value: typed ?? value ?? "", onInput, onChange: settle, onBlur: settle };
}

/** A slider with a number beside it; both say the same. */
export function Slider({ label, unit, value, least, most, step, coarse = step, onChange }) {
  const typed = useNumber(value, { least, most: 10 * most }, onChange);
  return html`<label class="slider">
    <span class="slider-name">${label}</span>
    <input type="range" min=${least} max=${most} step=${coarse} value=${value} aria-label=${label}
      aria-valuetext=${`${number(value)} ${unit}`} onInput=${(event) => onChange(Number(event.target.value))} />
    <input type="number" min=${least} step=${step} aria-label=${`${label}, ${unit}`} ...${typed} />
    <span class="unit">${unit}</span>
  </label>`;
}

function Taps() {
  const [times, setTimes] = useState(null);
  const next = useRef();
  const acted = useRef(false); // the focus stays where it is before the first click
  useEffect(() => {
    if (acted.current) next.current.focus();
  }, [times === null]);
  const show = (shown) => {
    acted.current = true;
    setTimes(shown);
  };
  const tap = () => {
    const all = [...(times ?? []), performance.now()].slice(-13);
    setTimes(all);
    const found = all.length >= 5 && measureTaps(all);
    if (found) choose({ breath: writeBreath(found) });
  };
  if (!times) return html`<button ref=${next} onClick=${() => show([])}>${t("tap my breath")}</button>`;
  return html`<div class="taps">
    <p>${t("tap help")}</p>
    <button class="tap" ref=${next} onClick=${tap}>${t(times.length % 2 === 0 ? "tap in" : "tap out")}</button>
    <button class="link" onClick=${() => show(null)}>${t("done")}</button>
    <p class="soft" role="status">${t("tapped", { count: Math.floor(times.length / 2), number: Math.floor(times.length / 2) })}</p>
  </div>`;
}

/** A number or nothing: nothing leaves it to the routine. */
export function NumberField({ label, unit = "", value, least, most, step = 1, whole = false, usual = t("own"), onChange }) {
  const typed = useNumber(value, { least, most, whole }, onChange, () => onChange(undefined));
  return html`<label class="field"><span>${label}</span>
    <input type="number" min=${least} max=${most} step=${step} placeholder=${usual} ...${typed} />
    <span class="unit">${unit}</span></label>`;
}

function Amount() {
  const { rounds, length } = state.choices;
  const minutes = length ? Number(length.replace("s", "")) / 60 : undefined;
  return html`<fieldset class="group">
    <legend>${t("length and rounds")}</legend>
    <${NumberField} label=${t("rounds")} value=${rounds} least=${1} most=${100} whole
      onChange=${(value) => choose({ rounds: value, length: undefined })} />
    <${NumberField} label=${t("exact length")} unit=${t("min")} value=${minutes} least=${0.5} most=${720} step=${0.5}
      onChange=${(value) => choose({ length: value === undefined ? undefined : `${Math.round(value * 60)}s`, rounds: undefined })} />
  </fieldset>`;
}

/** One of several values; `silent` says that another choice leaves none of them. */
function Choice({ label, name, values, usual, silent = false }) {
  return html`<label class="field"><span>${label}</span>
    <select disabled=${silent} value=${silent ? "none" : (state.choices[name] ?? usual)} onChange=${(event) => choose({ [name]: event.target.value === usual ? undefined : event.target.value })}>
      ${values.map((each) => html`<option value=${each}>${t(`${name} ${each}`)}</option>`)}
    </select></label>`;
}

function Words({ card }) {
  const languages = state.library?.routines.find((each) => each.id === state.id)?.languages ?? [];
  return html`<fieldset class="group">
    <legend>${t("words")}</legend>
    <${Choice} label=${t("guidance")} name="guidance" values=${["full", "fading", "brief", "cues", "tones"]} usual="full" />
    <${Choice} label=${t("intro")} name="intro" values=${["full", "short", "none"]} usual=${state.intro ?? "full"} />
    ${introduction() === "short" && !state.choices.intro && html`<p class="soft">${t("intro heard")}</p>`}
    ${languages.length > 1 && html`<label class="field"><span>${t("language")}</span>
      <select value=${state.choices.language ?? ""} onChange=${(event) => choose({ language: event.target.value || undefined, voice: undefined })}>
        ${languages.map((code, index) => html`<option value=${index ? code : ""}>${nameLanguage(code)}</option>`)}
      </select></label>`}
    ${card?.greets && html`<label class="field"><span>${t("with name")}</span>
      <input type="text" maxlength="60" autocomplete="off" value=${state.choices.with_name ?? ""} placeholder=${t("nobody")}
        onChange=${(event) => choose({ with_name: event.target.value.trim() || undefined })} /></label>`}
  </fieldset>`;
}

function nameLanguage(code) {
  return new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(code) ?? code;
}

function Sides() {
  const chosen = state.choices.side ?? "both";
  return html`<fieldset class="group">
    <legend>${t("sides")}</legend>
    <div class="segments">
      ${["left", "both", "right"].map((side) => html`<label class="segment" data-side=${side}>
        <input type="radio" name="side" value=${side} checked=${chosen === side}
          onChange=${() => choose({ side: side === "both" ? undefined : side })} />
        <span>${side === "left" ? "◀ " : ""}${t(`side ${side}`)}${side === "right" ? " ▶" : ""}</span></label>`)}
    </div>
    <${Choice} label=${t("first side")} name="first" values=${["own", "left", "right"]} usual="own" />
  </fieldset>`;
}

function Parts({ card }) {
  const parts = Object.entries(card?.parts ?? {});
  const parameters = Object.entries(card?.parameters ?? {});
  if (parts.length < 2 && !parameters.length) return null;
  const { skip = [], with_: added = [], set = {} } = state.choices;
  const toggle = (name, optional, wanted) => {
    const [key, list] = optional ? ["with_", added] : ["skip", skip];
    const rest = list.filter((each) => each !== name);
    const names = optional === wanted ? [...rest, name] : rest;
    choose({ [key]: names.length ? names : undefined });
  };
  return html`<fieldset class="group">
    <legend>${t(parts.length > 1 ? "parts" : "values")}</legend>
    ${parts.length > 1 && parts.map(([name, optional]) => html`<label class="check">
      <input type="checkbox" checked=${optional ? added.includes(name) : !skip.includes(name)}
        onChange=${(event) => toggle(name, optional, event.target.checked)} />
      <span>${titleOf(name)}</span></label>`)}
    ${parameters.map(([name, usual]) => html`<label class="field"><span>${name}</span>
      <input type="text" value=${set[name] ?? usual} onChange=${(event) => {
        const { [name]: _, ...rest } = set;
        const changed = event.target.value && event.target.value !== usual ? { ...rest, [name]: event.target.value } : rest;
        choose({ set: Object.keys(changed).length ? changed : undefined });
      }} /></label>`)}
  </fieldset>`;
}

function titleOf(name) {
  return state.library?.routines.find((each) => each.id === name)?.title ?? name;
}

function Voice({ card }) {
  const voices = (state.voices[card?.language] ?? []).filter((each) => each.ready);
  const chosen = state.choices.voice;
  const automatic = state.plan && !state.choices.voice ? voices.find((each) => each.id === state.plan.voice)?.name ?? "" : "";
  return html`<fieldset class="group">
    <legend>${t("voice")}</legend>
    <label class="field"><span>${t("voice")}</span>
      <select value=${state.choices.voice ?? ""} onChange=${(event) => choose({ voice: event.target.value || undefined })}>
        <option value="">${automatic ? t("best voice named", { name: automatic }) : t("best voice")}</option>
        ${voices.map((each) => html`<option value=${each.id}>${each.name}</option>`)}
        ${chosen && !voices.some((each) => each.id === chosen) && html`<option value=${chosen}>${t(chosen.startsWith("recorded:") ? "voices mine" : "voices other", { name: chosen })}</option>`}
      </select></label>
    <a href=${`#/voices/${encodeURIComponent(state.id)}`}>${t("voices link")}</a>
    <${NumberField} label=${t("rate")} unit=${t("words a minute")} value=${state.choices.rate} least=${105} most=${400} step=${5} whole usual=${t("usual")}
      onChange=${(value) => choose({ rate: value })} />
  </fieldset>`;
}

function Sounds({ card }) {
  const asleep = state.choices.sleep ?? card?.sounds?.sleep ?? false; // such sessions have no bells
  return html`<fieldset class="group">
    <legend>${t("sounds")}</legend>
    <${Choice} label=${t("bells")} name="chime" values=${["end", "none", "soft", "bell"]} usual="end" silent=${asleep} />
    ${!state.choices.clear && html`<${Choice} label=${t("background")} name="bed" values=${["none", "rain", "waves", "brown", "pad"]} usual="none" />`}
    ${state.choices.bed && !state.choices.clear && html`<${NumberField} label=${t("bed level")} unit=${t("lu")} value=${state.choices.bed_level} least=${20} most=${60} usual="24"
      onChange=${(value) => choose({ bed_level: value })} />`}
  </fieldset>`;
}
