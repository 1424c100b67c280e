// What is wrong, said in place: the words, the seconds that they lack, and what to do.

import { html } from "./vendor/preact.js";
import { number, t } from "./words.js";

/** Problems of a plan; `kept` says that the last good session can still be played. */
export function Problems({ problems, kept = false }) {
  if (!problems.length) return null;
  return html`<div class="note problem" role="alert">
    <ul>${problems.slice(0, 3).map((each) => html`<li><${Problem} ...${each} /></li>`)}</ul>
    ${problems.length > 3 && html`<p>${t("more problems", { count: problems.length - 3, number: problems.length - 3 })}</p>`}
    ${kept && html`<p class="soft">${t("last good")}</p>`}
  </div>`;
}

export function Problem({ what, remedy, words, lacks, line, file }) {
  return html`
    ${line && html`<span class="soft">${t("line", { file, line })} </span>`}
    <strong>${words && lacks ? t("does not fit", { words, seconds: number(lacks, 2) }) : what}</strong>
    ${words && lacks ? html`<span> ${what}.</span>` : ""}
    ${remedy && html`<span class="remedy"> ${remedy}</span>`}`;
}
