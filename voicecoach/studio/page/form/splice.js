// Changes of a text: each is a list of places where something stands instead of something else. All other text,
// with its comments, its order and its spaces, stays as it is.

import { isMap, isScalar, isSeq } from "../vendor/yaml.js";
import { Raw, writeFlow, writeItem, writeScalar, writeValue } from "./scalars.js";
import { findDashes, findEnd, findPair, Tree } from "./tree.js";

/** In which order new keys are put between those that are there; others come last. */
const ORDER = [
  "title", "language", "summary", "needs", "level", "position", "area", "notes", "greeting", "notice", "safety", "benefits", "tips",
  "breath", "fixed", "parameters", "left", "right", "sides", "words", "name", "include", "sound", "breathe", "move", "change", "hold", "rest", "each side",
  "repeat", "pace", "say", "settle", "tempo", "stretch", "halfway", "countdown", "release", "rounds", "order", "first", "again", "vary",
  "before", "between", "between sides", "between rounds", "steps", "closing",
];

const rank = (key) => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);

/** The text after some changes that don't overlap. */
export function applyChanges(text, changes) {
  const ordered = [...changes].sort((one, other) => other.from - one.from || other.to - one.to);
  return ordered.reduce((kept, { from, to, insert }) => kept.slice(0, from) + insert + kept.slice(to), text);
}

/** Put a value at a path that ends with a key; undefined takes the key away. */
export function putValue(tree, path, value) {
  const above = path.slice(0, -1);
  const key = path.at(-1);
  const map = tree.at(above);
  if (isSeq(map)) return putItem(tree, path, value);
  if (!isMap(map)) return value === undefined ? [] : startMap(tree, above, { [key]: value });
  const pair = findPair(map, key);
  if (value === undefined) return pair ? removePair(tree, above, pair) : [];
  if (!pair) return addPair(tree, above, key, value);
  return replaceValue(tree, path, pair, value);
}

function startMap(tree, path, value) {
  if (path.length) return putValue(tree, path, value);
  return [{ from: tree.text.length, to: tree.text.length, insert: `${lineBreak(tree.text)}${writeItem(value, 0)}\n` }];
}

const lineBreak = (text) => (text === "" || text.endsWith("\n") ? "" : "\n");

function putItem(tree, path, value) {
  const node = tree.at(path);
  if (value === undefined) return removeItem(tree, path.slice(0, -1), path.at(-1));
  const insert = writeScalar(value, tree.isFlow(path.slice(0, -1)), node.type);
  return [{ from: node.range[0], to: findEnd(node, tree.text), insert }];
}

function replaceValue(tree, path, pair, value) {
  const node = pair.value;
  const flow = tree.isFlow(path.slice(0, -1));
  if (isScalar(node) && node.range[1] > node.range[0] && typeof value !== "object") {
    return [{ from: node.range[0], to: findEnd(node, tree.text), insert: writeScalar(value, flow, node.type) }];
  }
  const colon = pair.srcToken?.sep?.find((token) => token.type === "map-value-ind");
  const from = colon ? colon.offset + 1 : pair.key.range[1];
  const column = columnOf(tree.text, pair.key.range[0]) + 2;
  return [{ from, to: Math.max(from, findEnd(node, tree.text)), insert: writeValue(value, column, flow) }];
}

function addPair(tree, path, key, value) {
  const map = tree.at(path);
  if (map.flow) return [addToFlow(tree, map, `${key}:${writeValue(value, 0, true)}`, "{", "}")];
  const before = map.items.findLast((pair) => rank(pair.key.value) <= rank(key));
  const first = map.items[0].key.range[0];
  const column = columnOf(tree.text, first);
  const written = `${key}:${writeValue(value, column + 2)}`;
  if (!before) return [{ from: first, to: first, insert: `${written}\n${" ".repeat(column)}` }];
  return [insertLine(tree.text, pairEnd(tree, before), `${" ".repeat(column)}${written}\n`)];
}

/** Something new at the end of a collection in braces or brackets; a pair without braces gets them. */
function addToFlow(tree, node, written, open, close) {
  const [from, to] = node.range;
  const source = tree.text.slice(from, to);
  if (!source.startsWith(open)) return { from, to, insert: `${open}${source}, ${written}${close}` };
  const inner = source.slice(1, -1).trimEnd();
  return { from: from + 1 + inner.length, to, insert: `${inner.trim() ? ", " : ""}${written}${close}` };
}

/** Lines at the start of a line; the last line of the text may lack its break. */
function insertLine(text, at, lines) {
  return { from: at, to: at, insert: at > 0 && text[at - 1] !== "\n" ? `\n${lines}` : lines };
}

