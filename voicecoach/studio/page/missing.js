// What is shown in place of a routine that is not in the folder: it was deleted or renamed, or the folder is another.

import { state } from "./state.js";
import { html } from "./vendor/preact.js";
import { t } from "./words.js";

/** Whether nothing of a routine is left, neither a text nor a session. */
export const isLost = () => state.missing && state.text === null && !state.plan && state.draft?.id !== state.id;

export function Missing() {
  return html`<section class="stage" aria-label=${t("exercise gone")}>
    <div class="line"><a class="back" href="#/">${t("all exercises")}</a><h1>${t("exercise gone")}</h1></div>
  </section>`;
}
