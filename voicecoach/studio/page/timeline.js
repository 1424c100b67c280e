// The timeline: the whole session as a strip of chapters, and the seconds around the playhead as lanes.

import { player } from "./actions.js";
import { fullness } from "./ring.js";
import { usePlace } from "./use-place.js";
import { html, useEffect, useRef } from "./vendor/preact.js";
import { clock, t } from "./words.js";

/** Seconds on each side of the playhead: as many as a phrase can be read in. */
const around = (width) => (width < 500 ? 10 : 20);

export function Strip({ timeline }) {
  const head = useRef();
  const range = useRef();
  const held = useRef(false); // the slider, by a finger or the mouse
  const hold = (now) => () => {
    held.current = now;
  };
  usePlace((place) => {
    head.current.style.left = `${(100 * place) / timeline.duration}%`;
    if (!held.current) range.current.value = place;
    range.current.setAttribute("aria-valuetext", `${clock(place)} / ${clock(timeline.duration)}`);
  });
  return html`<div class="strip">
    <div class="chapters">
      ${timeline.chapters.map((chapter) => html`<button class="chapter" data-side=${chapter.side ?? ""}
        style=${{ left: `${(100 * chapter.start) / timeline.duration}%`, width: `${(100 * (chapter.end - chapter.start)) / timeline.duration}%` }}
        title=${`${clock(chapter.start)} ${chapter.title}`} aria-label=${`${clock(chapter.start)} ${chapter.title}`}
        tabindex="-1" onClick=${() => player.seek(chapter.start)}><span>${chapterName(chapter, timeline)}</span></button>`)}
      <div class="head" ref=${head}></div>
    </div>
    <input class="seek" type="range" ref=${range} min="0" max=${timeline.duration} step="0.1" aria-label=${t("place")}
      onPointerDown=${hold(true)} onPointerUp=${hold(false)} onPointerCancel=${hold(false)}
      onInput=${(event) => player.seek(Number(event.target.value))} />
  </div>`;
}

function chapterName(chapter, timeline) {
  const short = chapter.title.startsWith(`${timeline.title}: `) ? chapter.title.slice(timeline.title.length + 2) : chapter.title;
  return { left: "◀ ", right: "▶ " }[chapter.side] ? `${{ left: "◀ ", right: "▶ " }[chapter.side]}${short}` : short;
}

