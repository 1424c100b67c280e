// Choices that fewer people need, folded: sounds to follow the breath by, sessions for the night, and words for the hard of
// hearing.

import { choose } from "./actions.js";
import { NumberField } from "./controls.js";
import { state } from "./state.js";
import { html } from "./vendor/preact.js";
import { t } from "./words.js";

const SWITCHES = ["breath_sound", "hold_tick", "sleep", "clear"];

export function More({ card }) {
  const usual = card?.sounds ?? {};
  const chosen = SWITCHES.filter((name) => name in state.choices).length;
  return html`<details class="group">
    <summary>${chosen ? t("more chosen", { number: chosen }) : t("more")}</summary>
    ${SWITCHES.map((name) => html`<${Switch} key=${name} name=${name} usual=${usual[name] ?? false} />
      ${name === "breath_sound" && state.plan?.timeline.breath_sound && html`<${BreathLevel} />`}`)}
  </details>`;
}

/** What is on or off; the routine says what it is as written. */
function Switch({ name, usual }) {
  const take = (event) => choose({ [name]: event.target.checked === usual ? undefined : event.target.checked });
  return html`<label class="check described"><input type="checkbox" checked=${state.choices[name] ?? usual} onChange=${take} />
    <span>${t(`more ${name}`)}<small class="soft">${t(`about ${name}`)}</small></span></label>`;
}

function BreathLevel() {
  return html`<${NumberField} label=${t("bed level")} unit=${t("lu")} value=${state.choices.breath_level} least=${20} most=${60} usual="24"
    onChange=${(value) => choose({ breath_level: value })} />`;
}
