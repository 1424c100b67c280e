// What is wrong, said in place: the words, the seconds that they lack, and what to do.

import { choose } from "./actions.js";
import { PHASES, readBreath } from "./breath.js";
import { state } from "./state.js";
import { html } from "./vendor/preact.js";
import { clock, number, t } from "./words.js";

/** Problems of a plan; `kept` says that the last good session can still be played. */
export function Problems({ problems, kept = false, suggestions = [] }) {
  if (!problems.length) return null;
  return html`<div class="note problem" role="alert">
    <ul>${problems.slice(0, 3).map((each) => html`<li><${Problem} ...${each} /></li>`)}</ul>
    ${problems.length > 3 && html`<p>${t("more problems", { count: problems.length - 3, number: problems.length - 3 })}</p>`}
    ${suggestions.length > 0 && html`<div class="line" role="group" aria-label=${t("suggestions")}>
      ${suggestions.map((each) => html`<button onClick=${() => choose(each)}>${describeSuggestion(each)}</button>`)}</div>`}
    ${kept && html`<p class="soft">${t("last good")}</p>`}
  </div>`;
}

export function Problem({ what, remedy, words, lacks, line, file, goal }) {
  if (goal) return html`<strong>${t("cannot last", { time: clock(goal) })}</strong>`;
  return html`
    ${line && html`<span class="soft">${t("line", { file, line })} </span>`}
    <strong>${words && lacks ? t("does not fit", { words, seconds: number(lacks, 2) }) : html`<span lang="en">${writeSentence(what)}</span>`}</strong>
    ${words && lacks ? html`<span lang="en"> ${writeSentence(what)}</span>` : ""}
    ${remedy && html`<span class="remedy" lang="en"> ${writeSentence(remedy)}</span>`}`;
}

/** Reasons and remedies come as parts of a line. */
function writeSentence(text) {
  const end = /[.!?…)]$/.test(text) ? "" : ".";
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}${text ? end : ""}`;
}

/** What a suggestion changes, in words. */
export function describeSuggestion({ breath, length, with_: added, skip, intro }) {
  const before = state.choices;
  const without = (names = [], others = []) => names.filter((name) => !others.includes(name)).map(titleOf);
  const more = [...without(added, before.with_), ...(skip ? without(before.skip, skip) : [])];
  const fewer = [...without(skip, before.skip), ...(added ? without(before.with_, added) : [])];
  const said = [
    breath && describeBreath(breath),
    length && t("suggest length", { time: clock(parseFloat(length)) }),
    more.length > 0 && t("suggest more", { names: more.join(", ") }),
    fewer.length > 0 && t("suggest fewer", { names: fewer.join(", ") }),
    intro && intro !== before.intro && t("suggest intro", { intro: t(`intro ${intro}`) }),
  ];
  return said.filter(Boolean).join(", ");
}

/** A breath, by the one phase in which it differs from the present one, if it is one. */
function describeBreath(breath) {
  const [now, then] = [readBreath(state.choices.breath ?? state.card?.breath ?? ""), readBreath(breath)];
  const changed = now && then ? PHASES.filter((phase) => now[phase] !== then[phase]) : [];
  if (changed.length !== 1) return t("suggest breath", { breath });
  return t("suggest phase", { phase: t(`phase ${changed[0]}`), seconds: number(then[changed[0]]) });
}

/** What an exercise is called: by the title of its routine, or as it is named. */
function titleOf(name) {
  return state.library?.routines.find((each) => each.id === name)?.title ?? name;
}
