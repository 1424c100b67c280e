// What sounds under a session: a background, which is a loop, and the breath sound. Both go down before words and come back
// after them, as in files.

const [ATTACK, RELEASE, FADE] = [0.6, 2.5, 4]; // seconds
const DUCKED = 0.5;
const RATE = 48000;

/** The gain of the background as corners [second, factor], without its fades at the ends of the session. */
export function listDucking(timeline) {
  const spans = [];
  for (const cue of timeline.cues) {
    if (cue.track !== "voice") continue;
    const last = spans.at(-1);
    if (last && cue.start - last[1] < ATTACK + RELEASE) last[1] = Math.max(last[1], cue.end);
    else spans.push([cue.start, cue.end]);
  }
  return spans.flatMap(([start, end]) => [[start - ATTACK, 1], [start, DUCKED], [end, DUCKED], [end + RELEASE, 1]]);
}

/** The fades at the ends of the session, as corners. */
export function listFades(timeline) {
  const end = timeline.duration;
  const fade = Math.min(FADE, end / 2);
  return [[0, 0], [fade, 1], [end - fade, 1], [end, 0]];
}

const [LAST_MINUTE, SINKING] = [60, 12]; // seconds, and decibels

/** In a session to fall asleep to, all that is under the words sinks, and fades in the last minute, as corners. */
export function listSinking(timeline) {
  const last = Math.max(1, timeline.duration - LAST_MINUTE);
  if (!timeline.sleep) return [[0, 1], [timeline.duration, 1]];
  const steps = Array.from({ length: 25 }, (_, step) => [(last * step) / 24, 10 ** ((-SINKING * step) / 24 / 20)]);
  return [...steps, [timeline.duration, 0]];
}

/** The factor at a place, on the lines between corners. */
export function findLevel(corners, place) {
  const after = corners.findIndex(([second]) => second > place);
  if (after < 0) return corners.at(-1)?.[1] ?? 1;
  if (after === 0) return corners[0][1];
  const [[from, low], [to, high]] = [corners[after - 1], corners[after]];
  return low + ((high - low) * (place - from)) / (to - from);
}

/** All that sounds under a session, by its names, which the player lays and stops together. */
export class Under {
  constructor() {
    this.parts = {};
  }

  /** Put a sound in the place of another one, or nothing; a player that plays has it heard at once. */
  put(name, part, player) {
    this.parts[name]?.stop();
    this.parts[name] = part;
    if (player.playing && player.begun !== undefined) part?.lay(player.context, player.timeline, player.place, player.zero);
  }

  lay(...there) {
    for (const each of Object.values(this.parts)) each?.lay(...there);
  }

  stop() {
    for (const each of Object.values(this.parts)) each?.stop();
  }
}

export class Background {
  /** `channels` are the samples of a loop, `gain` is its factor. */
  constructor(channels, gain) {
    this.channels = channels;
    this.gain = gain;
    this.nodes = null;
  }

  /** Play from a place on; `zero` is the sample of the clock on which the session began. */
  lay(context, timeline, place, zero) {
    if (!this.nodes || this.nodes.context !== context) this.#start(context, place);
    const { duck, fade, sink } = this.nodes;
    const now = Math.max(context.currentTime, zero / RATE + place);
    automate(duck.gain, listDucking(timeline), place, zero, now);
    automate(fade.gain, listFades(timeline), place, zero, now);
    automate(sink.gain, listSinking(timeline), place, zero, now);
  }

  #start(context, place) {
    const buffer = new AudioBuffer({ length: this.channels[0].length, numberOfChannels: 2, sampleRate: RATE });
    this.channels.forEach((samples, index) => buffer.copyToChannel(samples, index));
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const [duck, fade, sink, level] = [1, 0, 1, this.gain].map((gain) => new GainNode(context, { gain }));
    source.connect(duck).connect(fade).connect(sink).connect(level).connect(context.destination);
    source.start(context.currentTime, place % buffer.duration);
    this.nodes = { context, source, duck, fade, sink, level };
  }

  setGain(gain) {
    this.gain = gain;
    this.nodes?.level.gain.setTargetAtTime(gain, this.nodes.context.currentTime, 0.1);
  }

  stop() {
    if (!this.nodes) return;
    const { context, source, level } = this.nodes;
    level.gain.setTargetAtTime(0, context.currentTime, 0.03);
    source.stop(context.currentTime + 0.3);
    this.nodes = null;
  }
}

/** Lay the corners after a place on a gain, softly from what it is now. */
export function automate(gain, corners, place, zero, now) {
  const held = gain.value;
  gain.cancelScheduledValues(0);
  gain.setValueAtTime(held, now);
  gain.linearRampToValueAtTime(findLevel(corners, place + 0.1), now + 0.1);
  for (const [second, level] of corners) {
    if (second > place + 0.1) gain.linearRampToValueAtTime(level, zero / RATE + second);
  }
}
