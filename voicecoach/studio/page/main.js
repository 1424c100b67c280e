// The page: which screen is shown, and what the whole page listens to.

import { Exporter } from "./export.js";
import { Form } from "./form/screen.js";
import { KeyHelp, listenToKeys } from "./keys.js";
import { getLibrary, openRoutine, player, setLanguage, startWords } from "./actions.js";
import { Play } from "./play.js";
import { Start } from "./start.js";
import { Voices } from "./voices/screen.js";
import { Write } from "./write/text.js";
import { state, subscribe, update } from "./state.js";
import { html, render, useLayoutEffect, useState } from "./vendor/preact.js";
import { chooseLanguage, LANGUAGES, t } from "./words.js";

/** Screens by their names; each is shown under #/NAME/ID. */
const SCREENS = { start: Start, play: Play, form: Form, write: Write, voices: Voices };

/** Those on which a session can be stopped; where it can't, it does not go on. */
const CAN_STOP = new Set(["play", "form", "write"]);

const LANGUAGE_NAMES = { en: "English", de: "Deutsch", es: "Español", fr: "Français" };

function Page() {
  const [, redraw] = useState(0);
  useLayoutEffect(() => {
    const again = () => {
      nameTab();
      redraw((count) => count + 1);
    };
    again(); // what changed since it was drawn first
    return subscribe(again);
  }, []);
  const Screen = SCREENS[state.screen] ?? Start;
  return html`
    <a class="skip" href="#main" onClick=${skipToMain}>${t("skip to content")}</a>
    ${state.gone && html`<${Gone} />`}
    <header class="top">
      <a class="brand" href="#/">voicecoach</a>
      <${LanguageChoice} />
    </header>
    <main id="main" tabindex="-1"><${Screen} /></main>
    ${state.exporting && html`<${Exporter} />`}
    ${state.help && html`<${KeyHelp} />`}
  `;
}

function nameTab() {
  const title = state.screen === "start" ? "" : state.plan?.timeline.title ?? state.card?.title;
  document.title = title ? `${title} · voicecoach` : "voicecoach";
}

/** The address is that of a screen, so the link itself would leave it. */
function skipToMain(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function LanguageChoice() {
  if (LANGUAGES.length < 2) return null;
  const chosen = chooseLanguage();
  return html`<label class="quiet">
    <span class="hidden">${t("language of this page")}</span>
    <select value=${chosen} onChange=${(event) => setLanguage(event.target.value)}>
      ${LANGUAGES.map((code) => html`<option value=${code} lang=${code}>${LANGUAGE_NAMES[code]}</option>`)}
    </select>
  </label>`;
}

function Gone() {
  return html`<div class="note warning" role="alert">
    <strong>${t("stopped")}</strong> ${t("stopped remedy")} <code>voicecoach studio</code>
  </div>`;
}

/** What the address says: #/play/ID, or the start. */
function readAddress() {
  const [, screen = "", id = ""] = location.hash.split("/").map(decodeURIComponent);
  return id && SCREENS[screen] ? { screen, id } : { screen: "start", id: "" };
}

let shown = ""; // the routine that was shown last

async function route() {
  const { screen, id } = readAddress();
  if (!CAN_STOP.has(screen)) player.pause();
  if (id !== shown) requestAnimationFrame(() => id && scrollTo(0, 0));
  shown = id;
  update({ exporting: false, help: false, panel: false });
  if (id) {
    await openRoutine(id, { screen });
  } else {
    update({ screen });
    await getLibrary();
  }
}

async function begin() {
  const library = getLibrary();
  update({ screen: readAddress().screen });
  await startWords();
  render(html`<${Page} />`, document.getElementById("app"));
  window.addEventListener("hashchange", route);
  listenToKeys();
  if (location.hash.length > 2) await route();
  const found = await library;
  if (!location.hash && found?.opened) location.hash = `#/play/${encodeURIComponent(found.opened)}`;
}

begin();
