// The words of both sides, with their nouns filled in.

import { html } from "../vendor/preact.js";
import { t } from "../words.js";

export const SIDES = ["left", "right"];
const OTHER = { left: "right", right: "left" };

/** The nouns of both sides: {left: {leg: …}, right: {leg: …}}; null if the routine has none. */
export function readSides(tree) {
  const nouns = (side) => Object.fromEntries(tree.keysAt(["sides", side]).map((key) => [key, tree.textAt(["sides", side, key])]));
  const found = { left: nouns("left"), right: nouns("right") };
  return Object.keys(found.left).length + Object.keys(found.right).length ? found : null;
}

/** A text with the nouns of a side. In a change, the side is the one that comes; elsewhere the next one is the other. */
export function fillSide(text, sides, side, comes = false) {
  return text.replace(/\{([^{}]+)\}/g, (whole, written) => {
    const name = written[0].toLowerCase() + written.slice(1);
    const find = (from, key) => from[key] ?? (/^(left|right) /.test(key) ? sides[key.split(" ")[0]][key.replace(/^\w+ /, "")] : undefined);
    const next = name.startsWith("next ") && find(sides[comes ? side : OTHER[side]], name.slice(5));
    const found = find(sides[side], name) ?? (next || undefined);
    if (found === undefined) return whole;
    return written[0] === name[0] ? found : found[0].toUpperCase() + found.slice(1);
  });
}

/** Both sides beside the one field; the wording that is said is marked. `where` is that of the step: turn, between, before or change. */
export function Preview({ wordings, sides, where, cues }) {
  const comes = where === "change" || where === "before";
  const filled = SIDES.map((side) => [side, wordings.map((each) => fillSide(each, sides, side, comes))]);
  if (filled.every(([, words]) => words.join() === wordings.join())) return null;
  const label = (side) => t(`form ${where === "between" ? "after" : "side"} ${side}`);
  return html`<div class="form-sides">
    ${filled.map(([side, words]) => html`<div class="form-side" data-side=${side} role="group" aria-label=${label(side)}>
      <p class="form-side-name" aria-hidden="true">${side === "left" ? "◀ " : "▶ "}${label(side)}</p>
      <ul>${words.map((each, index) => html`<li data-said=${isSaid(cues, side, index, wordings.length)}>${each}</li>`)}</ul>
    </div>`)}
  </div>`;
}

const isSaid = (cues, side, index, all) => all > 1 && cues.some((cue) => cue.side === side && cue.wording === index);
