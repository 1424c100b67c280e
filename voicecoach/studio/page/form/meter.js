// What the plan says of a phrase: how long it is spoken, how long there is time, and in which wording.

import { findAt } from "../place.js";
import { state } from "../state.js";
import { readTree } from "./tree.js";

const byLine = new WeakMap();

/** The text that the plan was made of. */
export const plannedText = () => state.plan?.text ?? state.draft?.saved ?? "";

function listCues(timeline) {
  if (!byLine.has(timeline)) {
    const lines = new Map();
    for (const cue of timeline.cues) if (cue.line) lines.set(cue.line, [...(lines.get(cue.line) ?? []), cue]);
    byLine.set(timeline, lines);
  }
  return byLine.get(timeline);
}

/** The cues of the phrase at a path, as it was planned. */
export function findCues(path) {
  if (!state.plan) return [];
  const place = readTree(plannedText()).placeOf(path);
  const found = (place && listCues(state.plan.timeline).get(place.line)) || [];
  return found.filter((cue) => cue.track !== "chime" && (cue.column ?? place.column) === place.column);
}

/** The first cue of a step, or of what follows it. */
export function findFirstCue(path) {
  const place = state.plan && readTree(plannedText()).placeOf(path);
  if (!place) return undefined;
  const { cues } = state.plan.timeline;
  return cues.find((cue) => cue.line >= place.line) ?? cues.findLast((cue) => cue.line);
}

/** How long there is time for a cue, in seconds from its start; undefined if nothing ends it. */
function findRoom(timeline, cue) {
  const phase = findAt(timeline.phases, cue.start + 0.01);
  if (phase) return phase.end - cue.start;
  const around = (timeline.spans ?? []).filter((span) => span.kind !== "count" && span.start <= cue.start + 0.01 && span.end > cue.start + 0.01);
  const after = (timeline.spans ?? []).find((span) => span.kind === "settle" && Math.abs(span.start - cue.end) < 0.05);
  const span = around.at(-1) ?? after;
  return span && span.end - cue.start;
}

/** Whether the plan is of the words that a path has now; steps may have moved, too. */
const isPlanned = (tree, path) => readTree(plannedText()).textAt(path) === tree.textAt(path);

/** {cues, spoken, room, used, all}: the tightest cue of a phrase, and the numbers of the wordings used, from 1; null for words that are not planned yet. */
export function measurePhrase(tree, path) {
  const cues = isPlanned(tree, path) ? findCues(path) : [];
  if (!cues.length) return null;
  const { timeline } = state.plan;
  const measured = cues.map((cue) => ({ spoken: cue.end - cue.start, room: findRoom(timeline, cue) }));
  const share = ({ spoken, room }) => (room ? spoken / room : 0);
  const tightest = measured.reduce((one, other) => (share(other) > share(one) ? other : one));
  const used = [...new Set(cues.map((cue) => cue.wording + 1))].sort((one, other) => one - other);
  return { cues, ...tightest, used, all: cues[0].wordings };
}
