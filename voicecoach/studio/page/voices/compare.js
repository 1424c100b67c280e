// Voices side by side, on words of the routine or any others.

import { choose } from "../actions.js";
import * as api from "../api.js";
import { state, update } from "../state.js";
import { html, useEffect, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { hearText, stopHearing } from "./hear.js";
import { Unheard } from "./unheard.js";

export function Compare() {
  const [chosen, setChosen] = useState(0);
  const [typed, setTyped] = useState("");
  const [all, setAll] = useState(false);
  useEffect(() => followVoices(state.card?.language), [state.card?.language]);
  const phrases = pickPhrases(state.plan?.timeline.cues ?? []);
  const own = chosen >= phrases.length;
  const words = own ? typed.trim() : phrases[chosen];
  const voices = [...(state.voices[state.card?.language] ?? [])].sort((one, other) => other.ready - one.ready);
  const ready = voices.filter((each) => each.ready);
  const hearAll = async () => {
    setAll(true);
    for (const each of ready) if (!(await hearText(each.id, words, { voice: each.id }))) break;
    setAll(false);
  };
  return html`<section aria-labelledby="compare">
    <h2 id="compare">${t("voices compare")}</h2>
    <fieldset class="group">
      <legend>${t("voices words")}</legend>
      ${phrases.map((each, index) => html`<label class="check"><input type="radio" name="phrase" checked=${chosen === index}
        onChange=${() => setChosen(index)} /><span lang=${state.card?.language}>${each}</span></label>`)}
      <div class="own-words">
        ${phrases.length > 0 && html`<input type="radio" name="phrase" checked=${own} aria-label=${t("voices own words")}
          onChange=${() => setChosen(phrases.length)} />`}
        <input type="text" value=${typed} maxlength="300" list="phrases" placeholder=${t("voices own words")}
          aria-label=${t("voices own words")} lang=${state.card?.language} onInput=${(event) => {
            setTyped(event.target.value);
            setChosen(phrases.length);
          }} />
      </div>
      <datalist id="phrases">${listPhrases(state.plan?.timeline.cues ?? []).map((each) => html`<option value=${each} />`)}</datalist>
    </fieldset>
    <ul class="voices" aria-label=${t("voices compare")}>
      ${voices.map((each) => html`<${Voice} key=${each.id} voice=${each} words=${words} />`)}
    </ul>
    <div class="line">
      ${all && state.hearing
        ? html`<button onClick=${stopHearing}>${t("voices stop")}</button>`
        : html`<button onClick=${hearAll} disabled=${!words || ready.length < 2}>${t("voices all")}</button>`}
      ${state.choices.voice && html`<button onClick=${() => choose({ voice: undefined })}>${t("voices automatic")}</button>`}
      <span class="soft" role="status">${describeHearing(voices)}</span>
    </div>
  </section>`;
}

/** List the voices now, and each time somebody comes back to the page: a command may have installed one meanwhile. */
function followVoices(language) {
  if (!language) return undefined;
  const list = () => api.getVoices(language).then(({ voices }) => update({ voices: { ...state.voices, [language]: voices } }), () => {});
  list();
  window.addEventListener("focus", list);
  return () => window.removeEventListener("focus", list);
}

function describeHearing(voices) {
  const voice = voices.find((each) => each.id === state.hearing?.key);
  if (!voice) return "";
  return t(state.hearing.busy ? "voices waits" : "voices speaks", { name: voice.name });
}

function Voice({ voice, words }) {
  const { id, name, ready, hint } = voice;
  const used = id === (state.choices.voice ?? state.plan?.voice);
  const heard = state.hearing?.key === id;
  return html`<li class="voice" data-used=${used} data-heard=${heard}>
    <div>
      <strong>${name}</strong>${used && html` <span class="badge">✓ ${t(state.choices.voice ? "voices used" : "voices used best")}</span>`}
      <div class="soft">${describe(voice)}</div>
      ${!ready && html`<div>${t("voices command")} <code>${hint}</code></div>`}
      <${Unheard} name=${id} />
    </div>
    ${ready && html`<div class="line">
      <button onClick=${() => (heard ? stopHearing() : hearText(id, words, { voice: id }))} disabled=${!words}
        aria-label=${t(heard ? "voices stop" : "voices hear named", { name })}>${t(heard ? "voices stop" : "voices hear")}</button>
      <button onClick=${() => choose({ voice: id })} disabled=${id === state.choices.voice}
        aria-label=${t("voices use named", { name })}>${t("voices use")}</button>
    </div>`}
  </li>`;
}

function describe({ kind, languages, licence, megabytes }) {
  const named = t(`voices kind ${kind}`);
  const language = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
  return [
    named.startsWith("voices kind") ? kind : named,
    languages.length ? nameOf(language, languages[0]) : "",
    megabytes ? t("megabytes", { size: megabytes }) : "",
    licence,
  ].filter(Boolean).join(" · ");
}

function nameOf(names, tag) {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const listPhrases = (cues) => [...new Set(cues.filter((cue) => cue.track === "voice").map((cue) => cue.text))];

/** Three phrases that show a voice: a sentence, the words of a breath, and what is said at a change or a count. */
function pickPhrases(cues) {
  const spoken = cues.filter((cue) => cue.track === "voice");
  const sentence = spoken.find((cue) => cue.kind === "instruction" && cue.text.length > 40 && cue.text.length < 140);
  const found = [sentence, spoken.find((cue) => cue.kind === "breath"), spoken.find((cue) => ["change", "reminder"].includes(cue.kind))];
  const texts = new Set(found.filter(Boolean).map((cue) => cue.text));
  for (const each of listPhrases(cues)) if (texts.size < 3) texts.add(each);
  return [...texts];
}
