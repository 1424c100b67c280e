// A voice of one's own: each phrase is shown, recorded, played back, and kept or recorded again.

import { askedRoutine, choose, player, replan, sessionChoices } from "../actions.js";
import * as api from "../api.js";
import { Problems } from "../problems.js";
import { state, update } from "../state.js";
import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { number, t } from "../words.js";
import { stopHearing } from "./hear.js";
import { judgeLevel, Recorder } from "./recorder.js";

export function Takes() {
  const [listed, setListed] = useState(null);
  const [problems, setProblems] = useState([]);
  const { voice: _, ...choices } = sessionChoices();
  const load = async () => {
    try {
      const found = await api.listTakes(askedRoutine(), choices);
      setListed(found);
      setProblems([]);
      return found;
    } catch (error) {
      setProblems(describe(error));
      return null;
    }
  };
  useEffect(() => {
    load();
  }, [state.id, state.language, state.text, JSON.stringify(choices)]);
  const done = listed?.phrases.filter((each) => each.recorded).length ?? 0;
  return html`<section aria-labelledby="takes">
    <h2 id="takes">${t("voices takes")}</h2>
    <p class="soft">${t("voices takes help")}</p>
    <${Problems} problems=${problems} />
    ${listed && html`
      <p class="line" role="status"><progress max=${listed.phrases.length} value=${done} aria-label=${t("voices takes")}></progress>
        <span>${t("voices recorded", { done, all: listed.phrases.length })}</span></p>
      <${Use} listed=${listed} done=${done} />
      <${Booth} key=${listed.list} listed=${listed} reload=${load} />
      <p class="soft">${t("voices takes folder")} <code>${listed.folder}</code></p>`}
  </section>`;
}

function describe(error) {
  if (error instanceof api.GoneError) {
    update({ gone: true });
    return [];
  }
  return error.body?.problems ?? [{ what: error.body?.failed ? t("not written", { why: error.body.failed }) : String(error.message), remedy: "" }];
}

/** Let the session be spoken by the recordings; what is missing, another voice speaks. */
function Use({ listed, done }) {
  if (!done) return null;
  const ready = (state.voices[state.card?.language] ?? []).filter((each) => each.ready);
  const other = ready.find((each) => [state.choices.voice, state.plan?.voice].includes(each.id)) ?? ready[0];
  const complete = done === listed.phrases.length;
  if (!complete && !other) return null;
  const voice = complete ? listed.voice : `${listed.voice},${other.id}`;
  if (state.choices.voice === voice) return html`<p class="badge">✓ ${t("voices used")}</p>`;
  return html`<p><button class="play-button" onClick=${() => choose({ voice })}>
    ${complete ? t("voices use takes") : t("voices use some takes", { name: other.name })}</button></p>`;
}

const recorder = new Recorder();
const unkept = new Map(); // {sound, peak} by folder and phrase: what is recorded, and neither kept nor discarded yet

