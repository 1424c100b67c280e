// What people do on the page: each changes the state, and asks the server for what follows from it.

import * as api from "./api.js";
import { Background, Under } from "./background.js";
import { BreathSound } from "./breath-sound.js";
import { followIntro } from "./intro.js";
import { Player } from "./player.js";
import { draftKey, recall, remember, state, update } from "./state.js";
import { chooseLanguage, loadWords, t } from "./words.js";

export const player = new Player(getClip);

/** Get a clip, and say so if the server is gone: a session without words would seem to play. */
async function getClip(id) {
  try {
    return await api.getClip(id);
  } catch (error) {
    if (error instanceof api.GoneError) update({ gone: true });
    throw error;
  }
}

for (const type of ["state", "end"]) player.addEventListener(type, () => update({ playing: player.playing }));
player.addEventListener("waiting", () => update({ busy: "clips" }));
player.addEventListener("ready", () => update({ busy: "" }));

const under = new Under();
player.setBackground(under);

const forgetIntro = followIntro(player, () => {
  if (introduction() === "full") attempt(() => api.noteHeard(askedRoutine(), sessionChoices())).catch(() => {});
});

/** Which introduction is heard: the one that is chosen, or the one that the program chose by what was heard before. */
export function introduction() {
  return state.choices.intro ?? state.intro ?? "full";
}

const SLOW = 300; // milliseconds after which the page says what it waits for

/** Run what may find the server gone. */
async function attempt(work) {
  try {
    const found = await work();
    if (state.gone) update({ gone: false });
    return found;
  } catch (error) {
    if (error instanceof api.GoneError) update({ gone: true });
    else if (error.name !== "AbortError") throw error;
    return undefined;
  }
}

const asked = new Set(); // the cards that were asked for since the library was read

export async function getLibrary() {
  asked.clear();
  const library = await attempt(api.getLibrary);
  if (library) update({ library });
  return library;
}

/** Get what a card shows later; a card that is not on the screen is not asked for. */
export async function fillCard(id) {
  if (asked.has(id)) return;
  asked.add(id);
  const card = await attempt(() => api.getCard(id)).catch(() => null);
  if (card) update({ cards: { ...state.cards, [id]: card } });
}

/** Show a routine; a draft of its text that was left behind is played in place of its file. */
export async function openRoutine(id, { screen = "play" } = {}) {
  if (state.id === id) {
    const back = state.screen === "start"; // the file may have changed meanwhile
    update({ screen });
    if (back) await Promise.all([replan(), describeRoutine(id, state.language)]);
    return;
  }
  player.pause();
  player.rest = 0;
  player.timeline = null;
  forgetIntro();
  const choices = recall(id);
  const language = choices.language ?? "";
  const text = localStorage.getItem(draftKey(id, language));
  const card = state.cards[id] ?? state.library?.routines.find((each) => each.id === id) ?? null;
  update({ screen, id, text, language, card, choices, draft: null, textProblems: [], intro: null, suggestions: [], plan: null, problems: [], missing: false, busy: "" });
  await Promise.all([replan(), describeRoutine(id, language), hearBed()]);
}

async function describeRoutine(id, language) {
  const card = await attempt(() => api.getCard(id, language)).catch(() => null);
  if (!card || state.id !== id) return;
  update({ card });
  if (card.language && !state.voices[card.language]) {
    const found = await attempt(() => api.getVoices(card.language)).catch(() => null);
    if (found) update({ voices: { ...state.voices, [card.language]: found.voices } });
  }
}

/** Change choices; undefined takes one back to what the routine says. */
export function choose(changes) {
  const choices = { ...state.choices, ...changes };
  for (const name of Object.keys(choices)) {
    if (choices[name] === undefined || choices[name] === null || choices[name] === "" || choices[name].length === 0) delete choices[name];
  }
  update({ choices });
  remember(state.id, choices);
  hearBed();
  hearBreath();
  if ("language" in changes) {
    const language = choices.language ?? "";
    update({ language, text: localStorage.getItem(draftKey(state.id, language)), draft: null, intro: null });
    describeRoutine(state.id, state.language);
  }
  return replan();
}

const heard = {}; // which sound is under the session, with its level, by name

/** Have a sound under the session; `get` returns it, and an empty `wanted` is silence. */
async function hearUnder(name, wanted, get) {
  if ((heard[name] ?? "") === wanted) return;
  heard[name] = wanted;
  const found = wanted ? await attempt(get).catch(() => null) : null;
  if (heard[name] === wanted) under.put(name, found ?? null, player);
}

function hearBed() {
  const { bed, bed_level: level = 24, clear } = state.choices;
  const wanted = bed && !clear ? `${bed} ${level}` : "";
  return hearUnder("bed", wanted, async () => {
    const { channels, gain } = await api.getBed(bed, level);
    return new Background(channels, gain);
  });
}

