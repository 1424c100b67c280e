// What the page asks the server. Each call returns JSON; what goes wrong is an ApiError with its status and body.

export class ApiError extends Error {
  constructor(status, body) {
    super(`status ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** The server does not answer: it was stopped. Or another one does, started later, which does not let this page in. */
export class GoneError extends Error {}

/** The number of this tab: the server drops an older request of the same tab. */
export const TAB = Math.random().toString(36).slice(2);

async function ask(method, path, body, { signal, headers = {} } = {}) {
  const sent = body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) };
  const kind = body === undefined ? {} : { "content-type": body instanceof Blob ? body.type : "application/json" };
  let answer;
  try {
    answer = await fetch(`/api/${path}`, { method, signal, headers: { ...kind, ...headers }, ...sent });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new GoneError();
  }
  if (answer.status === 403) throw new GoneError();
  if (!answer.ok) throw new ApiError(answer.status, await answer.json().catch(() => ({})));
  const found = answer.status === 204 ? {} : await answer.json();
  const tag = answer.headers.get("etag");
  return tag ? { ...found, tag } : found;
}

const named = (path, id, language) =>
  `${path}/${encodeURIComponent(id)}${language ? `?language=${encodeURIComponent(language)}` : ""}`;

export const getLibrary = () => ask("GET", "library");
export const getCard = (id, language) => ask("GET", named("card", id, language));
/** The picture of a routine's card: those of the exercises that come with the program are drawn already. */
export const pictureOf = (id, own) => (own ? `/api/${named("picture", id)}` : `/page/pictures/${encodeURIComponent(id)}.svg`);
export const getVoices = (language) => ask("GET", `voices?language=${encodeURIComponent(language)}`);
/** With `remember`, the introduction is short if it was heard before; the answer's `intro` says which one it is. */
export const plan = (routine, choices, remember, signal) => ask("POST", "plan", { page: TAB, routine, choices, remember }, { signal });
/** What can be chosen in place of choices that are impossible. */
export const suggest = (routine, choices) => ask("POST", "suggest", { page: TAB, routine, choices });
export const noteHeard = (routine, choices) => ask("POST", "heard", { routine, choices });
export const check = (routine, voice, signal) => ask("POST", "check", { page: TAB, routine, voice }, { signal });
/** Speak some words as the session of a routine says them: {clip, samples}. */
export const speak = (routine, choices, text) => ask("POST", "speak", { page: TAB, routine, choices, text });
/** The pronunciations of a routine, with its text: {text, entries}; with `entries`, the text has these. */
export const pronounce = (routine, entries) => ask("POST", "pronunciations", { routine, entries });
/** Start the voice that will speak what is written. */
export const warmUp = (routine, voice) => ask("POST", "warm", { routine, voice });
/** What a session says, and what of it is recorded: {list, folder, voice, phrases}. */
export const listTakes = (routine, choices) => ask("POST", "takes", { routine, choices });
export const takeOf = (list, id) => `/api/takes/${list}/${id}`;
/** Keep a recording of a phrase, a WAV file: {soft}. */
export const putTake = (list, id, sound) => ask("PUT", `takes/${list}/${id}`, sound);
export const deleteTake = (list, id) => ask("DELETE", `takes/${list}/${id}`);
export const getSchema = () => ask("GET", "schema");
export const getRoutine = (id, language) => ask("GET", named("routine", id, language));
/** Save a text; the answer to a stale tag is an ApiError 412 with {theirs, yours}. */
export const putRoutine = (id, text, tag) => ask("PUT", named("routine", id), { text }, { headers: { "if-match": tag } });
export const addRoutine = (title, text) => ask("POST", "routines", { title, text });
export const startExport = (wanted) => ask("POST", "export", wanted);
export const cancelJob = (job) => ask("DELETE", `jobs/${job}`);
export const fileOf = (job, index) => `/api/made/${job}/${index}`;

/** The samples of a clip: 16 bits, one channel, 48 kHz. */
export async function getClip(id) {
  let answer;
  try {
    answer = await fetch(`/api/clip/${id}`);
  } catch {
    throw new GoneError();
  }
  if (!answer.ok) throw new ApiError(answer.status, {});
  return readWave(await answer.arrayBuffer());
}

/** A background sound: the samples of its two channels, and its factor at a level below the speech. */
export async function getBed(name, level = 24) {
  const answer = await fetch(`/api/bed/${name}?level=${level}`);
  if (!answer.ok) throw new ApiError(answer.status, {});
  return { channels: split(readWave(await answer.arrayBuffer()), 2), gain: Number(answer.headers.get("gain")) };
}

/** The breath sound: the samples of its colours, how phases sound, and its factor at a level below the speech. */
export async function getBreathSound(level = 24) {
  const answer = await fetch(`/api/breath-sound?level=${level}`);
  if (!answer.ok) throw new ApiError(answer.status, {});
  const [edge, gain] = ["edge", "gain"].map((name) => Number(answer.headers.get(name)));
  return { channels: split(readWave(await answer.arrayBuffer()), 5), courses: JSON.parse(answer.headers.get("courses")), edge, gain };
}

/** The samples of each channel. */
function split(samples, count) {
  return Array.from({ length: count }, (_, first) => Float32Array.from({ length: samples.length / count }, (_, index) => samples[count * index + first]));
}

/** The samples in a WAV file, as numbers from -1 to 1, channel by channel in turn. */
export function readWave(data) {
  const view = new DataView(data);
  let at = 12;
  while (view.getUint32(at, false) !== 0x64617461) at += 8 + view.getUint32(at + 4, true); // "data"
  const count = view.getUint32(at + 4, true) / 2;
  const samples = new Float32Array(count);
  for (let index = 0; index < count; index++) samples[index] = view.getInt16(at + 8 + 2 * index, true) / 32768;
  return samples;
}

/** Follow all exports: `hear` gets their list now and after each change. Returns what ends it. */
export function followJobs(hear) {
  const source = new EventSource("/api/jobs");
  source.onmessage = (event) => hear(JSON.parse(event.data));
  return () => source.close();
}
