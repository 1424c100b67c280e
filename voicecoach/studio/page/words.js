// The texts of the page, from a table for each language; no text of the page stands anywhere else.

export const LANGUAGES = ["en", "de", "es", "fr"];
let table = {};
let own = {};

/** The language of the page: the one that was chosen, or the browser's. */
export function chooseLanguage(given = localStorage.getItem("language"), wanted = navigator.languages) {
  const codes = [given, ...wanted].filter(Boolean).map((tag) => tag.toLowerCase().split("-")[0]);
  return codes.find((code) => LANGUAGES.includes(code)) ?? "en";
}

export async function loadWords(code) {
  const english = read("en");
  const chosen = code === "en" ? english : read(code);
  [own, table] = await Promise.all([english, chosen]);
  document.documentElement.lang = code;
}

async function read(code) {
  const answer = await fetch(`/page/words/${code}.json`);
  return answer.ok ? answer.json() : {};
}

/** The text for a key, with its {values} filled in; a count chooses between "one | many". */
export function t(key, values = {}) {
  return fill(table[key] ?? own[key] ?? key, values);
}

/** Texts in another language than the page's: a function such as `t`. */
export async function readTexts(code) {
  const found = LANGUAGES.includes(code) ? await read(code) : table;
  return (key, values = {}) => fill(found[key] ?? own[key] ?? key, values);
}

function fill(text, values) {
  const forms = text.split(" | ");
  const form = "count" in values && forms.length > 1 ? forms[values.count === 1 ? 0 : 1] : text;
  return form.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A number as people of this language write it. */
export function number(value, digits = 1) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits }).format(value);
}

/** A time as 1:05 or 1:00:05. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (value) => String(value).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
