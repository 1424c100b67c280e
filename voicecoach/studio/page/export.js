// The dialogue that writes files: which, how many, and what becomes of them.

import { exportFiles, sessionChoices, soundOfFiles } from "./actions.js";
import { cancelJob, fileOf } from "./api.js";
import { writeCommand } from "./command.js";
import { Problems } from "./problems.js";
import { state, update } from "./state.js";
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { number, t } from "./words.js";

const FORMATS = { mp3: 64, m4a: 64, opus: 24, flac: 380, wav: 768 }; // kilobits a second, about
const CAPTIONS = ["vtt", "srt", "lrc", "txt"];

export function Exporter() {
  const dialog = useRef();
  useEffect(() => dialog.current.showModal(), []);
  const [wanted, setWanted] = useState({ format: "mp3", split: false, captions: [] });
  const files = { format: wanted.format, ...(wanted.captions.length ? { captions: wanted.captions } : {}) };
  const seconds = state.plan?.timeline.duration ?? 0;
  const size = (seconds * FORMATS[wanted.format]) / 8 / 1000;
  return html`<dialog ref=${dialog} aria-label=${t("export")} onClose=${() => update({ exporting: false })}>
    <h2>${t("export")}</h2>
    <label class="field"><span>${t("format")}</span>
      <select value=${wanted.format} onChange=${(event) => setWanted({ ...wanted, format: event.target.value })}>
        ${Object.keys(FORMATS).map((each) => html`<option value=${each}>${t(`format ${each}`)}</option>`)}
      </select></label>
    <p class="soft">${t("about size", { size: number(size, size < 10 ? 1 : 0) })}</p>
    ${state.card?.sides && html`<label class="check">
      <input type="checkbox" checked=${wanted.split} onChange=${(event) => setWanted({ ...wanted, split: event.target.checked })} />
      <span>${t("one per side")}</span></label>`}
    <fieldset class="group"><legend>${t("captions")}</legend>
      ${CAPTIONS.map((kind) => html`<label class="check"><input type="checkbox" checked=${wanted.captions.includes(kind)}
        onChange=${(event) => setWanted({ ...wanted, captions: CAPTIONS.filter((each) => (each === kind ? event.target.checked : wanted.captions.includes(each))) })} />
        <span>${t(`captions ${kind}`)}</span></label>`)}
    </fieldset>
    <${Problems} problems=${state.exportProblems ?? []} />
    <div class="line">
      <button class="play-button" onClick=${() => exportFiles({ files, split: wanted.split })}>${t("write files")}</button>
      <button onClick=${() => dialog.current.close()}>${t("close")}</button>
    </div>
    <${Jobs} />
    <details><summary>${t("command")}</summary>
      <code class="command">${writeCommand(state.card?.file ?? state.id, state.language, sessionChoices(), { ...soundOfFiles(), ...files }, wanted.split)}</code></details>
  </dialog>`;
}

function Jobs() {
  return html`<ul class="jobs">${[...state.jobs].reverse().map((job) => html`<li key=${job.id}>
    <strong>${job.title}</strong> <span role="status">${t(`job ${job.state}`)}</span>
    ${job.state === "working" && html`<progress max=${job.total || 1} value=${job.total ? job.done : undefined}></progress>
      <button onClick=${() => cancelJob(job.id)}>${t("cancel")}</button>
      <span class="soft">${timeLeft(job)}</span>`}
    <${Problems} problems=${job.problems} />
    ${job.files.map((file, index) => html`<div>
      <a href=${fileOf(job.id, index)} target="_blank">${file.name}</a> <span class="soft">${t("megabytes", { size: number(file.bytes / 1e6) })}</span>
      ${/\.(mp3|m4a|opus|flac|wav)$/.test(file.name) && html`<audio controls preload="none" src=${fileOf(job.id, index)}></audio>`}
    </div>`)}
    ${job.files.length > 0 && html`<p class="soft">${t("in folder", { folder: job.folder })}</p>`}
  </li>`)}</ul>`;
}

function timeLeft(job) {
  if (!job.total || !job.done) return "";
  return t("time left", { seconds: number((job.seconds * (job.total - job.done)) / job.done, 0) });
}
