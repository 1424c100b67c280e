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
  lead_in: "--lead-in",
  title: "--title",
  chime: "--chime",
  voice: "--voice",
  rate: "--rate",
  pitch: "--pitch",
};

/** What people would type for these choices. */
export function writeCommand({ id, language }, choices, files = {}, split = false) {
  const words = ["voicecoach", "make", id];
  const add = (option, value) => words.push(option, quote(String(value)));
  for (const [name, option] of Object.entries(OPTIONS)) if (choices[name] !== undefined) add(option, choices[name]);
  for (const [name, value] of Object.entries(choices.set ?? {})) add("--set", `${name}=${value}`);
  for (const each of choices.with_ ?? []) add("--with", each);
  for (const each of choices.skip ?? []) add("--skip", each);
  if (language) add("--language", language);
  if (files.bed) add("--bed", files.bed);
  if (files.format && files.format !== "mp3") add("--format", files.format);
  if (files.captions?.length) add("--captions", files.captions.join(","));
  if (split) add("--tracks", "sides");
  return words.join(" ");
}

function quote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
