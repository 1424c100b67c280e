// The text that is being written: kept in this browser until it is saved, and never saved over what it was not read from.

import { askedRoutine, replan } from "../actions.js";
import * as api from "../api.js";
import { draftKey, remember, state, update } from "../state.js";

const QUIET = 150; // milliseconds after the last key

const keyOf = (id) => draftKey(id, state.language);
const tagKeyOf = (id) => `of ${keyOf(id)}`; // which text of the file a draft was made from

function keepDraft(id, text) {
  try {
    localStorage.setItem(keyOf(id), text);
    if (state.draft?.id === id) localStorage.setItem(tagKeyOf(id), state.draft.tag);
  } catch {
    update({ draft: { ...state.draft, unkept: true } }); // no room: the page says that it is only here
  }
}

/** Forget the draft of this tab, whose text is `mine`; that of another tab stays. Other tabs hear of both (`hearOtherTab`). */
function dropDraft(id, mine) {
  const kept = localStorage.getItem(keyOf(id));
  const others = kept !== mine && !state.draft?.unkept ? kept : null;
  localStorage.removeItem(keyOf(id));
  if (others === null) localStorage.removeItem(tagKeyOf(id));
  else localStorage.setItem(keyOf(id), others);
}

/** A number for each text that did not come from the editor: the editor shows only those. */
const nextVersion = () => (state.draft?.version ?? 0) + 1;

/** Read what the file holds; what is on the page stays, if it is a draft. */
export async function readFile(id) {
  if (!id) return undefined;
  if (state.draft?.id === id && state.draft.language === state.language && state.text !== null) return checkText();
  const found = await api.getRoutine(id, state.language).catch((error) => error);
  if (state.id !== id) return undefined;
  if (found instanceof Error) return found.body?.missing ? keepLost(id) : undefined;
  const { text, tag = "", own, name } = found;
  const newer = state.text === null && state.draft?.id === id && state.draft.language === state.language && state.draft.saved !== text;
  const base = state.text === null ? tag : (localStorage.getItem(tagKeyOf(id)) ?? tag);
  const conflict = base === tag || state.text === text ? null : { theirs: text, tag };
  update({ draft: { id, language: state.language, saved: text, tag: conflict ? base : tag, own, name, conflict, version: nextVersion() } });
  api.warmUp(askedRoutine(), state.choices.voice).catch(() => {}); // what is wrong is said when it speaks
  if (state.text === found.text) change(found.text);
  if (newer) replan();
  return checkText();
}

/** There is no file: a draft of it that was left behind stays on the page, and can be saved as a new one. */
function keepLost(id) {
  update({ missing: true });
  const { text, draft, language } = state;
  if (text === null || draft?.id === id) return;
  const name = text.match(/^title: *(\S.*)/m)?.[1] ?? "";
  update({ draft: { id, language, saved: "", tag: "", own: true, name, conflict: null, version: nextVersion() } });
}

let waiting = null;

/** Take a text from the editor: it is heard and checked as soon as the keys rest. */
export function change(text) {
  const { id, draft, text: before } = state;
  const changed = text === draft?.saved ? null : text;
  update({ text: changed });
  if (changed === null) dropDraft(id, before);
  else keepDraft(id, changed);
  clearTimeout(waiting);
  waiting = setTimeout(() => Promise.all([replan(), checkText()]), QUIET);
}

/** Find the problems of the text, as `voicecoach check` reports them. */
export async function checkText() {
  const { id, draft } = state;
  const checkedText = state.text ?? draft?.saved;
  try {
    const { problems } = await api.check(askedRoutine(), state.choices.voice);
    if (state.id === id) update({ textProblems: problems, checkedText, missing: false });
  } catch (error) {
    if (error.body?.missing && state.id === id) update({ missing: true });
    // A newer check is on its way, or the server has stopped, which is said elsewhere.
  }
}

/** The problems of the text and, if it has no errors, those that only a plan finds. */
export function listProblems() {
  const { textProblems, problems } = state;
  if (textProblems.some((each) => each.severity === "error")) return textProblems;
  return [...textProblems, ...problems.filter(({ what }) => !textProblems.some((each) => each.what === what))];
}

/** Save the text over its file, or as a new one if it is not the user's own; `tag` says which text it replaces. */
export async function save(tag = state.draft.tag) {
  const { id, draft } = state;
  const text = state.text ?? draft.saved;
  if (!draft.own) return saveAsNew();
  try {
    const saved = await api.putRoutine(id, text, tag);
    dropDraft(id, text);
    return update({ draft: { ...draft, saved: text, tag: saved.tag, conflict: null, failed: "" }, text: state.text === text ? null : state.text });
  } catch (error) {
    return error.status === 412 ? showConflict(id, error.body.theirs) : showFailure(error);
  }
}

/** Save the text as a new file, and open that. */
export async function saveAsNew() {
  const { id, draft, screen, choices } = state;
  const text = state.text ?? draft.saved;
  try {
    const { id: made } = await api.addRoutine(draft.name.replace(/\.ya?ml$/, ""), text);
    dropDraft(id, text);
    remember(made, choices);
    location.hash = `#/${screen}/${made}`;
    if (made !== id) return;
    update({ missing: false, text: state.text === text ? null : state.text }); // the file is there again
    await Promise.all([readFile(id), replan()]);
  } catch (error) {
    showFailure(error);
  }
}

/** Say why a file was not written; a file that is gone is said by itself. */
function showFailure(error) {
  if (error.body?.missing) update({ missing: true });
  else update({ draft: { ...state.draft, failed: error.body?.failed ?? String(error.message) } });
}

/** The file has changed: both texts are shown, and one is chosen. */
async function showConflict(id, theirs) {
  const found = await api.getRoutine(id);
  update({ draft: { ...state.draft, conflict: { theirs, tag: found.tag } } });
}

/** End a conflict: with the text on the page, or with that of the file. */
export function resolve(mine) {
  const { id, draft, text } = state;
  if (mine) return save(draft.conflict.tag);
  const { theirs, tag } = draft.conflict;
  update({ draft: { ...draft, saved: theirs, tag, conflict: null, version: nextVersion() }, text: null });
  dropDraft(id, text);
  return Promise.all([replan(), checkText()]);
}

/** Go back to what the file holds. */
export function discard() {
  const { id, text } = state;
  update({ text: null, draft: { ...state.draft, conflict: null, version: nextVersion() } });
  dropDraft(id, text);
  return Promise.all([replan(), checkText()]);
}

/** Another tab writes the same routine, or has saved it or given it up: then the draft of this tab is the one that is kept. */
function hearOtherTab({ key, newValue }) {
  const { id, draft, text } = state;
  if (!id || !draft || key !== keyOf(id)) return undefined;
  update({ draft: { ...draft, elsewhere: newValue !== null && newValue !== text } });
  if (newValue !== null) return undefined;
  if (text === null) return Promise.all([readFile(id), replan()]);
  if (localStorage.getItem(key) === null) keepDraft(id, text);
  return undefined;
}

window.addEventListener("storage", hearOtherTab);
