// The fields of cards. Each edits one place of the text; while it is typed in, it shows what is typed.

import { html, useLayoutEffect, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { edit, leaveField, past } from "./history.js";
import { putValue } from "./splice.js";

export const idOf = (path) => `form-${path.join("-").replaceAll(" ", "_")}`;

/** Put a value at a path, as one step with what is typed there before and after. */
export const put = (path, value) => edit((tree) => putValue(tree, path, value), { field: path.join("/") });

/** What a field shows, and what it hears: the text's value, or what is being typed. */
export function useTyped(value, take) {
  const [typed, setTyped] = useState(null);
  useLayoutEffect(() => setTyped(null), [past.version]);
  return {
    value: typed ?? value,
    onInput: (event) => {
      setTyped(event.target.value);
      take(event.target.value);
    },
    onBlur: () => {
      setTyped(null);
      leaveField();
    },
  };
}

/** One line of text; an empty one takes the key away, unless it is needed. */
export function TextField({ tree, path, label, needed = false, hint = "", numeric = false, bare = false }) {
  const take = (text) => (text.trim() ? put(path, text.trim()) : needed || put(path, undefined));
  const typed = useTyped(tree.textAt(path), take);
  return html`<label class=${numeric ? "form-field form-number" : "form-field"}><span class=${bare ? "hidden" : ""}>${label}</span>
    <input id=${idOf(path)} type="text" inputmode=${numeric ? "decimal" : undefined} placeholder=${hint} autocomplete="off" data-long=${numeric && typed.value.length > 4} ...${typed} /></label>`;
}

const UNITS = { "": "breaths", breath: "breaths", breaths: "breaths", s: "s", m: "m" };
const WRITTEN = { s: (number) => `${number}s`, m: (number) => `${number}m`, breaths: (number) => `${number} ${Number(number) === 1 ? "breath" : "breaths"}` };

/** A length as a number and its unit; what is calculated is a text. */
export function LengthField({ tree, path, label, needed = false }) {
  const written = tree.textAt(path);
  const [, number = "", unit = "s"] = /^(\d+(?:\.\d+)?)\s*(|s|m|breaths?)$/.exec(written) ?? [];
  const [kept, setKept] = useState("s");
  const shown = number ? UNITS[unit] : kept;
  const take = (text) => {
    const found = text.trim().replace(",", ".");
    if (/^\d+(\.\d+)?$/.test(found)) put(path, WRITTEN[shown](found));
    else if (!found && !needed) put(path, undefined);
  };
  const typed = useTyped(number, take);
  if (written && !number) return html`<${TextField} tree=${tree} path=${path} label=${label} needed=${needed} />`;
  const choose = (event) => {
    setKept(event.target.value);
    if (number) put(path, WRITTEN[event.target.value](number));
  };
  return html`<div class="form-field"><label for=${idOf(path)}>${label}</label>
    <div class="form-length"><input id=${idOf(path)} type="text" inputmode="decimal" autocomplete="off" ...${typed} />
    <select aria-label=${`${label}: ${t("form unit")}`} value=${shown} onChange=${choose}>
      ${["s", "m", "breaths"].map((each) => html`<option value=${each}>${t(`form unit ${each}`)}</option>`)}
    </select></div></div>`;
}

/** One of several values; none leaves it to the program. */
export function ChoiceField({ tree, path, label, values, name = path.at(-1) }) {
  const written = tree.textAt(path);
  const all = written && !values.includes(written) ? [...values, written] : values;
  const shown = (each) => {
    const text = t(`form ${name} ${each}`);
    return text.startsWith("form ") ? each : text;
  };
  return html`<label class="form-field"><span>${label}</span>
    <select id=${idOf(path)} value=${written} onChange=${(event) => put(path, event.target.value || undefined)}>
      <option value="">${t(`form ${name} none`)}</option>
      ${all.map((each) => html`<option value=${each}>${shown(each)}</option>`)}
    </select></label>`;
}

export function CheckField({ tree, path, label }) {
  return html`<label class="check"><input id=${idOf(path)} type="checkbox" checked=${tree.textAt(path) === "true"}
    onChange=${(event) => put(path, event.target.checked ? "true" : undefined)} /><span>${label}</span></label>`;
}

/** Sentences, one per line: a text, or a list of texts. Lists that hold more than texts have no field. */
export function SentencesField({ tree, path, label, hint = "" }) {
  const texts = Array.from({ length: tree.lengthAt(path) }, (_, index) => tree.kindAt([...path, index]));
  const plain = tree.kindAt(path) !== "map" && texts.every((kind) => kind === "text");
  return plain ? html`<${PlainSentences} tree=${tree} path=${path} label=${label} hint=${hint} />` : null;
}

function PlainSentences({ tree, path, label, hint }) {
  const count = tree.lengthAt(path);
  const sentences = count ? Array.from({ length: count }, (_, index) => tree.textAt([...path, index])) : [tree.textAt(path)];
  const take = (text) => {
    const lines = text.split("\n").map((each) => each.trim()).filter(Boolean);
    const changed = (index) => lines.length === count && lines[index] !== sentences[index];
    if (lines.length === count) edit((now) => lines.flatMap((line, index) => (changed(index) ? putValue(now, [...path, index], line) : [])), { field: path.join("/") });
    else put(path, lines.length > 1 ? lines : lines[0]);
  };
  const typed = useTyped(sentences.join("\n"), take);
  return html`<label class="form-field form-wide"><span>${label}</span>
    <textarea id=${idOf(path)} rows=${Math.max(1, typed.value.split("\n").length)} placeholder=${hint} ...${typed}></textarea></label>`;
}