export function Lanes({ timeline }) {
  const canvas = useRef();
  const drawn = useRef({});
  useEffect(() => {
    drawn.current = {};
  }, [timeline]);
  usePlace((place) => {
    const element = canvas.current;
    const size = `${place.toFixed(3)} ${element.clientWidth} ${devicePixelRatio} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
    if (drawn.current.size === size && drawn.current.timeline === timeline) return;
    drawn.current = { size, timeline };
    drawLanes(element, timeline, place);
  });
  const seek = (event) => {
    const box = canvas.current.getBoundingClientRect();
    player.seek(player.place + ((event.clientX - box.left) / box.width - 0.5) * 2 * around(box.width));
  };
  return html`<div class="lanes">
    <canvas ref=${canvas} onClick=${seek} role="img" aria-label=${t("lanes")}></canvas>
  </div>`;
}

function drawLanes(canvas, timeline, place) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const scale = devicePixelRatio || 1;
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const hue = (side) => colour(side === "left" || side === "right" ? side : "accent");
  const apart = around(width);
  const x = (seconds) => ((seconds - place) / (2 * apart) + 0.5) * width;
  const seen = (each) => each.end > place - apart && each.start < place + apart;
  const base = height * 0.46;
  const crest = 12;
  drawSeconds(pen, place, apart, x, height, colour("soft"), colour("edge"));
  for (const span of (timeline.spans ?? []).filter(seen)) drawSpan(pen, span, x, base, hue(span.side), colour("ink"));
  for (const phase of timeline.phases.filter(seen)) drawPhase(pen, phase, x, base, crest, hue(phase.side));
  const words = listWords(timeline);
  timeline.cues.filter(seen).forEach((cue) => {
    const room = timeline.phases.findLast((phase) => phase.start <= cue.start + 0.03 && cue.start < phase.end);
    const next = words.find((other) => other.start > cue.start);
    const end = Math.min(room && room.end > cue.end ? room.end : cue.end, next?.start ?? Infinity);
    drawCue(pen, cue, end, x, base + 14, hue(cue.side), colour, place);
  });
  pen.fillStyle = colour("ink");
  pen.fillRect(width / 2 - 1, 0, 2, height);
}

const spoken = new WeakMap();

/** The words of a timeline, looked for once: it is drawn with each picture of the screen. */
function listWords(timeline) {
  if (!spoken.has(timeline)) spoken.set(timeline, timeline.cues.filter((cue) => cue.track === "voice"));
  return spoken.get(timeline);
}

function drawSeconds(pen, place, apart, x, height, soft, edge) {
  pen.font = "11px system-ui, sans-serif";
  pen.textAlign = "center";
  for (let second = Math.ceil((place - apart) / 5) * 5; second < place + apart; second += 5) {
    if (second < 0) continue;
    pen.fillStyle = edge;
    pen.fillRect(x(second), 0, 1, height - 16);
    pen.fillStyle = soft;
    pen.fillText(clock(second), x(second), height - 4);
  }
}

function drawPhase(pen, phase, x, base, crest, colour) {
  const points = 24;
  pen.beginPath();
  pen.moveTo(x(phase.start), base);
  for (let step = 0; step <= points; step++) {
    const share = step / points;
    pen.lineTo(x(phase.start + (phase.end - phase.start) * share), base - (base - crest) * fullness(phase.kind, share));
  }
  pen.lineTo(x(phase.end), base);
  pen.globalAlpha = 0.22;
  pen.fillStyle = colour;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.beginPath();
  for (let step = 0; step <= points; step++) {
    const share = step / points;
    const [left, top] = [x(phase.start + (phase.end - phase.start) * share), base - (base - crest) * fullness(phase.kind, share)];
    if (step) pen.lineTo(left, top);
    else pen.moveTo(left, top);
  }
  pen.stroke();
}

function drawSpan(pen, span, x, base, colour, ink) {
  if (span.kind === "settle" || span.kind === "count") return;
  const [left, right] = [x(span.start), x(span.end)];
  pen.globalAlpha = 0.16;
  pen.fillStyle = colour;
  pen.fillRect(left, base - 20, right - left, 20);
  pen.globalAlpha = 1;
  write(pen, span.name ?? t(`phase ${span.kind}`), left + 6, base - 6, right - left - 8, ink);
}

function drawCue(pen, cue, end, x, top, colour, named, place) {
  const [left, right] = [x(cue.start), x(cue.end)];
  if (cue.track !== "voice") {
    pen.fillStyle = named("soft");
    pen.beginPath();
    pen.arc(left, top + 14, 4, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  pen.globalAlpha = 0.12;
  pen.fillStyle = colour;
  pen.fillRect(right, top, Math.max(0, x(end) - right), 28);
  pen.globalAlpha = 1;
  pen.fillStyle = cue.start <= place && place < cue.end ? colour : named("card");
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.roundRect(left, top, Math.max(2, right - left), 28, 4);
  pen.fill();
  pen.stroke();
  write(pen, cue.text, left + 6, top + 18, right - left - 10, cue.start <= place && place < cue.end ? named("paper") : named("ink"));
}

function write(pen, text, left, top, room, colour) {
  if (room < 12) return;
  pen.save();
  pen.beginPath();
  pen.rect(left, top - 16, room, 24);
  pen.clip();
  pen.textAlign = "left";
  pen.font = "13px system-ui, sans-serif";
  pen.fillStyle = colour;
  pen.fillText(text, left, top);
  pen.restore();
}
