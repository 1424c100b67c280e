// The screen on which voices are compared, words get their sounds, and a voice of one's own is recorded.

import { Tabs } from "../play.js";
import { Problems } from "../problems.js";
import { state } from "../state.js";
import { html, useEffect } from "../vendor/preact.js";
import { t } from "../words.js";
import { readFile } from "../write/draft.js";
import { Saving } from "../write/saving.js";
import { Compare } from "./compare.js";
import { stopHearing } from "./hear.js";
import { Pronunciations } from "./pronunciations.js";
import { Takes } from "./takes.js";

export function Voices() {
  const { id, card, draft, plan, problems } = state;
  useEffect(() => {
    readFile(id);
  }, [id, state.language]);
  useEffect(() => stopHearing, []);
  const title = plan?.timeline.title ?? card?.title ?? draft?.name ?? "";
  const ready = draft?.id === id;
  return html`<section class="stage" aria-label=${title}>
    <div class="line">
      <a class="back" href="#/">${t("all exercises")}</a>
      <h1>${title}</h1>
      <${Tabs} />
    </div>
    <${Problems} problems=${problems} kept=${Boolean(plan)} />
    <${Compare} />
    ${ready ? html`<${Pronunciations} key=${id} />` : html`<p class="wait">${t("loading text")}</p>`}
    ${ready && state.text !== null && html`<${Saving} draft=${draft} />`}
    ${ready && html`<${Takes} key=${`takes ${id}`} />`}
  </section>`;
}
