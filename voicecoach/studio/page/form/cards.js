// The steps as cards, in order; blocks have their own steps inside.

import { Problem } from "../problems.js";
import { state } from "../state.js";
import { html, useMemo, useState } from "../vendor/preact.js";
import { t } from "../words.js";
import { useDrag } from "./drag.js";
import { CheckField, ChoiceField, idOf, LengthField, put, TextField } from "./fields.js";
import { past } from "./history.js";
import { bodyOf, FIELDS, findKind, isBlock, LISTS, listOthers, PHASE, PHASES, seedWords } from "./kinds.js";
import { addStep, copyStep, dropStep, move } from "./moves.js";
import { Words } from "./phrases.js";

/** A list of steps, and what can be added to it. */
export function Steps({ form, path, around = {} }) {
  const count = form.tree.lengthAt(path);
  const name = path.at(-1);
  const { target } = useDrag([...path, count]);
  const places = Array.from({ length: count }, (_, index) => [...path, index]);
  return html`<ol class="form-steps">
    ${places.map((each) => html`<${Card} key=${each.join("/")} form=${form} path=${each} around=${around} />`)}
    <li class="form-end" ...${target}><${Add} path=${path} index=${count} kinds=${LISTS[name].filter((kind) => isAllowed(kind, around))} /></li>
  </ol>`;
}

const isAllowed = (kind, { sided, block }) => (kind === "each side" ? !sided : kind === "change" ? sided && block === "each side" : true);

/** A menu of kinds of steps. */
function Add({ path, index, kinds }) {
  const [open, setOpen] = useState(false);
  const add = (kind) => {
    setOpen(false);
    addStep(path, index, kind);
  };
  const id = `${idOf(path)}-kinds`;
  return html`<div class="form-add">
    <button id=${`${idOf(path)}-add`} aria-expanded=${open} aria-controls=${id} onClick=${() => setOpen(!open)}>+ ${t(`form add ${path.at(-1)}`)}</button>
    ${open && html`<ul id=${id} class="form-kinds">${kinds.map((kind) => html`<li><button onClick=${() => add(kind)}>
      <strong>${t(`form kind ${kind}`)}</strong><span class="soft">${t(`form about ${kind}`)}</span></button></li>`)}</ul>`}
  </div>`;
}

/** A card is drawn anew only if something that is on it has changed. */
function Card({ form, path, around }) {
  const { line } = form.tree.placeOf(path) ?? {};
  const shown = [path.join("/"), form.tree.sourceAt(path), line, around.many, form.nouns, past.version, state.plan, state.textProblems, state.problems];
  return useMemo(() => html`<${Step} form=${form} path=${path} around=${around} />`, [...shown, document.documentElement.lang]);
}

