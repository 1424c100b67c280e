// How values are written as YAML: as plain as they can be.

const UNSAFE_START = /^[\s\-?:,[\]{}#&*!|>'"%@`~]/;

/** A part of a text that is written as it is: the lines of a step, whose dash stands at a column. */
export class Raw {
  constructor(source, column) {
    this.source = source;
    this.column = column;
  }

  /** Its lines with the dash at another column, without the last line break. */
  at(column) {
    const shift = column - this.column;
    const move = (line) => (shift > 0 ? " ".repeat(shift) + line : line.replace(new RegExp(`^ {0,${-shift}}`), ""));
    return this.source.replace(/\r?\n$/, "").split("\n").map((line) => (line.trim() ? move(line) : line)).join("\n");
  }
}

/** A mapping that is written in braces. */
export class Inline {
  constructor(value) {
    this.value = value;
  }
}

/** A text as a scalar, in the style that it had, if that can hold it. */
export function writeScalar(value, flow = false, style = "") {
  const text = String(value);
  if (style === "QUOTE_DOUBLE") return JSON.stringify(text);
  if (style === "QUOTE_SINGLE" && !/[\n\r\t]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return isPlain(text, flow) ? text : JSON.stringify(text);
}

function isPlain(text, flow) {
  if (text === "~") return true;
  return text !== "" && !UNSAFE_START.test(text) && !/:\s|\s#|[\s:]$|[\n\r\t]/.test(text) && !(flow && /[,[\]{}]/.test(text));
}

const pad = (column) => " ".repeat(column);

/** What stands after a key and its colon; what needs lines of its own begins at a column. */
export function writeValue(value, column, flow = false) {
  if (value instanceof Raw) return `\n${value.at(column)}`;
  if (value instanceof Inline) return ` ${writeFlow(value.value)}`;
  if (typeof value !== "object") return ` ${writeScalar(value, flow)}`;
  if (flow || Object.keys(value).length === 0) return ` ${writeFlow(value)}`;
  if (Array.isArray(value)) return value.map((each) => `\n${pad(column)}- ${writeItem(each, column + 2)}`).join("");
  return `\n${pad(column)}${writeItem(value, column)}`;
}

/** An item of a list, or the pairs of a mapping, whose first line begins at a column. */
export function writeItem(value, column) {
  if (typeof value !== "object") return writeScalar(value);
  const pairs = Object.entries(value).map(([key, each]) => `${key}:${writeValue(each, column + 2)}`);
  return pairs.join(`\n${pad(column)}`);
}

export function writeFlow(value) {
  if (typeof value !== "object") return writeScalar(value, true);
  if (value instanceof Inline) return writeFlow(value.value);
  if (Array.isArray(value)) return `[${value.map(writeFlow).join(", ")}]`;
  return `{${Object.entries(value).map(([key, each]) => `${key}: ${writeFlow(each)}`).join(", ")}}`;
}
