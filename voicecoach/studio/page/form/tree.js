// The text of a routine as a tree whose nodes know where they stand in the text.

import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "../vendor/yaml.js";

const KEPT = 4; // trees that are kept: the text, the one that is planned, the one that is checked
const kept = new Map();

/** The tree of a text, read once; those used last are kept. */
export function readTree(text) {
  const tree = kept.get(text) ?? new Tree(text);
  kept.delete(text);
  kept.set(text, tree);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);
  return tree;
}

export class Tree {
  constructor(text) {
    this.text = text;
    this.counter = new LineCounter();
    this.doc = parseDocument(text, { schema: "failsafe", keepSourceTokens: true, lineCounter: this.counter, prettyErrors: false });
  }

  /** Why it can't be read, each with its line; empty if it can. */
  get errors() {
    this.found ??= this.listErrors();
    return this.found;
  }

  listErrors() {
    const root = this.doc.contents;
    const faults = this.doc.errors.map((each) => ({ line: this.line(each.pos[0]), what: each.message }));
    return faults.length || !root || isMap(root) || root.value === "" ? faults : [{ line: 1, what: "" }];
  }

  /** The node at a path of keys and indexes, or undefined; an alias has nothing below it. */
  at(path) {
    let node = this.doc.contents;
    for (const part of path) {
      if (isMap(node)) node = findPair(node, part)?.value;
      else if (isSeq(node)) node = node.items[part];
      else return undefined;
    }
    return node ?? undefined;
  }

  /** Whether a path leads into a collection in braces or brackets. */
  isFlow(path) {
    return path.some((_, length) => this.at(path.slice(0, length))?.flow) || Boolean(this.at(path)?.flow);
  }

  /** The text at a path; empty if there is none, or something else is there. */
  textAt(path) {
    const node = this.at(path);
    return isScalar(node) ? String(node.value ?? "") : "";
  }

  keysAt(path) {
    const node = this.at(path);
    return isMap(node) ? node.items.map((pair) => String(pair.key?.value ?? "")) : [];
  }

  kindAt(path) {
    const node = this.at(path);
    if (isMap(node)) return "map";
    if (isSeq(node)) return "list";
    if (isAlias(node)) return "alias";
    return isScalar(node) && node.value !== "" ? "text" : "nothing";
  }

  lengthAt(path) {
    const node = this.at(path);
    return isSeq(node) ? node.items.length : 0;
  }

  /** The line of an offset, from 1. */
  line(offset) {
    return this.counter.linePos(offset).line;
  }

  /** What is written at a path. */
  sourceAt(path) {
    const node = this.at(path);
    return node?.range ? this.text.slice(node.range[0], node.range[1]) : "";
  }

  /** Where what stands at a path begins: {line, column}, both from 1. */
  placeOf(path) {
    const node = this.at(path);
    if (!node?.range) return undefined;
    const { line, col } = this.counter.linePos(node.range[0]);
    return { line, column: col };
  }
}

export function findPair(map, key) {
  return map.items.find((pair) => String(pair.key?.value ?? "") === String(key));
}

/** Where the content of a node ends, without the line break after it. */
export function findEnd(node, text) {
  if (!node) return 0;
  const inner = !node.flow && node.items?.at(-1);
  if (inner && inner.key) return Math.max(inner.key.range[1], findEnd(inner.value, text));
  if (inner) return findEnd(inner, text);
  let end = node.range[1];
  if (String(node.type).startsWith("BLOCK")) while (end > node.range[0] && /\s/.test(text[end - 1])) end -= 1;
  return end;
}

/** Where the dashes of a list in lines stand. */
export function findDashes(list) {
  const starts = list.srcToken.items.map((item) => item.start.find((token) => token.type === "seq-item-ind"));
  return starts.filter(Boolean).map((token) => token.offset);
}
