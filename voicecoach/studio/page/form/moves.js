// Steps are added, copied, taken away, and moved: by keys, by buttons, by dragging.

import { t } from "../words.js";
import { idOf } from "./fields.js";
import { edit, textNow } from "./history.js";
import { findKind, LISTS, makeStep, seedWords } from "./kinds.js";
import { Inline } from "./scalars.js";
import { duplicateItem, insertItem, moveItem, putValue, removeItem } from "./splice.js";
import { readTree } from "./tree.js";

const split = (path) => [path.slice(0, -1), path.at(-1)];

/** Add a step; one for each side needs words for the sides. */
export function addStep(list, index, kind) {
  const make = (tree) => {
    const [noun] = tree.keysAt(["sides", "left"]);
    const sides = kind === "each side" && !noun ? addSides(tree) : [];
    return [...sides, ...insertItem(tree, list, index, makeStep(kind, noun ?? seedWords("noun")))];
  };
  edit(make, { focus: `${idOf([...list, index])}-up`, said: t("form added", { kind: t(`form kind ${kind}`) }) });
}

/** Words for two sides, to begin with. */
export function addSides(tree) {
  const nouns = (side) => new Inline({ [seedWords("noun")]: seedWords(`noun ${side}`) });
  return putValue(tree, ["sides"], { left: nouns("left"), right: nouns("right") });
}

export function copyStep(path) {
  const [list, index] = split(path);
  edit((tree) => duplicateItem(tree, list, index), { focus: `${idOf([...list, index + 1])}-copy`, said: t("form copied") });
}

export function dropStep(path) {
  const [list, index] = split(path);
  const left = readTree(textNow()).lengthAt(list) - 1;
  const focus = left ? `${idOf([...list, Math.min(index, left - 1)])}-drop` : `${idOf(list)}-add`;
  edit((tree) => removeItem(tree, list, index), { focus, said: t("form dropped") });
}

/** Move a step before the place that `wanted` has now; `part` of its card has the focus then. */
export function moveTo(path, target, wanted, part = "up") {
  const [list, from] = split(path);
  const tree = readTree(textNow());
  const index = Math.min(wanted, tree.lengthAt(target));
  const same = list.join("/") === target.join("/");
  if (!canMove(tree, path, target) || (same && (index === from || index === from + 1))) return;
  const at = same && index > from ? index - 1 : index;
  const there = shiftPath(list, from, target);
  edit((now) => moveItem(now, list, from, target, index), { focus: `${idOf([...there, at])}-${part}`, said: t("form moved", { number: at + 1 }) });
}

/** A path of a list after the step `from` of another list has gone. */
function shiftPath(list, from, path) {
  const inner = list.every((part, index) => path[index] === part) && path.length > list.length;
  if (!inner || path[list.length] <= from) return path;
  return path.with(list.length, path[list.length] - 1);
}

/** A step can't be moved into itself, nor where its kind can't stand. */
export function canMove(tree, path, target) {
  if (path.every((part, index) => target[index] === part)) return false;
  const kind = findKind(tree, path);
  if (kind === "change" && !target.at(-1).startsWith("between")) return false;
  if (kind === "each side" && target.includes("each side")) return false;
  return target.at(-1) === "steps" || LISTS[target.at(-1)].includes(kind);
}

/** Move a step up or down: past the next one, into a block, or out of the block that it is in. */
export function move(path, direction) {
  const tree = readTree(textNow());
  const [list, index] = split(path);
  const part = direction < 0 ? "up" : "down";
  const next = index + direction;
  const inside = list.at(-1) === "steps" && next >= 0 && next < tree.lengthAt(list) ? findInner(tree, [...list, next]) : null;
  if (inside && canMove(tree, path, inside)) moveTo(path, inside, direction > 0 ? 0 : tree.lengthAt(inside), part);
  else if (next >= 0 && next < tree.lengthAt(list)) moveTo(path, list, direction > 0 ? next + 1 : next, part);
  else if (list.at(-1) === "steps" && list.length > 1) leave(path, direction, part);
}

function findInner(tree, path) {
  const kind = findKind(tree, path);
  const steps = [...path, kind, "steps"];
  return ["each side", "repeat", "pace"].includes(kind) && tree.kindAt(steps) === "list" ? steps : null;
}

function leave(path, direction, part) {
  const block = path.slice(0, -3); // the block's step: below it are its kind, "steps" and the index
  const [list, index] = split(block);
  if (Number.isInteger(index)) moveTo(path, list, direction > 0 ? index + 1 : index, part);
}
