// The player: it knows a timeline, its clips and the clock of the sound, and nothing of the page.
//
// Every cue is laid on the clock ahead of time, on its sample. When the timeline changes, what has not begun yet is laid
// anew; what sounds goes on to its end. So a change has no gap.

import { carryOver } from "./place.js";

export const RATE = 48000;
const AHEAD = 300; // seconds that are laid
const REFILL = 150; // seconds that are left when more is laid
const FADE = 0.03; // seconds in which a sound ends that something else replaces
const SOFT = 0.01; // seconds in which a sound begins in its middle, or ends that has hardly begun
const SOON = 0.05; // seconds from "now" to what is laid first
const LEAD = 0.02; // seconds that the sound may be ahead of the clock that a script sees
const RETRY = 2000; // milliseconds until what could not be got is asked for again
const AT_WORK = 0.2; // seconds after "now" of which the sound may be on its way to the ear already

/** Lay the cues of a timeline whose clips are there on a clock whose second 0 of the session is at `zero` (in samples). */
export function lay(context, cues, buffers, zero, target = context.destination) {
  return cues.filter((cue) => buffers.has(cue.clip)).map((cue) => layCue(context, cue, buffers.get(cue.clip), zero, target));
}

function layCue(context, cue, samples, zero, target, skipped = 0) {
  const source = new AudioBufferSourceNode(context, { buffer: makeBuffer(context, samples) });
  const level = 10 ** ((cue.gain ?? 0) / 20);
  const gain = new GainNode(context, { gain: skipped ? 0 : level });
  source.connect(gain).connect(target);
  const begin = (zero + cue.sample + skipped) / RATE;
  source.start(begin, skipped / RATE);
  if (skipped) gain.gain.setValueAtTime(0, begin).linearRampToValueAtTime(level, begin + SOFT); // its first samples are loud
  const end = (zero + cue.sample + samples.length) / RATE;
  const risen = skipped ? begin + SOFT : 0;
  return { cue, source, node: gain, gain: gain.gain, level, start: (zero + cue.sample) / RATE, end, risen, fading: Infinity };
}

/** Let a sound end softly from a time on; one that ends already goes on with that. */
function fade(each, from, seconds, now) {
  if (each.fading <= now + LEAD) return;
  const { gain, level, risen } = each;
  if (now >= risen) gain.cancelScheduledValues(0).setValueAtTime(level, now);
  each.fading = Math.max(from, now + LEAD, risen);
  if (each.fading < each.end) gain.setValueAtTime(level, each.fading).linearRampToValueAtTime(0, each.fading + seconds);
  each.source.stop(Math.min(each.fading + seconds, each.end));
}

const made = new WeakMap();

function makeBuffer(context, samples) {
  if (!made.has(samples)) {
    const buffer = new AudioBuffer({ length: Math.max(1, samples.length), numberOfChannels: 1, sampleRate: RATE });
    buffer.copyToChannel(samples, 0);
    made.set(samples, buffer);
  }
  return made.get(samples);
}

export class Player extends EventTarget {
  /** `load` returns a promise of the samples of a clip, by its id. */
  constructor(load, makeContext = () => new AudioContext({ sampleRate: RATE, latencyHint: "playback" })) {
    super();
    this.load = load;
    this.makeContext = makeContext;
    this.context = null;
    this.timeline = null;
    this.buffers = new Map();
    this.loading = new Map();
    this.laid = [];
    this.laidUntil = 0;
    this.zero = 0; // the sample of the clock on which the session began, while it plays
    this.rest = 0; // the place, while it does not
    this.playing = false;
    this.background = null;
  }

  /** Take another background, or null for none; see background.js. */
  setBackground(background) {
    this.background?.stop();
    this.background = background;
    if (this.playing && this.begun !== undefined) background?.lay(this.context, this.timeline, this.place, this.zero);
  }

  /** The place in the session that is heard now, in seconds. */
  get place() {
    if (!this.playing) return this.rest;
    const heard = this.context.currentTime - this.zero / RATE - (this.context.outputLatency || 0);
    return Math.max(this.begun, Math.min(heard, this.timeline.duration));
  }

  /** Take a timeline, at the place that matches the present one. */
  set(timeline, place = null) {
    const before = this.timeline;
    const from = this.playing ? this.context.currentTime - this.zero / RATE : this.rest;
    const there = place ?? (before ? carryOver(before, timeline, from) : 0);
    this.timeline = timeline;
    if (this.playing && place === null) {
      this.#layAnew(there, false);
    } else if (this.playing) {
      this.#layAnew(there, true);
    } else {
      this.rest = there;
    }
    this.#forget();
    this.#fetch();
    this.#tell("timeline");
  }

