// The command line that does the same as the page.

const OPTIONS = {
  breath: "--breath",
  rounds: "--rounds",
  side: "--side",
  first: "--first",
  guidance: "--guidance",
  intro: "--intro",
  with_name: "--with-name",
  length: "--length",
  preview: "--preview",
  lead_in: "--lead-in",
  title: "--title",
  chime: "--chime",
  voice: "--voice",
  rate: "--rate",
  pitch: "--pitch",
  variation: "--variation",
};
const SWITCHES = { breath_sound: "breath-sound", hold_tick: "hold-tick", sleep: "sleep", clear: "clear" };
const FLAGS = { fall: "--fall" };
const FILES = { bed: "--bed", bed_level: "--bed-level", breath_level: "--breath-level", bitrate: "--bitrate" };
const FILE_FLAGS = { pan: "--pan", chapters_json: "--chapters-json", playlist: "--playlist" };

/** What people would type for these choices; `routine` is a built-in name, or the name of a file. */
export function writeCommand(routine, language, choices, files = {}, split = false) {
  const words = ["voicecoach", "make", quote(routine)];
  const add = (option, value) => words.push(option, quote(String(value)));
  const addAll = (options, values) => {
    for (const [name, option] of Object.entries(options)) if (values[name] !== undefined) add(option, values[name]);
  };
  addAll(OPTIONS, choices);
  for (const [name, value] of Object.entries(choices.set ?? {})) add("--set", `${name}=${value}`);
  for (const each of choices.with_ ?? []) add("--with", each);
  for (const each of choices.skip ?? []) add("--skip", each);
  if (language) add("--language", language);
  for (const [name, option] of Object.entries(SWITCHES)) if (name in choices) words.push(`${choices[name] ? "--" : "--no-"}${option}`);
  for (const [name, flag] of Object.entries(FLAGS)) if (choices[name]) words.push(flag);
  addAll(FILES, files);
  if (files.format && files.format !== "mp3") add("--format", files.format);
  if (files.captions?.length) add("--captions", files.captions.join(","));
  for (const [name, flag] of Object.entries(FILE_FLAGS)) if (files[name]) words.push(flag);
  if (split) add("--tracks", "sides");
  return words.join(" ");
}

function quote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
