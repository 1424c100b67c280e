// The screen on which a session plays: the ring, the words, the timeline, and the choices beside them.

import { choose, player, skip, skipChapter, togglePlay } from "./actions.js";
import { Controls } from "./controls.js";
import { findLast } from "./place.js";
import { isLost, Missing } from "./missing.js";
import { Problems } from "./problems.js";
import { Ring } from "./ring.js";
import { state, update } from "./state.js";
import { Lanes, Strip } from "./timeline.js";
import { usePlace } from "./use-place.js";
import { html, useRef, useState } from "./vendor/preact.js";
import { clock, t } from "./words.js";

export function Play() {
  const { plan, card, problems, missing } = state;
  if (isLost()) return html`<${Missing} />`;
  const title = plan?.timeline.title ?? card?.title ?? "";
  return html`
    <div class="play">
      <section class="stage" aria-label=${title}>
        <div class="line">
          <a class="back" href="#/">${t("all exercises")}</a>
          <h1>${title}</h1>
          <${Tabs} />
          <button class="sheet-button" aria-expanded=${state.panel} aria-controls="choices"
            onClick=${() => update({ panel: !state.panel })}>${t("choices")}</button>
          <button onClick=${() => update({ exporting: true })} disabled=${!plan}>${t("export")}</button>
        </div>
        ${missing && html`<p class="note problem" role="alert">${t("file gone")}</p>`}
        ${state.text !== null && !missing && html`<p class="note">${t("draft heard")}</p>`}
        <${Problems} problems=${problems} kept=${Boolean(plan)} suggestions=${state.suggestions} />
        ${plan ? html`<${Session} plan=${plan} />` : html`<p class="wait">${waitingText()}</p>`}
      </section>
      <${Controls} />
    </div>`;
}

/** The views of a routine: as it plays, as cards, its text, and its voices. */
export function Tabs() {
  const id = encodeURIComponent(state.id);
  return html`<nav class="tabs" aria-label=${t("views")}>
    ${["play", "form", "write", "voices"].map((screen) => html`<a href=${`#/${screen}/${id}`} aria-current=${state.screen === screen ? "page" : undefined}>${t(`view ${screen}`)}</a>`)}
  </nav>`;
}

function waitingText() {
  return state.problems.length || state.missing ? "" : t("getting ready");
}

function Session({ plan }) {
  const { timeline } = plan;
  return html`
    <${Ring} timeline=${timeline} />
    <${Words} timeline=${timeline} />
    <${Transport} timeline=${timeline} />
    <${Strip} timeline=${timeline} />
    <${Lanes} timeline=${timeline} />
    <${Remarks} plan=${plan} />`;
}

export function Words({ timeline }) {
  const words = timeline.cues.filter((cue) => cue.track === "voice");
  const [index, setIndex] = useState(-1);
  usePlace((place) => setIndex(findLast(words, place)));
  const [now, next] = [words[index], words[index + 1]];
  return html`<div class="words">
    <p class="now" aria-live="off">${now?.text ?? "\u00a0"}</p>
    <p class="next">${next ? t("next", { words: next.text }) : "\u00a0"}</p>
  </div>`;
}

export function Transport({ timeline }) {
  const elapsed = useRef();
  const left = useRef();
  usePlace((place) => {
    elapsed.current.textContent = clock(place);
    left.current.textContent = `-${clock(timeline.duration - place)}`;
  });
  return html`<div class="transport">
    <button class="icon" onClick=${() => skipChapter(-1)} aria-label=${t("chapter before")}><${Arrow} back /></button>
    <button class="icon" onClick=${() => skip(-5)} aria-label=${t("back 5")}>−5</button>
    <button class="play-button" onClick=${togglePlay}>${state.playing ? t("pause") : t("play")}</button>
    <button class="icon" onClick=${() => skip(5)} aria-label=${t("on 5")}>+5</button>
    <button class="icon" onClick=${() => skipChapter(1)} aria-label=${t("chapter after")}><${Arrow} /></button>
    <span class="times"><span ref=${elapsed}></span><span ref=${left}></span></span>
    <span class="status" role="status">${state.busy === "clips" ? t("getting ready") : state.busy === "plan" ? t("planning") : ""}</span>
  </div>`;
}

function Arrow({ back = false }) {
  return html`<svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" fill="currentColor"
    transform=${back ? "rotate(180)" : undefined}><path d="M5 5l11 7-11 7zM17 5h3v14h-3z" /></svg>`;
}

/** What is said in place of longer words, and what the listener should know. */
function Remarks({ plan }) {
  const shorter = new Map();
  for (const cue of plan.timeline.cues) {
    if (cue.track === "voice" && cue.wording > 0) shorter.set(cue.text, cue);
  }
  const remarks = [...plan.warnings, ...plan.notes];
  return html`<div class="remarks">
    ${remarks.map((each) => html`<p class="note">${each}</p>`)}
    ${shorter.size > 0 && html`<details>
      <summary>${t("shorter wordings", { count: shorter.size, number: shorter.size })}</summary>
      <ul>${[...shorter.values()].map((cue) => html`<li>
        <button class="link" onClick=${() => player.seek(cue.start)}>${cue.text}</button>
        <span class="soft"> ${t("wording of", { number: cue.wording + 1, all: cue.wordings })}</span></li>`)}</ul>
    </details>`}
    ${Object.keys(state.choices).length > 0 && html`<button class="link" onClick=${takeBack}>${t("as written")}</button>`}
  </div>`;
}

function takeBack() {
  choose(Object.fromEntries(Object.keys(state.choices).map((name) => [name, undefined])));
}