  async play() {
    if (this.playing || !this.timeline) return;
    this.context ??= this.makeContext();
    if (this.rest >= this.timeline.duration - 0.01) this.rest = 0;
    this.playing = true;
    this.#tell("state");
    await this.context.resume();
    await this.#need(this.rest);
    if (!this.playing) return;
    this.#layAnew(this.rest, true);
    this.timer = setInterval(() => this.#tick(), 500);
    this.#tell("state");
  }

  pause() {
    if (!this.playing) return;
    this.rest = this.place;
    this.playing = false;
    clearInterval(this.timer);
    this.#silence();
    this.background?.stop();
    this.#tell("state");
  }

  seek(place) {
    if (!this.timeline) return;
    const there = Math.max(0, Math.min(place, this.timeline.duration));
    if (this.playing) {
      this.#need(there).then(() => this.playing && this.#layAnew(there, true));
      this.begun = there;
    } else {
      this.rest = there;
    }
    this.#tell("place");
  }

  /** Hear one clip by itself. */
  async sound(id) {
    this.pause();
    this.context ??= this.makeContext();
    await Promise.all([this.context.resume(), this.#get(id)]);
    const zero = Math.ceil((this.context.currentTime + SOON) * RATE);
    this.laid.push(...lay(this.context, [{ clip: id, sample: 0 }], this.buffers, zero));
  }

  /** Whether all sound of the next seconds is here. */
  isReady(place, seconds = 10) {
    return this.#upcoming(place, seconds).every((cue) => this.buffers.has(cue.clip));
  }

  #layAnew(place, cut) {
    const now = this.context.currentTime;
    const sounding = cut ? [] : this.laid.filter((each) => each.start <= now && each.end > now);
    if (cut) this.#silence();
    else for (const each of this.laid) if (each.start > now) this.#drop(each);
    this.laid = sounding;
    this.zero = Math.round((now + (cut ? SOON : 0) - place) * RATE);
    this.begun = cut ? place : -1;
    this.laidUntil = place;
    if (cut) this.#layStarted(place);
    this.#layMore();
    for (const each of sounding) this.#giveWay(each);
    this.background?.lay(this.context, this.timeline, place, this.zero);
  }

  /** After a jump into a phrase that has begun, its rest is heard. */
  #layStarted(place) {
    for (const cue of this.timeline.cues) {
      if (cue.start >= place || cue.end <= place) continue;
      const samples = this.buffers.get(cue.clip);
      const skipped = Math.round(place * RATE) - cue.sample;
      if (samples && skipped < samples.length) {
        this.laid.push(layCue(this.context, cue, samples, this.zero, this.context.destination, Math.max(0, skipped)));
      }
    }
  }

  #layMore() {
    const until = Math.min(this.laidUntil + AHEAD, this.timeline.duration + 1);
    const cues = this.timeline.cues.filter((cue) => cue.start >= this.laidUntil && cue.start < until);
    this.laid.push(...lay(this.context, cues, this.buffers, this.zero));
    this.waiting = cues.filter((cue) => !this.buffers.has(cue.clip));
    this.laidUntil = until;
  }

  /** A phrase that still sounds ends softly where the next one begins. */
  #giveWay(each) {
    if (each.cue.track !== "voice") return;
    const now = this.context.currentTime;
    const next = this.laid.find((other) => other !== each && other.cue.track === "voice" && other.start > each.start);
    fade(each, next && next.start < each.end ? Math.max(now, next.start - FADE) : Infinity, FADE, now);
  }

  #silence() {
    const now = this.context.currentTime;
    for (const each of this.laid) {
      if (each.start > now) this.#drop(each);
      else if (each.end > now) fade(each, now, FADE, now);
    }
    this.laid = [];
  }

  #drop(each) {
    const now = this.context.currentTime;
    if (each.start < now + AT_WORK) return fade(each, now, SOFT, now);
    each.source.stop();
    each.source.disconnect();
    each.node.disconnect();
  }

  #tick() {
    const now = this.context.currentTime;
    this.laid = this.laid.filter((each) => each.end > now);
    if (this.laidUntil - this.place < REFILL && this.laidUntil < this.timeline.duration) this.#layMore();
    if (this.place >= this.timeline.duration) {
      this.pause();
      this.rest = this.timeline.duration;
      this.#tell("end");
    }
  }

  #upcoming(place, seconds) {
    return this.timeline.cues.filter((cue) => cue.end > place && cue.start < place + seconds);
  }

  async #need(place) {
    if (this.isReady(place)) return;
    this.#tell("waiting");
    await Promise.all(this.#upcoming(place, 10).map((cue) => this.#get(cue.clip).catch(() => {})));
    this.#tell("ready");
  }

  /** Get the clips in the order in which they are heard, a few at a time. */
  async #fetch() {
    const timeline = this.timeline;
    const place = this.place;
    const order = [...timeline.cues.filter((cue) => cue.end > place), ...timeline.cues.filter((cue) => cue.end <= place)];
    const ids = [...new Set(order.map((cue) => cue.clip))].filter((id) => !this.buffers.has(id));
    let missing = 0;
    const next = async () => {
      while (ids.length && this.timeline === timeline) await this.#get(ids.shift()).catch(() => missing++);
    };
    await Promise.all([next(), next(), next(), next()]);
    if (this.timeline !== timeline) return;
    if (missing) setTimeout(() => this.timeline === timeline && this.#fetch(), RETRY);
    else this.#tell("loaded");
  }

  async #get(id) {
    if (this.buffers.has(id)) return;
    if (!this.loading.has(id)) {
      const loaded = this.load(id).then((samples) => this.#keep(id, samples));
      this.loading.set(id, loaded.finally(() => this.loading.delete(id)));
    }
    await this.loading.get(id);
  }

  #keep(id, samples) {
    this.buffers.set(id, samples);
    if (!this.playing || !this.waiting) return;
    const now = this.context.currentTime;
    for (const cue of this.waiting.filter((each) => each.clip === id)) {
      if ((this.zero + cue.sample) / RATE > now) this.laid.push(layCue(this.context, cue, samples, this.zero, this.context.destination));
    }
    this.waiting = this.waiting.filter((each) => each.clip !== id);
  }

  /** Keep the clips of this timeline, and as many others as fit into 64 MB. */
  #forget() {
    const used = new Set(this.timeline.cues.map((cue) => cue.clip));
    let spare = 16e6;
    for (const [id, samples] of [...this.buffers].reverse()) {
      if (!used.has(id) && (spare -= samples.length) < 0) this.buffers.delete(id);
    }
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
