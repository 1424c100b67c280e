// Whether what is written is saved, and what stands against it: for both views of the text.

import { state } from "../state.js";
import { html } from "../vendor/preact.js";
import { t } from "../words.js";
import { discard, resolve, save, saveAsNew } from "./draft.js";

export function Saving({ draft }) {
  const changed = state.text !== null;
  if (state.missing) return html`<${Gone} failed=${draft.failed} />`;
  const said = changed ? t(draft.own ? "not saved" : "copy on saving") : t(draft.own ? "saved" : "built in");
  return html`
    <div class="line">
      <span class="soft" role="status">${said}</span>
      <button class="play-button" onClick=${() => save()} disabled=${!changed && draft.own}>${t(draft.own ? "save" : "save as mine")}</button>
      ${changed && html`<button onClick=${discard}>${t("discard")}</button>`}
    </div>
    ${draft.elsewhere && html`<p class="note warning" role="alert">${t("edited elsewhere")}</p>`}
    <${Failed} why=${draft.failed} />
    ${draft.unkept && html`<p class="note warning">${t("not kept")}</p>`}
    ${draft.conflict && html`<${Conflict} theirs=${draft.conflict.theirs} />`}`;
}

const Failed = ({ why }) => why && html`<p class="note problem" role="alert">${t("not written", { why })}</p>`;

/** The file was deleted or renamed: what is on the page can be a new one. */
function Gone({ failed }) {
  return html`<div class="note problem" role="alert">
    <p><strong>${t("file gone")}</strong></p>
    <div class="line"><button class="play-button" onClick=${saveAsNew}>${t("save as new")}</button></div>
  </div><${Failed} why=${failed} />`;
}

/** The file has changed since it was read: both texts, side by side, and a choice. */
function Conflict({ theirs }) {
  return html`<div class="note problem" role="alert">
    <p><strong>${t("changed on disk")}</strong></p>
    <details open><summary>${t("text on disk")}</summary><pre class="theirs" tabindex="0">${theirs}</pre></details>
    <div class="line">
      <button onClick=${() => resolve(true)}>${t("keep mine")}</button>
      <button onClick=${() => resolve(false)}>${t("take theirs")}</button>
    </div>
  </div>`;
}
