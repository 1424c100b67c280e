// What stands before the steps and after them: the title, the breath, what is said first and last, and the words of the sides.

import { html, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { idOf, SentencesField, TextField } from "./fields.js";
import { edit } from "./history.js";
import { seedWords } from "./kinds.js";
import { addSides } from "./moves.js";
import { SIDES } from "./sides.js";
import { putValue } from "./splice.js";

export function Head({ form }) {
  const { tree } = form;
  return html`<section class="form-top" aria-label=${t("form top")}>
    <div class="form-fields">
      <${TextField} tree=${tree} path=${["title"]} label=${t("form title")} needed />
      <${TextField} tree=${tree} path=${["breath"]} label=${t("form breath")} hint="4-6" />
      <${SentencesField} tree=${tree} path=${["notice"]} label=${t("form notice")} hint=${t("form notice hint")} />
    </div>
    ${form.sides ? html`<${Nouns} form=${form} />` : html`<button onClick=${() => edit(addSides, { focus: idOf(["sides", "left", seedWords("noun")]) })}>${t("form add sides")}</button>`}
  </section>`;
}

/** A table of the nouns: what stands in braces, and what is said for each side. */
function Nouns({ form }) {
  const names = [...new Set(SIDES.flatMap((side) => Object.keys(form.sides[side])))];
  const drop = (name) => edit((tree) => SIDES.flatMap((side) => putValue(tree, ["sides", side, name], undefined)), { focus: idOf(["new", "noun"]) });
  return html`<fieldset class="form-nouns">
    <legend>${t("form sides")}</legend>
    <p class="soft form-small">${t("form sides help", { example: `{${names[0]}}` })}</p>
    <div class="form-noun" aria-hidden="true"><span></span>${SIDES.map((side) => html`<strong class="form-side-name" data-side=${side}>${side === "left" ? "◀ " : "▶ "}${t(`side ${side}`)}</strong>`)}<span></span></div>
    ${names.map((name) => html`<div key=${name} class="form-noun">
      <code>{${name}}</code>
      ${SIDES.map((side) => html`<${TextField} key=${side} tree=${form.tree} path=${["sides", side, name]} label=${t("form noun of", { name, side: t(`side ${side}`) })} needed bare />`)}
      <button class="icon" disabled=${names.length < 2} aria-label=${t("form drop noun", { name })} title=${t("form drop noun", { name })} onClick=${() => drop(name)}>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg></button>
    </div>`)}
    <${NewNoun} names=${names} />
  </fieldset>`;
}

function NewNoun({ names }) {
  const [name, setName] = useState("");
  const known = name.trim().replace(/[{}:#,]/g, "");
  const add = (event) => {
    event.preventDefault();
    if (!known || names.includes(known)) return;
    const value = (side) => `${t(`side ${side}`).toLowerCase()} ${known}`;
    edit((tree) => SIDES.flatMap((side) => putValue(tree, ["sides", side, known], value(side))), { focus: idOf(["sides", "left", known]) });
    setName("");
  };
  return html`<form class="form-noun-new" onSubmit=${add}>
    <label class="form-field"><span>${t("form more nouns")}</span>
      <input id=${idOf(["new", "noun"])} type="text" autocomplete="off" placeholder=${t("form more nouns hint")} value=${name} onInput=${(event) => setName(event.target.value)} /></label>
    <button disabled=${!known || names.includes(known)}>${t("form add noun")}</button>
  </form>`;
}

export function Closing({ form }) {
  return html`<section class="form-top" aria-label=${t("form closing")}>
    <${SentencesField} tree=${form.tree} path=${["closing"]} label=${t("form closing")} hint=${t("form closing hint")} />
  </section>`;
}