function Step({ form, path, around }) {
  const kind = findKind(form.tree, path);
  const drag = useDrag(path);
  const key = (event) => {
    const direction = event.altKey && { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    event.stopPropagation();
    move(path, direction);
  };
  const problems = form.problems.get(path.join("/")) ?? [];
  return html`<li><div class="form-card" data-kind=${kind} data-path=${path.join("/")} onKeyDown=${key} ...${drag.target}
    role="group" aria-label=${t("form step", { number: path.at(-1) + 1, kind: t(`form kind ${kind}`) })}>
    <${CardHead} path=${path} kind=${kind} handle=${drag.handle} />
    ${problems.map((each) => html`<p class=${each.severity === "error" ? "note problem" : "note"} role=${each.severity === "error" ? "alert" : undefined}><${Problem} ...${each} line=${null} /></p>`)}
    ${kind === "other" ? html`<${Other} form=${form} path=${path} />` : html`<${Fields} form=${form} path=${path} kind=${kind} around=${around} />`}
  </div></li>`;
}

function CardHead({ path, kind, handle }) {
  const name = t("form step", { number: path.at(-1) + 1, kind: t(`form kind ${kind}`) });
  const button = (part, shape, act) => html`<button id=${`${idOf(path)}-${part}`} class="icon" title=${t(`form ${part}`)}
    aria-label=${t(`form ${part} step`, { name })} onClick=${act}><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d=${shape} /></svg></button>`;
  return html`<div class="form-head">
    <span class="form-handle" title=${t("form drag")} ...${handle} aria-hidden="true">⠿</span>
    <strong class="form-kind">${t(`form kind ${kind}`)}</strong>
    ${button("up", "M12 20V5M6 11l6-6 6 6", () => move(path, -1))}
    ${button("down", "M12 4v15M6 13l6 6 6-6", () => move(path, 1))}
    ${button("copy", "M9 9h11v11H9zM15 9V4H4v11h5", () => copyStep(path))}
    ${button("drop", "M6 6l12 12M18 6L6 18", () => dropStep(path))}
  </div>`;
}

/** What no card knows: its text, and the way to it. */
function Other({ form, path }) {
  const written = form.tree.sourceAt(path);
  return html`<pre class="form-source" tabindex="0">${written.trimEnd().split("\n").slice(0, 12).join("\n")}</pre>
    <${TextLink} form=${form} path=${path} />`;
}

function TextLink({ form, path, children }) {
  const line = form.tree.placeOf(path)?.line ?? 1;
  return html`<a href=${`#/write/${encodeURIComponent(form.id)}/${line}`}>${children ?? t("form in text", { line })}</a>`;
}

function Fields({ form, path, kind, around }) {
  const body = bodyOf(path, kind);
  const where = around.sided ? (kind === "change" ? "change" : around.list) : "";
  const shared = { form, tree: form.tree, where, rounds: around.many };
  return html`
    <div class="form-fields">${FIELDS[kind].map(([field, key, values]) => html`<${Field} key=${`${field} ${key}`} ...${shared} field=${field} at=${body} name=${key} kind=${kind} values=${values} />`)}</div>
    ${isBlock(kind) && html`<${Lists} form=${form} path=${body} kind=${kind} around=${around} />`}
    <${More} form=${form} path=${path} kind=${kind} around=${around} />`;
}

function Field({ form, tree, field, at, name, kind, values, where, rounds }) {
  const path = [...at, name];
  const needed = name === kind;
  const label = name && t(`form ${kind} ${name}`);
  if (field === "words") return html`<${Words} form=${form} path=${path} label=${label} where=${where} rounds=${rounds} needed=${needed} />`;
  if (field === "phases") return html`<${Phases} form=${form} path=${at} where=${where} rounds=${rounds} />`;
  if (field === "moves") return html`<${Moves} form=${form} path=${at} where=${where} rounds=${rounds} />`;
  if (field === "length") return html`<${LengthField} tree=${tree} path=${path} label=${label} needed=${needed} />`;
  if (field === "choice") return html`<${ChoiceField} tree=${tree} path=${path} label=${label} values=${values} />`;
  if (field === "check") return html`<${CheckField} tree=${tree} path=${path} label=${label} />`;
  if (tree.kindAt(path) === "map") return null;
  return html`<${TextField} tree=${tree} path=${path} label=${label} needed=${needed} numeric=${field === "count"} />`;
}

/** The words for the phases of breaths, and what words can be added for. */
function Phases({ form, path, where, rounds }) {
  const there = form.tree.keysAt(path).filter((key) => PHASE.test(key));
  const shown = [...there, ...["in", "out"].filter((each) => !there.includes(each))];
  const more = PHASES.filter((each) => !shown.includes(each));
  const add = (event) => put([...path, event.target.value], seedWords("out"));
  const label = (key) => (PHASES.includes(key) ? t(`form phase ${key}`) : t("form phase of", { phase: key }));
  return html`
    ${shown.map((key) => html`<${Words} key=${key} form=${form} path=${[...path, key]} label=${label(key)} where=${where} rounds=${rounds} />`)}
    <label class="form-field"><span>${t("form more phases")}</span><select id=${idOf([...path, "phases"])} value="" onChange=${add}>
      <option value="">…</option>${more.map((each) => html`<option value=${each}>${label(each)}</option>`)}</select></label>`;
}

/** The words for the phases of a movement, by their own names. */
function Moves({ form, path, where, rounds }) {
  const known = ["move", "tempo", "beat", "at", "stretch", "sides", "min", "max", "past", "name", "only", "side"];
  const names = form.tree.keysAt(path).filter((key) => !known.includes(key) && form.tree.kindAt([...path, key]) === "text");
  return names.map((key) => html`<${Words} key=${key} form=${form} path=${[...path, key]} label=${t("form phase of", { phase: key })} where=${where} rounds=${rounds} />`);
}

/** The lists of a block: what is before it, in it, and between its rounds. */
function Lists({ form, path, kind, around }) {
  const sided = around.sided || kind === "each side";
  const there = form.tree.keysAt(path);
  const many = kind !== "pace" && !/^1?$/.test(form.tree.textAt([...path, "rounds"]));
  const lists = Object.keys(LISTS).filter((name) => name === "steps" || there.includes(name) || (name === "between" && kind !== "pace" && !there.some((key) => key.startsWith("between "))));
  return lists.map((name) => html`<section key=${name} class="form-list" data-list=${name}>
    <h3>${t(`form list ${name}`)}</h3>
    <${Steps} form=${form} path=${[...path, name]} around=${{ sided, block: kind, many, list: name === "steps" ? "turn" : name === "before" ? "before" : "between" }} />
  </section>`);
}

/** What few people change: in which rounds, its name, and what is only in the text. */
function More({ form, path, kind, around }) {
  const others = listOthers(form.tree, path, kind);
  const sides = around.block === "each side" ? ["left", "right"] : [];
  if (!around.block && !others.length) return null;
  const only = form.tree.textAt([...path, "only"]);
  return html`<details class="form-more" open=${Boolean(only)}><summary>${t("form more")}</summary>
    ${around.block && html`<${ChoiceField} tree=${form.tree} path=${[...path, "only"]} label=${t("form only")} values=${["first", "last", "not first", "not last", ...sides]} />`}
    ${others.length > 0 && html`<p class="form-small">${t("form others")} ${others.map((each, index) => html`${index > 0 && ", "}<${TextLink} form=${form} path=${each}>${each.at(-1)}<//>`)}</p>`}
  </details>`;
}
