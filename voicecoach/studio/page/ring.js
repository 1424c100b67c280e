// The breath as a ring that grows and shrinks with the clock of the sound, with the phase, the seconds left and the side.

import { findAt } from "./place.js";
import { usePlace } from "./use-place.js";
import { html, useRef } from "./vendor/preact.js";
import { t } from "./words.js";

const SMALL = 52;
const LARGE = 132;

/** How full the lungs are, from 0 to 1, along a cosine, as in the program's own pictures. */
export function fullness(kind, progress) {
  const full = (1 - Math.cos(Math.PI * progress)) / 2;
  return { inhale: full, hold: 1, exhale: 1 - full, pause: 0 }[kind] ?? 0;
}

/** What is done at a place: a phase of a breath, or else a hold, a rest or a move; its side is that of the work. */
export function findDoing(timeline, place) {
  const phase = findAt(timeline.phases, place);
  if (phase) return phase;
  const around = (timeline.spans ?? []).filter((span) => span.start <= place && place < span.end && span.kind !== "count");
  return around.at(-1);
}

export function Ring({ timeline }) {
  const parts = { ring: useRef(), bar: useRef(), phase: useRef(), seconds: useRef(), side: useRef(), figure: useRef() };
  const shown = useRef({});
  usePlace((place) => draw(parts, shown.current, timeline, place));
  return html`<div class="ring" ref=${parts.figure}>
    <svg viewBox="0 0 320 320" aria-hidden="true">
      <defs><pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M4 0V8" class="stripe" /></pattern></defs>
      <circle class="ring-edge" cx="160" cy="160" r=${LARGE + 8} />
      <g ref=${parts.ring}><circle class="ring-fill" cx="160" cy="160" r="100" /><circle class="ring-stripes" cx="160" cy="160" r="100" /></g>
      <path class="ring-left" d="M14 160 L34 146 V174 Z" />
      <path class="ring-right" d="M306 160 L286 146 V174 Z" />
    </svg>
    <div class="ring-bar"><div ref=${parts.bar}></div></div>
    <div class="ring-text">
      <span class="ring-phase" ref=${parts.phase}></span>
      <span class="ring-seconds" ref=${parts.seconds}></span>
    </div>
    <p class="side" ref=${parts.side}></p>
  </div>`;
}

function draw(parts, shown, timeline, place) {
  const doing = findDoing(timeline, place);
  const progress = doing ? (place - doing.start) / (doing.end - doing.start) : 0;
  const full = doing && "breath" in doing ? fullness(doing.kind, progress) : doing?.kind === "hold" ? 1 : 0;
  const size = (SMALL + (LARGE - SMALL) * full) / 100;
  parts.ring.current.setAttribute("transform", `translate(160 160) scale(${size.toFixed(4)}) translate(-160 -160)`);
  parts.bar.current.style.width = `${(100 * full).toFixed(2)}%`;
  const side = findSide(timeline, place, doing);
  set(shown, "phase", doing ? t(`phase ${doing.kind}`) : "", (text) => (parts.phase.current.textContent = text));
  set(shown, "seconds", doing ? String(Math.ceil(doing.end - place)) : "", (text) => (parts.seconds.current.textContent = text));
  set(shown, "side", side ?? "", (found) => {
    parts.figure.current.dataset.side = found;
    parts.side.current.textContent = found ? `${{ left: "◀ ", right: "", both: "" }[found]}${t(`side ${found}`)}${found === "right" ? " ▶" : ""}` : "\u00a0";
  });
}

/** The side that is worked on: that of the phase, or of the chapter. */
export function findSide(timeline, place, doing = findDoing(timeline, place)) {
  return doing?.side ?? findAt(timeline.chapters, place)?.side ?? null;
}

function set(shown, name, value, write) {
  if (shown[name] === value) return;
  shown[name] = value;
  write(value);
}
