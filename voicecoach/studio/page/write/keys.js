// Which keys can stand where in a routine, by the program's own schema.

import { getSchema } from "../api.js";

const KEY = /^(\s*(?:- +)*)([^\s#"'][^:#]*?)?\s*:(?:\s|$)/;
const TYPED = /^(\s*(?:- +)*)([\p{L}][\p{L}\d ]*)?$/u;

let schema = null;

/** Complete a key at the cursor, each with what it is for. */
export async function completeKey(context) {
  const line = context.state.doc.lineAt(context.pos);
  const found = TYPED.exec(line.text.slice(0, context.pos - line.from));
  if (!found || (!found[2] && !context.explicit)) return null;
  schema ??= await getSchema().catch(() => null);
  if (!schema) return null;
  const lines = context.state.doc.toString().split("\n").slice(0, line.number - 1);
  const options = Object.entries(listKeys(schema, findParents(lines, found[1].length))).map(([label, about]) => ({
    label,
    detail: about.description,
    apply: `${label}: `,
  }));
  return { from: line.from + found[1].length, options, validFor: /^[\p{L}\d ]*$/u };
}

/** The keys around a column, the outermost first; `lines` are those above. */
export function findParents(lines, column) {
  const parents = [];
  let least = column;
  for (const line of [...lines].reverse()) {
    const found = KEY.exec(line);
    if (!found || found[1].length >= least) continue;
    parents.unshift(found[2] ?? "");
    least = found[1].length;
    if (!least) break;
  }
  return parents;
}

/** The keys that can stand under these parents; all that there are, if that is not known. */
export function listKeys(schema, parents) {
  let nodes = [schema];
  for (const parent of parents) {
    nodes = nodes.flatMap((node) => unfold(schema, node)).flatMap((node) => (node.properties?.[parent] ? [node.properties[parent]] : []));
  }
  const keys = Object.assign({}, ...nodes.flatMap((node) => unfold(schema, node)).map((node) => node.properties ?? {}));
  if (Object.keys(keys).length) return keys;
  return Object.assign({}, ...Object.values(schema.$defs).map((node) => node.properties ?? {}));
}

/** What a node stands for: what it refers to, its choices, the items of its list. */
function unfold(schema, node, depth = 0) {
  if (!node || depth > 8) return [];
  const inner = [node.$ref && schema.$defs[node.$ref.split("/").at(-1)], node.items, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  return [node, ...inner.filter(Boolean).flatMap((each) => unfold(schema, each, depth + 1))];
}