/** The breath sound is heard if the session that is planned has it. */
function hearBreath() {
  const level = state.choices.breath_level ?? 24;
  const wanted = state.plan?.timeline.breath_sound ? `${level}` : "";
  return hearUnder("breath", wanted, async () => new BreathSound(await api.getBreathSound(level)));
}

/** Write a new routine of one's own, and open its form. */
export async function createRoutine() {
  const made = await attempt(() => api.addRoutine(t("new title"), t("new text", { title: t("new title") })));
  if (made) location.hash = `#/form/${made.id}`;
}

/** Which routine is on the page, as the server is asked for it. */
export function askedRoutine() {
  const { id, text, language } = state;
  return { id, ...(text === null ? {} : { text }), ...(language ? { language } : {}) };
}

/** The choices of the session that people made, without those of its sound. */
export function chosenForSession() {
  const { language, bed, bed_level, breath_level, ...session } = state.choices;
  return session;
}

/** The choices of the session that is heard. */
export function sessionChoices() {
  return { ...(state.intro === "short" ? { intro: "short" } : {}), ...chosenForSession() };
}

/** The choices that a file takes, as the session is heard: its background, and levels. */
export function soundOfFiles() {
  const { bed, bed_level, breath_level, clear } = state.choices;
  const background = bed && !clear ? { bed, ...(bed_level ? { bed_level } : {}) } : {};
  return { ...background, ...(breath_level && state.plan?.timeline.breath_sound ? { breath_level } : {}) };
}

// One request is on its way at a time. While it is, only the newest wish is kept; one that takes long is ended for it.
let flight = null;
let wanted = false;

export async function replan() {
  wanted = true;
  if (flight) {
    if (performance.now() - flight.begun > SLOW) flight.controller.abort();
    return flight.done;
  }
  while (wanted) {
    wanted = false;
    const controller = new AbortController();
    flight = { controller, begun: performance.now() };
    flight.done = planOnce(controller.signal);
    await flight.done;
    flight = null;
  }
}

async function planOnce(signal) {
  const { id, text } = state;
  const slow = setTimeout(() => update({ busy: "plan" }), SLOW);
  try {
    const remember = state.intro === null && !state.choices.intro;
    const plan = await attempt(() => api.plan(askedRoutine(), sessionChoices(), remember, signal));
    if (plan && remember) update({ intro: plan.intro });
    if (plan && state.id === id) take({ ...plan, text });
  } catch (error) {
    if (error.status === 409) return;
    if (state.id !== id) return;
    if (error.body?.missing) {
      update({ missing: true, problems: [] });
      return;
    }
    update({ problems: error.body?.problems ?? [{ what: String(error.message), remedy: "" }] });
    findSuggestions();
  } finally {
    clearTimeout(slow);
    if (state.busy === "plan") update({ busy: "" });
  }
}

const SETTLED = 300; // milliseconds that problems stand before the page asks what would do
let settling = null;

/** Find what can be chosen in place of what is impossible, once people have stopped to move sliders. */
function findSuggestions() {
  clearTimeout(settling);
  update({ suggestions: [] });
  settling = setTimeout(async () => {
    const { problems } = state;
    const found = await attempt(() => api.suggest(askedRoutine(), sessionChoices())).catch(() => null);
    if (found && state.problems === problems) update({ suggestions: found.suggestions });
  }, SETTLED);
}

function take(plan) {
  const same = state.plan?.digest === plan.digest && player.timeline;
  clearTimeout(settling);
  update({ plan, problems: [], suggestions: [], missing: false });
  if (!same) player.set(plan.timeline);
  hearBreath();
}

export function togglePlay() {
  if (player.playing) player.pause();
  else player.play();
}

export function skip(seconds) {
  player.seek(player.place + seconds);
}

/** Go to the next chapter, or back to the start of this one, or of the one before. */
export function skipChapter(direction) {
  const starts = player.timeline?.chapters.map((chapter) => chapter.start) ?? [];
  const place = player.place;
  const found = direction > 0 ? starts.find((each) => each > place + 0.1) : starts.findLast((each) => each < place - 2);
  player.seek(found ?? (direction > 0 ? player.timeline?.duration ?? 0 : 0));
}

let unfollow = null;

/** Write files: `wanted` has files, split, and the choices of the session. */
export async function exportFiles(wanted) {
  const files = { ...soundOfFiles(), ...wanted.files };
  update({ exportProblems: [] });
  try {
    await attempt(() => api.startExport({ routine: askedRoutine(), ...wanted, files }));
  } catch (error) {
    update({ exportProblems: error.body?.problems ?? [{ what: String(error.message), remedy: "" }] });
    return;
  }
  followExports();
}

/** Follow all exports, those too that an earlier page began. */
export function followExports() {
  unfollow ??= api.followJobs(hearJobs);
}

function hearJobs(jobs) {
  update({ jobs });
  if (unfollow && jobs.every((job) => job.state !== "working")) {
    unfollow();
    unfollow = null;
  }
}

export function setLanguage(code) {
  localStorage.setItem("language", code);
  return startWords();
}

export async function startWords() {
  await loadWords(chooseLanguage());
  update({});
}