function removePair(tree, path, pair) {
  const map = tree.at(path);
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1];
  const { text } = tree;
  if (map.flow) return [removeFromFlow(map.items.map((each) => [each.key.range[0], findEnd(each.value, text) || each.key.range[1]]), index)];
  const from = pair.key.range[0];
  const start = lineStart(text, from);
  if (text.slice(start, from).trim() === "") return [{ from: start, to: pairEnd(tree, pair), insert: "" }];
  return [{ from, to: next ? next.key.range[0] : pairEnd(tree, pair) - 1, insert: next ? "" : "{}" }];
}

function removeFromFlow(places, index) {
  const [from, to] = places[index];
  if (index + 1 < places.length) return { from, to: places[index + 1][0], insert: "" };
  return { from: index ? places[index - 1][1] : from, to, insert: "" };
}

const pairEnd = (tree, pair) => lineEnd(tree.text, Math.max(pair.key.range[1], findEnd(pair.value, tree.text)));

const lineStart = (text, at) => text.lastIndexOf("\n", at - 1) + 1;
const columnOf = (text, at) => at - lineStart(text, at);

function lineEnd(text, at) {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found + 1;
}

/** Where a step of a list in lines stands: its lines, and the comments and empty lines before them. */
function findLines(tree, list, index) {
  const { text } = tree;
  const dash = findDashes(list)[index];
  const from = lineStart(text, dash);
  const least = index ? lineEnd(text, findEnd(list.items[index - 1], text)) : 0;
  let lead = from;
  while (lead > least && /^\s*(#.*)?$/.test(text.slice(lineStart(text, lead - 1), lead - 1))) lead = lineStart(text, lead - 1);
  return { lead, from, to: lineEnd(text, Math.max(dash + 1, findEnd(list.items[index], text))), column: dash - from };
}

/** What a step is, to be put elsewhere: its lines with the comments before them, or its text in braces. */
function takeItem(tree, path, index, comments) {
  const list = tree.at(path);
  if (list.flow) return new Raw(`- ${tree.text.slice(...list.items[index].range)}`, 0);
  const { lead, from, to, column } = findLines(tree, list, index);
  return new Raw(tree.text.slice(comments ? lead : from, to).replace(/^(\s*\n)+/, ""), column);
}

/** Put a step into a list: a value, or what was taken elsewhere. */
export function insertItem(tree, path, index, item) {
  const list = tree.at(path);
  if (!isSeq(list) || !list.items.length) return putValue(tree, path, item instanceof Raw ? item : [item]);
  if (list.flow) return [insertIntoFlow(tree, list, index, item)];
  const places = findLines(tree, list, Math.min(index, list.items.length - 1));
  const written = item instanceof Raw ? item.at(places.column) : `${" ".repeat(places.column)}- ${writeItem(item, places.column + 2)}`;
  return [insertLine(tree.text, index < list.items.length ? places.lead : places.to, `${written}\n`)];
}

function insertIntoFlow(tree, list, index, item) {
  const written = item instanceof Raw ? asFlow(item) : writeFlow(item);
  if (index >= list.items.length) return addToFlow(tree, list, written, "[", "]");
  const from = list.items[index].range[0];
  return { from, to: from, insert: `${written}, ` };
}

/** A step in lines as one in braces. */
function asFlow(item) {
  const tree = new Tree(item.at(0));
  const node = tree.doc.contents.items[0];
  return node.flow ? tree.text.slice(...node.range) : writeFlow(node.toJSON());
}

/** Take a step away; comments before it stay, unless they go with it. A list without steps stays, one of rests does not. */
export function removeItem(tree, path, index, comments = false) {
  const list = tree.at(path);
  if (list.items.length === 1) return emptyList(tree, path, comments);
  if (list.flow) return [removeFromFlow(list.items.map((each) => [each.range[0], each.range[1]]), index)];
  const { lead, from, to } = findLines(tree, list, index);
  const bare = tree.text.slice(lead, from).trim() === "";
  return [{ from: comments || (bare && index > 0) ? lead : from, to, insert: "" }];
}

/** The only step of a list goes. */
function emptyList(tree, path, comments) {
  const list = tree.at(path);
  if (path.at(-1) !== "steps") return putValue(tree, path, undefined);
  if (list.flow || comments) return putValue(tree, path, []);
  const { from, to } = findLines(tree, list, 0);
  const { key, srcToken } = findPair(tree.at(path.slice(0, -1)), path.at(-1));
  const colon = srcToken.sep.find((token) => token.type === "map-value-ind")?.offset ?? key.range[1];
  return [{ from: colon + 1, to: colon + 1, insert: " []" }, { from, to, insert: "" }];
}

export function duplicateItem(tree, path, index) {
  const item = takeItem(tree, path, index, false);
  item.source = item.source.replace(/^(\s*- )&\S+\s/, "$1");
  return insertItem(tree, path, index + 1, item);
}

/** Move a step before the place that `index` has now, in the same list or in another. */
export function moveItem(tree, path, from, target, index) {
  return [...removeItem(tree, path, from, true), ...insertItem(tree, target, index, takeItem(tree, path, from, true))];
}
