// The kinds of steps: what is on their cards, and what a new one begins with.

import { readTexts, t } from "../words.js";

/** Which key says what a step is; of several, the first. */
const KINDS = ["each side", "repeat", "pace", "breathe", "move", "hold", "rest", "change", "sound", "include", "say", "in", "out", "pause"];

/** The lists that a block has, each with the kinds of steps that can stand in it. */
const BETWEEN = ["change", "rest", "say", "hold", "sound"];
const BEFORE = ["say", "rest", "hold", "sound"];
const STEPS = ["say", "breathe", "hold", "rest", "each side", "repeat", "move", "sound", "include"];
export const LISTS = { before: BEFORE, steps: STEPS, between: BETWEEN, "between sides": BETWEEN, "between rounds": BETWEEN };

/** What is on a card: [field, key, what else it needs to know]. */
export const FIELDS = {
  say: [["words", "say"], ["length", "settle"]],
  breathe: [["count", "breathe"], ["phases"], ["choice", "stretch", ["all", "to last out"]]],
  hold: [["length", "hold"], ["words", "say"], ["check", "halfway"], ["count", "countdown"], ["words", "release"]],
  rest: [["length", "rest"], ["words", "say"]],
  change: [["length", "change"], ["words", "say"]],
  move: [["count", "move"], ["text", "tempo"], ["moves"]],
  sound: [["text", "sound"]],
  include: [["text", "include"], ["text", "name"], ["check", "optional"]],
  in: [["words", "in"]],
  out: [["words", "out"]],
  pause: [["words", "pause"]],
  "each side": [["count", "rounds"], ["choice", "order", ["blocked"]], ["choice", "first", ["right"]]],
  repeat: [["count", "rounds"]],
  pace: [["text", "breath"]],
};

export const isBlock = (kind) => kind === "each side" || kind === "repeat" || kind === "pace";

/** Words for a phase of a breath: which breath, which phase. */
export const PHASE = /^(?:(first|last|even|odd|\d+|last \d+|from \d+|from last \d+|every \d+) )?(in|hold|out|pause)(?: (\d+))?$/;
export const PHASES = ["in", "hold", "out", "pause", "first in", "first out", "last in", "last out"];

/** The kind of the step at a path; "other" if a card does not know it. */
export function findKind(tree, path) {
  const keys = tree.keysAt(path);
  const kind = KINDS.find((each) => keys.includes(each));
  if (!kind || (isBlock(kind) && tree.kindAt([...path, kind]) !== "map")) return "other";
  return kind;
}

/** Where the fields of a step are: a block has them one level deeper. */
export const bodyOf = (path, kind) => (isBlock(kind) ? [...path, kind] : path);

/** The keys of a step that no field shows. */
export function listOthers(tree, path, kind) {
  const known = FIELDS[kind].map(([, key]) => key);
  const isPhase = (key) => (kind === "breathe" && PHASE.test(key)) || (kind === "move" && tree.kindAt([...path, key]) === "text");
  const more = (at, names) => tree.keysAt(at).filter((key) => !names.includes(key)).map((key) => [...at, key]);
  if (!isBlock(kind)) return more(path, [...known, "name", "only"]).filter((each) => !isPhase(each.at(-1)));
  return [...more(path, [kind, "name", "only"]), ...more([...path, kind], [...known, ...Object.keys(LISTS)])];
}

let seed = t;

/** What new steps say is in the language of the routine. */
export async function loadSeeds(language) {
  seed = await readTexts(language.slice(0, 2).toLowerCase());
}

/** Words for a place that has none: `form new` and the key. */
export const seedWords = (key, values) => seed(`form new ${key}`, values);

/** A new step of a kind, with words to begin with; `noun` is one of the sides. */
export function makeStep(kind, noun) {
  const words = () => ({ in: seedWords("in"), out: seedWords("out") });
  const made = {
    say: () => ({ say: seedWords("say"), settle: "3s" }),
    breathe: () => ({ breathe: "3", ...words() }),
    hold: () => ({ hold: "10s", say: seedWords("hold"), release: seedWords("release") }),
    rest: () => ({ rest: "10s", say: seedWords("rest") }),
    change: () => ({ change: "8s" }),
    move: () => ({ move: "8", tempo: "up 2, down 2", up: seedWords("up"), down: seedWords("down") }),
    sound: () => ({ sound: "bell-start" }),
    include: () => ({ include: "cyclic-sigh" }),
    "each side": () => ({ "each side": { rounds: "1", between: [{ change: "8s" }], steps: [{ say: seedWords("side", { noun: `{${noun}}` }) }, { breathe: "3", ...words() }] } }),
    repeat: () => ({ repeat: { rounds: "2", between: [{ rest: "10s", say: seedWords("rest") }], steps: [{ breathe: "3", ...words() }] } }),
  };
  return made[kind]();
}
