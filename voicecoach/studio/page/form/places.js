// Which card a line of the text belongs to.

import { bodyOf, findKind, isBlock, LISTS } from "./kinds.js";
import { findEnd, readTree } from "./tree.js";

const listed = new WeakMap();

/** The steps of a tree with their lines, outer ones first: {path, from, to}. */
function listCards(tree) {
  if (!listed.has(tree)) listed.set(tree, [...walk(tree, ["steps"])]);
  return listed.get(tree);
}

function* walk(tree, list) {
  for (let index = 0; index < tree.lengthAt(list); index++) {
    const path = [...list, index];
    const node = tree.at(path);
    if (!node?.range) continue;
    yield { path: path.join("/"), from: tree.line(node.range[0]), to: tree.line(findEnd(node, tree.text)) };
    const kind = findKind(tree, path);
    if (isBlock(kind)) for (const name of Object.keys(LISTS)) yield* walk(tree, [...bodyOf(path, kind), name]);
  }
}

/** The path of the innermost card at a line, or undefined. */
export function findCard(tree, line) {
  return listCards(tree).findLast((each) => each.from <= line && line <= each.to)?.path;
}

/** Whether a problem is of this text, and not of a routine that it includes. */
function isOwn({ file }, { name, language }) {
  const stem = name.replace(/\.ya?ml$/, "");
  return !file || [`${stem}.yaml`, `${stem}.${language}.yaml`].includes(file);
}

/** Problems by the paths of their cards, and those that belong to none. */
export function placeProblems(problems, text, about) {
  const tree = readTree(text);
  const placed = new Map();
  const others = [];
  for (const each of problems) {
    const path = each.line && !tree.errors.length && isOwn(each, about) ? findCard(tree, each.line) : undefined;
    if (path) placed.set(path, [...(placed.get(path) ?? []), each]);
    else others.push({ ...each, own: isOwn(each, about) });
  }
  return { placed, others };
}
