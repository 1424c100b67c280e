// Single phrases, heard by themselves: one at a time, and never while the session plays.

import { askedRoutine, player, sessionChoices } from "../actions.js";
import * as api from "../api.js";
import { RATE } from "../player.js";
import { update } from "../state.js";

let newest = 0;
let source = null;

/** Hear some words as the session says them; `choices` differ from those on the page. Resolves to whether they were heard. */
export const hearText = (key, text, choices = {}) =>
  hear(key, async () => (await api.speak(askedRoutine(), { ...sessionChoices(), ...choices }, text)).clip);

/** Hear a clip that `find` gives, to its end; `key` says on the page what is heard. */
export async function hear(key, find) {
  const mine = ++newest;
  stopSource();
  player.pause();
  update({ hearing: { key, busy: true }, unheard: null });
  try {
    const samples = await api.getClip(await find());
    if (mine !== newest) return false;
    update({ hearing: { key, busy: false } });
    return await sound(samples);
  } catch (error) {
    const problems = error.body?.problems ?? [{ what: String(error.message), remedy: "" }];
    if (mine === newest) update(error instanceof api.GoneError ? { gone: true } : { unheard: { key, problems } });
    return false;
  } finally {
    if (mine === newest) update({ hearing: null });
  }
}

/** End what is heard. */
export function stopHearing() {
  newest += 1;
  stopSource();
  update({ hearing: null });
}

function stopSource() {
  source?.stop();
  source = null;
}

/** Play samples; resolves to whether they came to their end. */
async function sound(samples) {
  player.context ??= player.makeContext();
  await player.context.resume();
  const buffer = new AudioBuffer({ length: Math.max(1, samples.length), numberOfChannels: 1, sampleRate: RATE });
  buffer.copyToChannel(samples, 0);
  const node = new AudioBufferSourceNode(player.context, { buffer });
  node.connect(player.context.destination);
  source = node;
  node.start();
  await new Promise((ended) => (node.onended = ended));
  return source === node;
}
