// A routine as a form: what it is called, its sides, its steps as cards, and how it ends. The text stays what it is made of.

import { player, togglePlay } from "../actions.js";
import { findLast } from "../place.js";
import { Words } from "../play.js";
import { Problem } from "../problems.js";
import { state } from "../state.js";
import { usePlace } from "../use-place.js";
import { html, useEffect, useLayoutEffect } from "../vendor/preact.js";
import { t } from "../words.js";
import { listProblems } from "../write/draft.js";
import { Saving } from "../write/saving.js";
import { Steps } from "./cards.js";
import { Closing, Head } from "./head.js";
import { past, redo, startHistory, textNow, undo } from "./history.js";
import { loadSeeds } from "./kinds.js";
import { plannedText } from "./meter.js";
import { findCard, placeProblems } from "./places.js";
import { readSides } from "./sides.js";
import { readTree } from "./tree.js";

export function Routine({ draft }) {
  startHistory();
  const tree = readTree(textNow());
  useLayoutEffect(() => {
    const wanted = past.focus && document.getElementById(past.focus);
    if (wanted && wanted !== document.activeElement) wanted.focus();
    past.focus = null;
  });
  useEffect(listenForUndo, []);
  return html`<div class="form">
    <${Saving} draft=${draft} />
    <p class="hidden" role="status">${past.said}</p>
    ${tree.errors.length ? html`<${Unreadable} tree=${tree} />` : html`<${Cards} tree=${tree} />`}
    <${Bar} problems=${tree.errors.length ? 0 : listProblems().length} />
  </div>`;
}

/** Undo and redo are those of the whole form, wherever the focus is: a field by itself would undo what is not typed any more. */
function listenForUndo() {
  const keys = (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key)) return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) redo();
    else undo();
  };
  const menu = (event) => {
    const act = { historyUndo: undo, historyRedo: redo }[event.inputType];
    if (!act) return;
    event.preventDefault();
    act();
  };
  document.addEventListener("keydown", keys);
  document.addEventListener("beforeinput", menu);
  return () => {
    document.removeEventListener("keydown", keys);
    document.removeEventListener("beforeinput", menu);
  };
}

function Cards({ tree }) {
  const language = tree.textAt(["language"]) || "en";
  const { placed, others } = placeProblems(listProblems(), state.checkedText ?? "", { name: state.draft.name, language });
  const sides = readSides(tree);
  const form = { id: state.id, tree, sides, nouns: JSON.stringify(sides), problems: placed, language };
  useEffect(() => void loadSeeds(form.language), [form.language]);
  usePlace((place) => light(player.playing ? place : -1));
  return html`
    <${Head} form=${form} />
    ${others.length > 0 && html`<ul class="form-others note problem" aria-label=${t("problems")}>${others.slice(0, 8).map((each) => html`<li>
      <${Problem} ...${each} />${each.line && each.own && html` <a href=${`#/write/${encodeURIComponent(state.id)}/${each.line}`}>${t("form in text", { line: each.line })}</a>`}</li>`)}</ul>`}
    <div><h2 class="form-title">${t("form steps")}</h2><p class="soft form-small">${t("form help")}</p></div>
    <${Steps} form=${form} path=${["steps"]} />
    <${Closing} form=${form} />`;
}

/** The text can't be read: where, and the way there. What was heard last can still be played. */
function Unreadable({ tree }) {
  const checked = state.checkedText === tree.text;
  const found = state.textProblems.filter((each) => each.line && each.severity === "error");
  const errors = checked && !found.length ? tree.errors : found; // what the program can read may still be too much for a form
  return html`<div class="note problem" role="alert">
    <p><strong>${t("form unreadable")}</strong></p>
    <ul>${errors.slice(0, 3).map(({ line, ...each }) => html`<li><a href=${`#/write/${encodeURIComponent(state.id)}/${line}`}>${t("form in text", { line })}</a> <${Problem} ...${each} /></li>`)}</ul>
    ${state.plan && html`<p class="soft">${t("form last good")}</p>`}
  </div>`;
}

/** What stays at hand: back and forth, and the sound. */
function Bar({ problems }) {
  return html`<div class="form-bar" role="group" aria-label=${t("form bar")}>
    <button onClick=${undo} disabled=${!past.before.length} title="Ctrl+Z">${t("form undo")}</button>
    <button onClick=${redo} disabled=${!past.after.length} title="Ctrl+Y">${t("form redo")}</button>
    <button class="play-button" onClick=${togglePlay} disabled=${!state.plan}>${state.playing ? t("pause") : t("play")}</button>
    ${problems > 0 && html`<button class="link form-wrong" onClick=${showProblem}>${t("form problems", { count: problems, number: problems })}</button>`}
    ${state.plan && html`<${Words} timeline=${state.plan.timeline} />`}
  </div>`;
}

/** Go to the first problem: a card, or what belongs to none. */
function showProblem() {
  const found = document.querySelector(".form-others, .form-card > .note");
  found?.scrollIntoView({ block: "center" });
  found?.closest(".form-card")?.querySelector("input, textarea, select, a, button")?.focus({ preventScroll: true });
}

/** Light the card whose words sound. */
function light(place) {
  const words = player.timeline?.cues.filter((cue) => cue.track === "voice" && cue.line) ?? [];
  const cue = place < 0 ? undefined : words[findLast(words, place)];
  const path = cue && place < cue.end + 0.3 ? findCard(readTree(plannedText()), cue.line) : undefined;
  const found = path && document.querySelector(`[data-path="${path}"]`);
  for (const each of document.querySelectorAll("[data-sounding]")) if (each !== found) delete each.dataset.sounding;
  if (found) found.dataset.sounding = "";
}
