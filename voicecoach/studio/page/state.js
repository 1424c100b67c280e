// The one state of the page. Whoever changes it calls `update`; whoever shows it subscribes.

export const state = {
  screen: "start", // start, play, form, write, voices
  library: null, // {routines, mine, folder, opened}
  cards: {}, // what the library knows of each routine, by id
  search: "",
  id: "", // the routine on the page
  language: "", // of its translation; empty for the routine as it is
  text: null, // what is edited in place of its file; null for the file
  card: null,
  choices: {}, // what differs from the routine, by the names of the server's choices
  intro: null, // the introduction that the program chose by what was heard before; null if it has not yet
  plan: null, // the last good one: {timeline, clips, digest, breath, voice, warnings, notes, text}
  problems: [], // why there is no newer one
  suggestions: [], // choices that would do in their place
  busy: "", // what is waited for, once that takes a while: plan, clips
  draft: null, // the text that is written: {id, saved, tag, own, name, conflict, elsewhere, failed}
  missing: false, // whether there is no file of the routine on the page
  textProblems: [], // what a check of the text finds
  checkedText: "", // the text that they were found in
  gone: false, // whether the server has stopped
  playing: false,
  panel: false, // whether the sheet of choices is open, on narrow screens
  exporting: false,
  jobs: [],
  voices: {}, // by language
  hearing: null, // what is heard by itself: {key, busy}
  unheard: null, // why something could not be heard: {key, problems}
};

const listeners = new Set();

export function update(changes) {
  Object.assign(state, changes);
  for (const each of listeners) each(state);
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Choices are remembered for each routine. */
export function recall(id) {
  try {
    return JSON.parse(localStorage.getItem(`choices ${id}`)) ?? {};
  } catch {
    return {};
  }
}

/** Under which name a draft of a text is kept in this browser. */
export const draftKey = (id, language) => (language ? `draft ${id} ${language}` : `draft ${id}`);

export function remember(id, choices) {
  try {
    localStorage.setItem(`choices ${id}`, JSON.stringify(choices));
  } catch {
    // Private windows may have no room; nothing else depends on it.
  }
}
