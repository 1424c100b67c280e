// The screen on which voices are compared, words get their sounds, and a voice of one's own is recorded.

import { Problems } from "../problems.js";
import { isRead, Stage, Wait } from "../stage.js";
import { state } from "../state.js";
import { html, useEffect } from "../vendor/preact.js";
import { Saving } from "../write/saving.js";
import { Compare } from "./compare.js";
import { stopHearing } from "./hear.js";
import { Pronunciations } from "./pronunciations.js";
import { Takes } from "./takes.js";

export function Voices() {
  const { id, draft, plan, problems } = state;
  useEffect(() => stopHearing, []);
  const ready = isRead();
  return html`<${Stage}>
    <${Problems} problems=${problems} kept=${Boolean(plan)} />
    <${Compare} />
    ${ready ? html`<${Pronunciations} key=${id} />` : html`<${Wait} />`}
    ${ready && state.text !== null && html`<${Saving} draft=${draft} />`}
    ${ready && html`<${Takes} key=${`takes ${id}`} />`}
  <//>`;
}
