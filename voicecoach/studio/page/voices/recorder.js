// The microphone: what it gives, as samples and as a WAV file, and how loud it is.

/** Bytes of the longest recording: what the server takes, less its head. */
const MOST_BYTES = 5_900_000;
export const LONGEST = 60; // seconds
const RECENT = 1.5; // seconds that a level is about
/** Peaks, in dB under full scale: from here on a voice is too loud, and up to here it is too quiet. */
const LOUD = -1;
const QUIET = -34;

export class Recorder {
  constructor() {
    this.pieces = null;
  }

  /** Open the microphone; the browser asks its user. */
  async open() {
    if (this.context) return;
    const wanted = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule("/page/voices/recorder-worklet.js");
    this.tap = new AudioWorkletNode(this.context, "tap");
    this.tap.port.onmessage = (event) => this.#take(event.data);
    this.context.createMediaStreamSource(this.stream).connect(this.tap);
    this.tap.connect(new GainNode(this.context, { gain: 0 })).connect(this.context.destination); // or it is not asked
    await this.context.resume();
  }

  close() {
    this.pieces = null;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.context?.close();
    this.context = this.stream = null;
  }

  /** Begin; `hear` gets the peak of the last moments in dB and the seconds so far, `end` is called at the longest. */
  start(hear, end) {
    Object.assign(this, { pieces: [], peaks: [], count: 0, hear, end });
  }

  get seconds() {
    return this.count / this.context.sampleRate;
  }

  /** End, and return the recording as a WAV file, with its highest peak in dB. */
  stop() {
    const { pieces, context } = this;
    this.pieces = null;
    const peak = pieces.reduce((most, piece) => Math.max(most, measurePeak(piece)), -96);
    return { sound: writeWave(pieces, context.sampleRate), peak };
  }

  #take(piece) {
    if (!this.pieces) return;
    this.pieces.push(piece);
    this.count += piece.length;
    this.peaks.push(measurePeak(piece));
    const recent = Math.ceil((RECENT * this.context.sampleRate) / piece.length);
    this.hear(Math.max(...this.peaks.slice(-recent)), this.peaks.at(-1), this.seconds);
    if (this.seconds >= LONGEST || 2 * this.count >= MOST_BYTES) this.end();
  }
}

/** The word for a level: "loud", "quiet" or "good"; for a while at the start nobody has to speak. */
export function judgeLevel(peak, seconds = Infinity) {
  if (peak > LOUD) return "loud";
  return peak < QUIET && seconds > RECENT ? "quiet" : "good";
}

function measurePeak(samples) {
  let most = 0;
  for (const each of samples) most = Math.max(most, Math.abs(each));
  return most ? Math.max(-96, 20 * Math.log10(most)) : -96;
}

/** Samples as a WAV file with one channel of 16 bits. */
export function writeWave(pieces, rate) {
  const count = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * count));
  const name = (at, text) => [...text].forEach((sign, index) => view.setUint8(at + index, sign.charCodeAt(0)));
  name(0, "RIFF");
  view.setUint32(4, 36 + 2 * count, true);
  name(8, "WAVEfmt ");
  const form = [[16, 4], [1, 2], [1, 2], [rate, 4], [2 * rate, 4], [2, 2], [16, 2]];
  let at = 16;
  for (const [value, size] of form) {
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += size;
  }
  name(36, "data");
  view.setUint32(40, 2 * count, true);
  at = 44;
  for (const piece of pieces) {
    for (const each of piece) {
      view.setInt16(at, Math.round(32767 * Math.max(-1, Math.min(1, each))), true);
      at += 2;
    }
  }
  return new Blob([view], { type: "audio/wav" });
}
