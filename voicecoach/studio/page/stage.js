// The frame of a screen on which a routine is worked on: its title and its tabs, while its text is read.

import { isLost, Missing } from "./missing.js";
import { Tabs } from "./play.js";
import { state } from "./state.js";
import { html, useEffect } from "./vendor/preact.js";
import { t } from "./words.js";
import { readFile } from "./write/draft.js";

export function Stage({ children }) {
  const { id, card, draft, plan } = state;
  useEffect(() => {
    readFile(id);
  }, [id, state.language]);
  if (isLost()) return html`<${Missing} />`;
  const title = plan?.timeline.title ?? card?.title ?? draft?.name ?? "";
  return html`<section class="stage" aria-label=${title}>
    <div class="line">
      <a class="back" href="#/">${t("all exercises")}</a>
      <h1>${title}</h1>
      <${Tabs} />
    </div>
    ${children}
  </section>`;
}

/** Whether the text of the routine on the page has been read. */
export const isRead = () => state.draft?.id === state.id;

export const Wait = () => html`<p class="wait">${t("loading text")}</p>`;
