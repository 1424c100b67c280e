// What was changed in the form can be taken back, and done again: each step is a text.

import { state, update } from "../state.js";
import { change } from "../write/draft.js";
import { applyChanges } from "./splice.js";
import { readTree } from "./tree.js";

const MOST = 200;

/** The texts before and after, each with what had the focus then; `version` grows with each text that did not come from the keys of a field. */
export const past = { owner: "", before: [], after: [], field: "", version: 0, focus: null, said: "" };

export const textNow = () => state.text ?? state.draft?.saved ?? "";

/** Begin anew for another routine. */
export function startHistory() {
  const owner = `${state.id} ${state.language}`;
  if (past.owner !== owner) Object.assign(past, { owner, before: [], after: [], field: "", focus: null, said: "" });
}

/** Change the text: `make` returns places of its tree with what stands there then. What is typed in one field is one step. */
export function edit(make, { field = "", focus = null, said = "" } = {}) {
  const text = textNow();
  const tree = readTree(text);
  if (tree.errors.length) return;
  const next = applyChanges(text, make(tree));
  if (next === text) return;
  if (!field || field !== past.field) past.before = [...past.before, { text, focus: document.activeElement?.id }].slice(-MOST);
  Object.assign(past, { after: [], field, focus, said, version: past.version + (field ? 0 : 1) });
  change(next);
}

/** The next edit of a field is a step of its own. */
export function leaveField() {
  past.field = "";
}

function go(from, to) {
  if (!past[from].length) return;
  const { text, focus } = past[from].at(-1);
  const now = { text: textNow(), focus };
  Object.assign(past, { [from]: past[from].slice(0, -1), [to]: [...past[to], now], field: "", said: "", focus, version: past.version + 1 });
  change(text);
  update({});
}

export const undo = () => go("before", "after");
export const redo = () => go("after", "before");
