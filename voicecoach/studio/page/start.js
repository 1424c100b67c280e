// The first screen: the exercises as cards, one's own routines, and a search.

import { createRoutine, fillCard } from "./actions.js";
import { pictureOf } from "./api.js";
import { state, update } from "./state.js";
import { html, useEffect, useRef } from "./vendor/preact.js";
import { number, t } from "./words.js";

export function Start() {
  const { library } = state;
  if (!library) return html`<p class="wait">${t("loading library")}</p>`;
  const routines = library.routines.filter(matches);
  const mine = library.mine.filter(matches);
  return html`
    <div class="start">
      <div class="line">
        <h1>${t("choose an exercise")}</h1>
        <input id="search" class="search" type="search" value=${state.search} placeholder=${t("search")}
          aria-label=${t("search")} onInput=${(event) => update({ search: event.target.value })} />
      </div>
      ${routines.length + mine.length === 0 && html`<p class="note">${t("nothing found", { search: state.search })}</p>`}
      <ul class="cards">${routines.map((each) => html`<${Card} key=${each.id} ...${each} />`)}</ul>
      <div class="line"><h2>${t("my routines")}</h2><button onClick=${createRoutine}>${t("new")}</button></div>
      ${library.mine.length === 0 && html`<p class="soft">${t("no routines", { folder: library.folder })}</p>`}
      <ul class="cards">${mine.map((each) => html`<${Card} key=${each.id} ...${each} own />`)}</ul>
    </div>`;
}

function matches(routine) {
  const about = state.cards[routine.id] ?? routine;
  const text = [routine.title, routine.summary, ...(about?.area ?? []), ...(about?.position ?? [])].join(" ").toLowerCase();
  return state.search.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** A card; what is not known yet of one's own routine is asked for when its card comes into view. */
function Card({ own = false, ...routine }) {
  const { id } = routine;
  const place = useRef();
  const about = state.cards[id] ?? routine;
  useEffect(() => {
    if (!own) return undefined;
    const watcher = new IntersectionObserver(([entry]) => {
      if (!entry.isIntersecting) return;
      watcher.disconnect();
      fillCard(id);
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, [id]);
  const drawn = own ? about.duration && !about.problems?.length : true;
  return html`<li ref=${place}>
    <a class="card" href=${`#/play/${encodeURIComponent(id)}`}>
      ${drawn ? html`<img src=${pictureOf(id, own)} alt="" loading="lazy" />` : html`<span class="blank"></span>`}
      <span class="card-title">${about.title ?? routine.title}</span>
      <span class="card-about">${listFacts(about)}</span>
      <span class="card-summary">${about.summary}</span>
      ${own && about.problems?.length > 0 && html`<span class="card-problem">${t("has problems")}</span>`}
    </a>
  </li>`;
}

function listFacts(about) {
  const minutes = about.duration && t("minutes", { count: Math.max(1, Math.round(about.duration / 60)), number: number(Math.max(1, about.duration / 60), 0) });
  const facts = [minutes, ...(about.area ?? []).map((each) => t(`area ${each}`)), about.sides && t("each side")];
  return facts.filter(Boolean).join(" · ") || "\u00a0";
}
