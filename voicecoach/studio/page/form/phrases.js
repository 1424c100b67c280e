// The words of a step: one wording per line, with what the plan says of them, and how they sound.

import { player } from "../actions.js";
import { html } from "../vendor/preact.js";
import { number, t } from "../words.js";
import { idOf, put, useTyped } from "./fields.js";
import { edit } from "./history.js";
import { measurePhrase } from "./meter.js";
import { Preview } from "./sides.js";
import { putValue } from "./splice.js";

const splitWordings = (text) => text.split("|").map((each) => each.trim());

/** The words at a path: one phrase, or one for the first round and one for those that follow. */
export function Words({ form, path, label, where, rounds = false, needed = false }) {
  const { tree } = form;
  const parts = tree.keysAt(path);
  if (!parts.length) {
    const more = rounds && tree.textAt(path) && [t("form other rounds"), () => splitRounds(path)];
    return html`<${Phrase} form=${form} path=${path} label=${label} where=${where} needed=${needed} more=${more} />`;
  }
  return parts.map((part) => html`<${Phrase} key=${part} form=${form} path=${[...path, part]} label=${`${label}, ${namePart(part)}`} where=${where}
    needed more=${part === "again" && [t("form same rounds"), () => joinRounds(path)]} />`);
}

const namePart = (part) => (["first", "again", "one", "more"].includes(part) ? t(`form part ${part}`) : part);

const splitRounds = (path) =>
  edit((tree) => putValue(tree, path, { first: tree.textAt(path), again: tree.textAt(path) }), { focus: idOf([...path, "again"]) });
const joinRounds = (path) => edit((tree) => putValue(tree, path, tree.textAt([...path, "first"])), { focus: idOf(path) });

/** One phrase: its wordings below each other, both sides beside it, and its meter. */
function Phrase({ form, path, label, where, needed = false, more = null }) {
  const wordings = splitWordings(form.tree.textAt(path));
  const take = (text) => {
    const lines = text.split("\n").flatMap(splitWordings).filter(Boolean);
    if (lines.length) put(path, lines.join(" | "));
    else if (!needed) put(path, undefined);
  };
  const typed = useTyped(wordings.join("\n"), take);
  const measured = measurePhrase(form.tree, path);
  return html`<div class="form-phrase">
    <label class="form-field form-wide"><span>${label}</span>
      <textarea id=${idOf(path)} rows=${Math.max(1, typed.value.split("\n").length)} spellcheck="true" lang=${form.language} aria-describedby=${`${idOf(path)}-meter`} ...${typed}></textarea></label>
    ${form.sides && where && html`<${Preview} wordings=${wordings} sides=${form.sides} where=${where} cues=${measured?.cues ?? []} />`}
    <${Meter} id=${`${idOf(path)}-meter`} measured=${measured} words=${wordings[0]} more=${more} />
  </div>`;
}

/** Seconds spoken of seconds there, the wordings used, and how it sounds. */
function Meter({ id, measured, words, more }) {
  const link = more && html`<button class="link" onClick=${more[1]}>${more[0]}</button>`;
  if (!measured) return html`<div class="form-meter"><span id=${id}></span>${link}</div>`;
  const { spoken, room, used, all, cues } = measured;
  const seconds = room ? t("form air", { spoken: number(spoken), room: number(room) }) : t("form spoken", { spoken: number(spoken) });
  const hearFrom = () => {
    player.seek(cues[0].start);
    player.play();
  };
  return html`<div class="form-meter">
    ${room && html`<span class="form-air" aria-hidden="true"><span style=${{ width: `${Math.min(100, (100 * spoken) / room)}%` }}></span></span>`}
    <span id=${id}>${seconds}${all > 1 && html` <span class="form-used">${t("form wording", { used: used.join(", "), all })}</span>`}</span>
    <button class="link" aria-label=${t("form hear named", { words })} onClick=${() => player.sound(cues[0].clip)}>${t("form hear")}</button>
    <button class="link" aria-label=${t("form from named", { words })} onClick=${hearFrom}>${t("form from here")}</button>
    ${link}
  </div>`;
}
