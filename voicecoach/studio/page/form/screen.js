// The screen on which a routine is written as cards. What it is made of is fetched when it is first opened.

import { isRead, Stage, Wait } from "../stage.js";
import { state } from "../state.js";
import { html, useEffect, useState } from "../vendor/preact.js";

let kept = null;

export function Form() {
  const { id, draft } = state;
  const [Body, setBody] = useState(() => kept);
  useEffect(() => {
    import("./form.js").then((found) => {
      kept = found.Routine;
      setBody(() => kept);
    });
  }, []);
  return html`<${Stage}>${Body && isRead() ? html`<${Body} key=${id} draft=${draft} />` : html`<${Wait} />`}<//>`;
}
