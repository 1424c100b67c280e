// The keys of the page, and their list.

import { choose, skip, skipChapter, togglePlay } from "./actions.js";
import { readBreath, writeBreath } from "./breath.js";
import { state, update } from "./state.js";
import { html, useEffect, useRef } from "./vendor/preact.js";
import { t } from "./words.js";

const KEYS = [
  ["Space", "key play"],
  ["← →", "key skip"],
  ["Shift ← →", "key chapter"],
  ["[ ]", "key breath"],
  ["/", "key search"],
  ["e", "key export"],
  ["?", "key help"],
];

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=range]), select, textarea, [contenteditable], dialog, .cm-editor");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const pressed = event.target.closest?.("button, a, summary") && event.key === " ";
    const slid = event.target.closest?.("input[type=range]") && event.key.startsWith("Arrow");
    if (!pressed && !slid && act(event)) event.preventDefault();
  });
}

function act(event) {
  if (event.key === "?") return update({ help: true }), true;
  if (event.key === "/") {
    if (state.screen !== "start") location.hash = "#/";
    requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById("search")?.focus()));
    return true;
  }
  if (state.screen !== "play" || !state.plan) return false;
  const direction = { ArrowLeft: -1, ArrowRight: 1, "[": -1, "]": 1 }[event.key];
  if (event.key === " ") togglePlay();
  else if (event.key === "e") update({ exporting: true });
  else if (event.key.startsWith("Arrow") && direction) event.shiftKey ? skipChapter(direction) : skip(5 * direction);
  else if (direction) lengthen(direction);
  else return false;
  return true;
}

/** Make the breath half a second longer or shorter, as its phases are to each other. */
function lengthen(direction) {
  const breath = readBreath(state.choices.breath ?? state.plan.breath);
  if (!breath) return;
  const change = (seconds) => (seconds ? Math.max(1, seconds + 0.5 * direction) : 0);
  choose({ breath: writeBreath({ ...breath, inhale: change(breath.inhale), exhale: change(breath.exhale) }) });
}

export function KeyHelp() {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  return html`<dialog ref=${dialog} aria-label=${t("keys")} onClose=${() => update({ help: false })}>
    <h2>${t("keys")}</h2>
    <table><tbody>${KEYS.map(([key, text]) => html`<tr><th scope="row"><kbd>${key}</kbd></th><td>${t(text)}</td></tr>`)}</tbody></table>
    <button onClick=${() => dialog.current.close()}>${t("close")}</button>
  </dialog>`;
}
