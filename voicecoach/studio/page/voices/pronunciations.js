// How words are said: a table that is the routine's `pronounce`, and is heard as the session says it.

import { askedRoutine, replan } from "../actions.js";
import * as api from "../api.js";
import { Problems } from "../problems.js";
import { state } from "../state.js";
import { html, useEffect, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { change } from "../write/draft.js";
import { hear, hearText, stopHearing } from "./hear.js";
import { Unheard } from "./unheard.js";

export function Pronunciations() {
  const [entries, setEntries] = useState(null);
  const [problems, setProblems] = useState([]);
  useEffect(() => {
    let newer = false;
    api.pronounce(askedRoutine()).then(
      (found) => newer || setEntries(found.entries),
      (error) => newer || setProblems(error.body?.problems ?? []),
    );
    return () => {
      newer = true;
    };
  }, [state.id, state.language, state.text]);

  /** Write the table into the text; resolves to whether that could be done. */
  const write = async (wanted) => {
    const words = wanted.map(([word]) => word.trim());
    const twice = words.find((word, index) => words.indexOf(word) !== index);
    if (twice !== undefined) {
      setProblems([{ what: t("voices twice", { word: twice }), remedy: "" }]);
      return false;
    }
    try {
      const found = await api.pronounce(askedRoutine(), wanted);
      setProblems([]);
      setEntries(found.entries);
      change(found.text);
      return true;
    } catch (error) {
      setProblems(error.body?.problems ?? [{ what: String(error.message), remedy: "" }]);
      return false;
    }
  };
  return html`<section aria-labelledby="pronunciations">
    <h2 id="pronunciations">${t("voices pronunciations")}</h2>
    <p class="soft">${t("voices pronunciations help")}</p>
    <${Problems} problems=${problems} />
    ${entries && html`<ul class="sounds" aria-labelledby="pronunciations">
      ${entries.map((entry, index) => html`<${Entry} key=${index} entry=${entry}
        onChange=${(changed) => write(entries.with(index, changed))}
        onDelete=${() => write(entries.toSpliced(index, 1))} />`)}
      <${NewEntry} key=${`new ${entries.length}`} onAdd=${(added) => write([...entries, added])} />
    </ul>`}
  </section>`;
}

function Entry({ entry, onChange, onDelete }) {
  const [[word, sound], setTyped] = useState(entry);
  useEffect(() => setTyped(entry), entry);
  const commit = () => (word === entry[0] && sound === entry[1]) || onChange([word, sound]);
  const key = `sound ${entry[0]}`;
  const heard = state.hearing?.key === key;
  const phrase = findPhrase(word);
  const listen = async () => {
    if (heard) stopHearing();
    else if (await commit()) await hearWord(key, word);
  };
  return html`<li class="sound">
    <input type="text" value=${word} aria-label=${t("voices word")} lang=${state.card?.language}
      onInput=${(event) => setTyped([event.target.value, sound])} onChange=${commit} />
    <input type="text" value=${sound} aria-label=${t("voices sound of", { word })}
      onInput=${(event) => setTyped([word, event.target.value])} onChange=${commit} />
    <button onClick=${listen} aria-label=${t(heard ? "voices stop" : "voices hear named", { name: word })}>${t(heard ? "voices stop" : "voices hear")}</button>
    <button onClick=${onDelete} aria-label=${t("voices delete named", { name: word })}>${t("voices delete")}</button>
    <span class="soft">${phrase ? t("voices heard in", { phrase }) : t("voices not said")}</span>
    <${Unheard} name=${key} />
  </li>`;
}

function NewEntry({ onAdd }) {
  const [word, setWord] = useState("");
  const [sound, setSound] = useState("");
  const add = async (event) => {
    event.preventDefault();
    await onAdd([word, sound]);
  };
  return html`<li><form class="sound" onSubmit=${add}>
    <input type="text" value=${word} aria-label=${t("voices new word")} placeholder=${t("voices new word")} lang=${state.card?.language}
      onInput=${(event) => setWord(event.target.value)} />
    <input type="text" value=${sound} aria-label=${t("voices new sound")} placeholder=${t("voices new sound")}
      onInput=${(event) => setSound(event.target.value)} />
    <button disabled=${!word.trim() || !sound.trim()}>${t("voices add")}</button>
  </form></li>`;
}

/** Hear a word in a phrase of the session: the clip that a file has. A word that is not said is heard alone. */
async function hearWord(key, word) {
  await replan();
  const phrase = findPhrase(word);
  const cue = state.problems.length ? null : state.plan?.timeline.cues.find((each) => each.text === phrase);
  return cue ? hear(key, async () => cue.clip) : hearText(key, phrase ?? word);
}

/** The first phrase of the session that has a word in it. */
function findPhrase(word) {
  const sign = word.trim().replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  if (!sign) return undefined;
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_])${sign}(?![\\p{L}\\p{N}_])`, "iu");
  return state.plan?.timeline.cues.find((cue) => cue.track === "voice" && pattern.test(cue.text))?.text;
}
