// The screen on which a routine is written as cards. What it is made of is fetched when it is first opened.

import { Tabs } from "../play.js";
import { state } from "../state.js";
import { html, useEffect, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { readFile } from "../write/draft.js";

let kept = null;

export function Form() {
  const { id, draft, plan, card } = state;
  const [Body, setBody] = useState(() => kept);
  useEffect(() => {
    readFile(id);
  }, [id, state.language]);
  useEffect(() => {
    import("./form.js").then((found) => {
      kept = found.Routine;
      setBody(() => kept);
    });
  }, []);
  const title = plan?.timeline.title ?? card?.title ?? draft?.name ?? "";
  const ready = Body && draft?.id === id;
  return html`<section class="stage" aria-label=${title}>
    <div class="line">
      <a class="back" href="#/">${t("all exercises")}</a>
      <h1>${title}</h1>
      <${Tabs} />
    </div>
    ${ready ? html`<${Body} key=${id} draft=${draft} />` : html`<p class="wait">${t("loading text")}</p>`}
  </section>`;
}
