// The screen on which the text of a routine is written, and heard while it is.

import { player, togglePlay } from "../actions.js";
import { findLast } from "../place.js";
import { Words } from "../play.js";
import { Problem } from "../problems.js";
import { isRead, Stage, Wait } from "../stage.js";
import { state } from "../state.js";
import { Lanes } from "../timeline.js";
import { usePlace } from "../use-place.js";
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { change, listProblems } from "./draft.js";
import { Saving } from "./saving.js";

export function Write() {
  return html`<${Stage}>${isRead() ? html`<${Text} key=${state.id} draft=${state.draft} />` : html`<${Wait} />`}<//>`;
}

function Text({ draft }) {
  const place = useRef();
  const editor = useRef(null);
  const [opened, setOpened] = useState(false);
  useEffect(() => {
    let closed = false;
    import("./editor.js").then(({ openEditor }) => {
      if (closed) return;
      editor.current = openEditor(place.current, state.text ?? draft.saved, t("text of routine"), change);
      setOpened(true);
      const line = Number(location.hash.split("/")[3]);
      if (line) editor.current.goTo(line);
    });
    return () => {
      closed = true;
      editor.current?.close();
    };
  }, []);
  // Only what came from elsewhere is shown: what is typed is newer than what the page was drawn with.
  useEffect(() => editor.current?.show(state.text ?? draft.saved), [draft.version, opened]);
  useEffect(() => editor.current?.mark(listProblems()), [state.textProblems, state.problems, opened]);
  usePlace((now) => editor.current?.light(player.playing ? lineAt(now) : 0));
  return html`
    <${Saving} draft=${draft} />
    <div class="editor" ref=${place}></div>
    <p class="soft">${t("leave editor")}</p>
    <${TextProblems} goTo=${(each) => editor.current?.goTo(each.line, each.column)} />
    <div class="line">
      <button onClick=${() => hearFrom(editor.current.cursor)} disabled=${!state.plan}>${t("hear from here")}</button>
      <button class="play-button" onClick=${togglePlay} disabled=${!state.plan}>${state.playing ? t("pause") : t("play")}</button>
    </div>
    ${state.plan && html`<${Words} timeline=${state.plan.timeline} /><${Lanes} timeline=${state.plan.timeline} />`}`;
}

/** The line of the words that sound. */
function lineAt(place) {
  const words = player.timeline?.cues.filter((cue) => cue.track === "voice" && cue.line) ?? [];
  const cue = words[findLast(words, place)];
  return cue && place < cue.end + 0.3 ? cue.line : 0;
}

/** Hear the session from the first words that stand at a line or below it. */
function hearFrom(line) {
  const found = player.timeline?.cues.find((cue) => cue.line && cue.line >= line) ?? player.timeline?.cues.findLast((cue) => cue.line);
  if (!found) return;
  player.seek(found.start);
  player.play();
}

function TextProblems({ goTo }) {
  const problems = listProblems();
  if (!problems.length && state.missing) return null; // it can't be checked
  if (!problems.length) return html`<p class="soft" role="status">${t("no problems")}</p>`;
  return html`<ul class="note problem" aria-label=${t("problems")}>${problems.slice(0, 20).map((each) => html`<li>
    <button class="link" onClick=${() => goTo(each)} disabled=${!each.line}><${Problem} ...${each} /></button></li>`)}
  </ul>`;
}