/** One phrase at a time, and what can be done with it. */
function Booth({ listed, reload }) {
  const { phrases } = listed;
  const firstMissing = Math.max(0, phrases.findIndex((each) => !each.recorded));
  const [at, setAt] = useState(firstMissing);
  const [, redraw] = useState(0);
  const [recording, setRecording] = useState(false);
  const [problems, setProblems] = useState([]);
  const [remark, setRemark] = useState("");
  const level = useRef();
  const next = useRef();
  useEffect(() => () => recorder.close(), []);
  const phrase = phrases[Math.min(at, phrases.length - 1)];
  const keyOf = (each) => `${listed.folder}/${each.id}`;
  const taken = recording ? undefined : unkept.get(keyOf(phrase));
  const setTaken = (found) => {
    if (found) unkept.set(keyOf(phrase), found);
    else unkept.delete(keyOf(phrase));
    redraw((count) => count + 1);
  };
  const acted = useRef(false); // the focus goes from one step to the next, and stays where it is before the first
  useEffect(() => {
    if (acted.current) next.current?.focus();
  }, [recording, taken, phrase.recorded]);
  const goTo = (place) => {
    acted.current = false;
    setProblems([]);
    setRemark("");
    setAt(Math.max(0, Math.min(place, phrases.length - 1)));
  };
  const stop = () => {
    setRecording(false);
    setTaken(recorder.stop());
  };
  const record = async () => {
    acted.current = true;
    stopHearing();
    player.pause();
    setProblems([]);
    setRemark("");
    try {
      await recorder.open();
    } catch (error) {
      recorder.close();
      const why = { NotAllowedError: "voices microphone refused", NotFoundError: "voices microphone missing" }[error.name];
      setProblems([{ what: why ? t(why) : t("voices microphone broken"), remedy: why ? "" : String(error.message) }]);
      return;
    }
    setRecording(true);
    recorder.start((recent, peak, seconds) => showLevel(level.current, recent, peak, seconds), stop);
  };
  const keep = async () => {
    try {
      const found = await attempt(listed.list, phrase.id, reload, (list) => api.putTake(list, phrase.id, taken.sound));
      setTaken(null);
      await reload();
      goTo(at + 1);
      acted.current = true;
      if (found.soft) setRemark(t("voices kept soft"));
      hearAnew();
    } catch (error) {
      if (error.status === 422) setTaken(null); // it can't be used; what a full disk refused can be kept later
      setProblems(describe(error));
    }
  };
  const remove = async () => {
    acted.current = true;
    try {
      await attempt(listed.list, phrase.id, reload, (list) => api.deleteTake(list, phrase.id));
      await reload();
      hearAnew();
    } catch (error) {
      setProblems(describe(error));
    }
  };
  return html`<div class="booth">
    <p class="soft">${[`${number(at + 1)} / ${phrases.length}`, phrase.chapter, ...phrase.sides.map((side) => t(`side ${side}`)),
      phrase.seconds === null ? "" : t("voices at most", { seconds: number(phrase.seconds) })].filter(Boolean).join(" · ")}</p>
    <p class="booth-words" aria-live="polite" lang=${state.card?.language}>${phrase.words}</p>
    <p class="soft">${t(recording ? "voices state recording" : stateOf(phrase, taken))}</p>
    ${recording && html`<div class="level" ref=${level}><meter min="-60" max="0" low="-34" high="-1" optimum="-12" aria-label=${t("voices level")}></meter>
      <span></span></div>`}
    ${taken && judgeLevel(taken.peak) !== "good" && html`<p class="note" role="status">${t(`voices level ${judgeLevel(taken.peak)}`)}</p>`}
    ${remark && html`<p class="note" role="status">${remark}</p>`}
    <${Problems} problems=${problems} />
    <div class="line">
      ${recording && html`<button class="play-button" ref=${next} onClick=${stop}>${t("voices stop")}</button>`}
      ${taken && html`
        <button class="play-button" ref=${next} onClick=${keep}>${t("voices keep")}</button>
        <button onClick=${() => play(URL.createObjectURL(taken.sound))}>${t("voices play back")}</button>
        <button onClick=${record}>${t("voices again")}</button>
        <button onClick=${() => setTaken(null)}>${t("voices drop")}</button>`}
      ${!recording && !taken && html`
        <button class="play-button" ref=${next} onClick=${record}>${t(phrase.recorded ? "voices record again" : "voices record")}</button>
        ${phrase.recorded && html`<button onClick=${() => play(api.takeOf(listed.list, phrase.id))}>${t("voices play back")}</button>
          <button onClick=${remove}>${t("voices delete")}</button>`}`}
      ${!recording && html`
        <button onClick=${() => goTo(at - 1)} disabled=${at === 0}>${t("voices before")}</button>
        <button onClick=${() => goTo(at + 1)} disabled=${at + 1 >= phrases.length}>${t("voices next")}</button>`}
    </div>
    <details>
      <summary>${t("voices all phrases")}</summary>
      <ol class="phrases">${phrases.map((each, index) => html`<li><button class="link" disabled=${recording}
        aria-current=${index === at ? "true" : undefined} onClick=${() => goTo(index)}>${each.words}</button>
        <span class="soft"> ${each.recorded ? "✓ " : ""}${t(stateOf(each, unkept.has(keyOf(each))))}</span></li>`)}</ol>
    </details>
  </div>`;
}

/** What is so far of a phrase, as a key of the texts. */
function stateOf(phrase, taken) {
  if (taken) return "voices state taken";
  return phrase.recorded ? "voices state recorded" : "voices state missing";
}

/** Ask for a recording's place; a server that was started anew has to be told the list again. */
async function attempt(list, id, reload, work) {
  try {
    return await work(list);
  } catch (error) {
    if (error.status !== 404) throw error;
    const found = await reload();
    if (!found?.phrases.some((each) => each.id === id)) throw error;
    return work(found.list);
  }
}

function showLevel(place, recent, peak, seconds) {
  if (!place) return;
  const [meter, word] = place.children;
  meter.value = peak;
  const text = `${t(`voices level ${judgeLevel(recent, seconds)}`)} · ${number(seconds)} ${t("s")}`;
  if (word.textContent !== text) word.textContent = text;
}

/** A session that is spoken by recordings has others now. */
function hearAnew() {
  if (state.choices.voice?.startsWith("recorded:")) replan();
}

let sounding = null;

function play(address) {
  stopHearing();
  sounding?.pause();
  sounding = new Audio(address);
  sounding.onended = () => address.startsWith("blob:") && URL.revokeObjectURL(address);
  sounding.play().catch(() => {});
}
