// The dialogue that writes files: which, how many, how large, and what becomes of them.

import { chosenForSession, exportFiles, followExports, soundOfFiles } from "./actions.js";
import { cancelJob, fileOf } from "./api.js";
import { writeCommand } from "./command.js";
import { NumberField } from "./controls.js";
import { Problems } from "./problems.js";
import { state, update } from "./state.js";
import { html, useEffect, useRef, useState } from "./vendor/preact.js";
import { clock, number, t } from "./words.js";

/** Kilobits a second with one channel and with two; about, where a format takes what it needs. */
const FORMATS = { mp3: [64, 128], m4a: [64, 128], opus: [32, 64], flac: [200, 300], wav: [768, 1536] };
const BIT_RATES = { mp3: [32, 320], m4a: [32, 320], opus: [16, 256] };
const PICTURE = 0.1; // megabytes of the cover
const CAPTIONS = ["vtt", "srt", "lrc", "txt"];

export function Exporter() {
  const dialog = useRef();
  useEffect(() => {
    dialog.current.showModal();
    followExports();
  }, []);
  const [wanted, setWanted] = useState({ format: "mp3", split: false, captions: [], intro: state.choices.intro ?? "full" });
  const change = (changes) => setWanted({ ...wanted, ...changes });
  const both = state.card?.sides && !state.choices.side; // one side is one file
  const split = both && wanted.split;
  const files = chooseFiles({ ...wanted, split });
  const { intro, ...session } = chosenForSession();
  const choices = wanted.intro === "full" ? session : { ...session, intro: wanted.intro };
  return html`<dialog ref=${dialog} aria-label=${t("export")} onClose=${() => update({ exporting: false, exportProblems: [] })}>
    <h2>${t("export title")}</h2>
    <${Select} label=${t("format")} value=${wanted.format} values=${Object.keys(FORMATS)} name="format"
      onChange=${(format) => change({ format, bitrate: undefined })} />
    ${both && html`<${Check} label=${t("one per side")} value=${wanted.split} onChange=${(value) => change({ split: value })} />`}
    <${Select} label=${t("intro")} value=${wanted.intro} values=${["full", "short", "none"]} name="intro" onChange=${(intro) => change({ intro })} />
    ${state.intro === "short" && wanted.intro === "full" && html`<p class="soft">${t("intro of files")}</p>`}
    <${Beside} wanted=${wanted} change=${change} split=${split} />
    <p class="soft">${describeSize(files, split)} ${t("goes to", { folder: state.library?.folder ?? "" })}</p>
    <${Problems} problems=${state.exportProblems ?? []} />
    <div class="line">
      <button class="play-button" onClick=${() => exportFiles({ files, split, choices })}>${t("write files")}</button>
      <button onClick=${() => dialog.current.close()}>${t("close")}</button>
    </div>
    <${Jobs} />
    <details><summary>${t("command")}</summary>
      <code class="command">${writeCommand(state.card?.file ?? state.id, state.language, choices, { ...soundOfFiles(), ...files }, split)}</code>
      ${state.text !== null && html`<p class="soft">${t("command needs saving")}</p>`}</details>
  </dialog>`;
}

function chooseFiles({ format, captions, bitrate, chapters_json, playlist, pan, split }) {
  const rest = { captions: captions.length ? captions : undefined, bitrate, chapters_json, playlist: split && playlist, pan: split && pan };
  return { format, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value)) };
}

/** What can be written beside the sound, and how the sound is written: folded, since most people need neither. */
function Beside({ wanted, change, split }) {
  const rates = BIT_RATES[wanted.format];
  return html`<details class="group"><summary>${t("beside")}</summary>
    ${CAPTIONS.map((kind) => html`<${Check} label=${t(`captions ${kind}`)} value=${wanted.captions.includes(kind)}
      onChange=${(value) => change({ captions: CAPTIONS.filter((each) => (each === kind ? value : wanted.captions.includes(each))) })} />`)}
    <${Check} label=${t("chapters file")} value=${wanted.chapters_json} onChange=${(value) => change({ chapters_json: value })} />
    ${split && html`<${Check} label=${t("playlist")} value=${wanted.playlist} onChange=${(value) => change({ playlist: value })} />
      <${Check} label=${t("pan")} value=${wanted.pan} onChange=${(value) => change({ pan: value })} />`}
    ${rates && html`<${NumberField} label=${t("bit rate")} unit=${t("kilobits")} value=${wanted.bitrate} least=${rates[0]} most=${rates[1]}
      whole usual=${t("usual")} onChange=${(bitrate) => change({ bitrate })} />`}
  </details>`;
}

function Select({ label, name, value, values, onChange }) {
  return html`<label class="field"><span>${label}</span>
    <select value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${values.map((each) => html`<option value=${each}>${t(`${name} ${each}`)}</option>`)}
    </select></label>`;
}

function Check({ label, value, onChange }) {
  return html`<label class="check"><input type="checkbox" checked=${Boolean(value)} onChange=${(event) => onChange(event.target.checked)} />
    <span>${label}</span></label>`;
}

/** The length and the size of what will be written; a track of one side lasts as long as what is not of the other. */
function describeSize(files, split) {
  const timeline = state.plan?.timeline;
  if (!timeline) return "";
  const other = split ? timeline.chapters.filter((each) => each.side === "right") : [];
  const seconds = timeline.duration - other.reduce((sum, each) => sum + each.end - each.start, 0);
  const channels = soundOfFiles().bed || files.pan ? 2 : 1;
  const size = (seconds * (files.bitrate ?? FORMATS[files.format][channels - 1])) / 8 / 1000 + PICTURE;
  return t(split ? "about size each" : "about size", { size: number(size, size < 10 ? 1 : 0), time: clock(seconds) });
}

function describeBytes(bytes) {
  if (bytes < 1e5) return t("kilobytes", { size: number(Math.max(0.1, bytes / 1e3)) });
  return t("megabytes", { size: number(bytes / 1e6) });
}

function Jobs() {
  return html`<ul class="jobs">${[...state.jobs].reverse().map((job) => html`<${Job} key=${job.id} job=${job} />`)}</ul>`;
}

function Job({ job }) {
  return html`<li>
    <div class="line"><strong>${job.title}</strong> <span role="status">${t(`job ${job.state}`)}</span></div>
    ${job.state === "working" && html`<div class="line working">
      <progress aria-label=${job.title} max=${job.total || 1} value=${job.total ? job.done : undefined}></progress>
      <span class="soft">${job.left === null ? "" : t("time left", { seconds: number(Math.max(1, job.left), 0) })}</span>
      <button onClick=${() => cancelJob(job.id)}>${t("cancel")}</button></div>`}
    <${Problems} problems=${job.problems} />
    ${job.files.map((file, index) => html`<div>
      <a href=${fileOf(job.id, index)} target="_blank">${file.name}</a> <span class="soft">${describeBytes(file.bytes)}</span>
      ${/\.(mp3|m4a|opus|flac|wav)$/.test(file.name) && html`<audio controls preload="none" aria-label=${file.name} src=${fileOf(job.id, index)}></audio>`}
    </div>`)}
    ${job.files.length > 0 && html`<p class="soft">${t("in folder", { folder: job.folder })}</p>`}
  </li>`;
}
