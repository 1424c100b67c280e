// What went wrong with something that was to be heard.

import { Problems } from "../problems.js";
import { state } from "../state.js";
import { html } from "../vendor/preact.js";

export function Unheard({ name }) {
  const { unheard } = state;
  return unheard?.key === name ? html`<${Problems} problems=${unheard.problems} />` : null;
}
