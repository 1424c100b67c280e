// The breath sound: a soft sound under each guided phase, by which the breath can be followed with closed eyes. It is made
// of loops, its colours, as in files: a phase is a cross-fade from one colour to another.

import { automate, listDucking, listSinking } from "./background.js";

const RATE = 48000;
const AHEAD = 120; // seconds that are laid
const REFILL = 10_000; // milliseconds after which more is laid
const SOFT = 0.03; // seconds in which the phase that sounds is replaced
const TICK = 0.01; // seconds between the corners of a level

/** The levels of the two colours of a phase, at moments between two of its seconds; `soft` begins with a fade. */
export function listLevels([, , low, high], edge, lasts, from, to, soft) {
  const count = Math.max(2, Math.ceil((to - from) / TICK) + 1);
  const fade = Math.min(edge, lasts / 4);
  const levels = [new Float32Array(count), new Float32Array(count)];
  for (let index = 0; index < count; index++) {
    const at = from + ((to - from) * index) / (count - 1);
    const ends = Math.max(0, Math.min(1, at / fade, (lasts - at) / fade, soft ? (at - from) / SOFT : 1));
    const level = (low + ((high - low) * at) / lasts) * ends;
    levels[0][index] = level * Math.sqrt(Math.max(0, 1 - at / lasts));
    levels[1][index] = level * Math.sqrt(at / lasts);
  }
  return levels;
}

export class BreathSound {
  /** `colours` are the samples of the loops, `courses` say how phases sound, `edge` is the samples of a fade. */
  constructor({ channels, courses, edge, gain }) {
    Object.assign(this, { colours: channels, courses, edge: edge / RATE, gain, nodes: null });
  }

  /** Play from a place on; `zero` is the sample of the clock on which the session began. */
  lay(context, timeline, place, zero) {
    if (!this.nodes || this.nodes.context !== context) this.#start(context);
    else this.#end();
    const { duck, sink, level } = this.nodes;
    const now = Math.max(context.currentTime, zero / RATE + place);
    automate(duck.gain, listDucking(timeline), place, zero, now);
    automate(sink.gain, listSinking(timeline), place, zero, now);
    const bus = new GainNode(context, { gain: 1 });
    bus.connect(duck);
    this.laid = { bus, sources: [], timeline, zero, until: place, first: true };
    level.gain.value = this.gain;
    this.#layMore();
    clearInterval(this.timer);
    this.timer = setInterval(() => this.#layMore(), REFILL);
  }

  #start(context) {
    const [duck, sink, level] = [1, 1, this.gain].map((gain) => new GainNode(context, { gain }));
    duck.connect(sink).connect(level).connect(context.destination);
    this.buffers ??= this.colours.map((samples) => {
      const buffer = new AudioBuffer({ length: samples.length, numberOfChannels: 1, sampleRate: RATE });
      buffer.copyToChannel(samples, 0);
      return buffer;
    });
    this.nodes = { context, duck, sink, level };
  }

  #layMore() {
    const { laid, nodes } = this;
    const { timeline, zero } = laid;
    if (!laid.first && zero / RATE + laid.until - nodes.context.currentTime > AHEAD / 2) return;
    const until = laid.until + AHEAD;
    for (const phase of timeline.phases) {
      if (phase.end > laid.until && phase.start < until && (laid.first || phase.start >= laid.until)) this.#layPhase(phase, laid);
    }
    laid.first = false;
    laid.until = until;
  }

  #layPhase(phase, { bus, sources, zero, until }) {
    const course = this.courses[phase.kind];
    if (!course) return;
    const { context } = this.nodes;
    const [start, end] = [phase.start, phase.end].map((second) => Math.round(second * RATE));
    const skipped = Math.max(0, Math.round(until * RATE) - start);
    const [lasts, from] = [(end - start) / RATE, skipped / RATE];
    const when = (zero + start + skipped) / RATE;
    const levels = listLevels(course, this.edge, lasts, from, lasts, skipped > 0);
    const [one, other] = course;
    if (one === other) levels[0] = levels[0].map((level, index) => Math.hypot(level, levels[1][index]));
    for (const [index, colour] of (one === other ? [one] : [one, other]).entries()) {
      const source = new AudioBufferSourceNode(context, { buffer: this.buffers[colour], loop: true });
      const gain = new GainNode(context, { gain: 0 });
      source.connect(gain).connect(bus);
      gain.gain.setValueCurveAtTime(levels[index], Math.max(when, context.currentTime), lasts - from);
      source.start(when, from % this.buffers[colour].duration);
      source.stop(when + lasts - from);
      source.onended = () => sources.splice(sources.indexOf(source), 1);
      sources.push(source);
    }
  }

  /** What was laid ends softly. */
  #end() {
    const { bus, sources } = this.laid;
    const now = this.nodes.context.currentTime;
    bus.gain.setValueAtTime(1, now);
    bus.gain.linearRampToValueAtTime(0, now + SOFT);
    for (const source of sources) source.stop(now + SOFT);
  }

  stop() {
    if (!this.nodes) return;
    clearInterval(this.timer);
    this.#end();
    this.nodes = null;
  }
}
