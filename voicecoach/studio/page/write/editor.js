// The editor of the text: its problems stand at their lines, and the line that sounds is lit.

import * as cm from "../vendor/editor.js";
import { completeKey } from "./keys.js";

const lit = cm.StateEffect.define();
const litLine = cm.StateField.define({
  create: () => cm.Decoration.none,
  update(marks, transaction) {
    const effect = transaction.effects.find((each) => each.is(lit));
    if (!effect) return marks.map(transaction.changes);
    const { line } = effect.value;
    if (!line || line > transaction.state.doc.lines) return cm.Decoration.none;
    return cm.Decoration.set([cm.Decoration.line({ class: "sounding" }).range(transaction.state.doc.line(line).from)]);
  },
  provide: (field) => cm.EditorView.decorations.from(field),
});

const LOOK = cm.EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "15px", maxHeight: "60vh" },
  ".cm-scroller": { overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", fontFamily: "ui-monospace, monospace" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--note-paper)", color: "var(--soft)", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--accent) 8%, transparent)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--accent) 30%, transparent) !important" },
  ".sounding": { backgroundColor: "color-mix(in srgb, var(--accent) 12%, transparent)", boxShadow: "inset 4px 0 var(--accent)" },
  ".cm-completionDetail": { color: "var(--soft)", fontStyle: "normal", marginLeft: "16px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-tooltip": { backgroundColor: "var(--card)", color: "var(--ink)", border: "1px solid var(--edge)" },
});

/** Colours of the text; what they tell stands in the text, too. */
const COLOURS = cm.HighlightStyle.define([
  { tag: cm.tags.definition(cm.tags.propertyName), color: "var(--accent)", fontWeight: "600" },
  { tag: [cm.tags.comment, cm.tags.lineComment], color: "var(--soft)", fontStyle: "italic" },
  { tag: [cm.tags.separator, cm.tags.punctuation, cm.tags.squareBracket, cm.tags.brace], color: "var(--soft)" },
  { tag: cm.tags.string, color: "var(--left)" },
  { tag: [cm.tags.labelName, cm.tags.typeName, cm.tags.keyword], color: "var(--right)" },
]);

/** Put an editor into an element; `change` hears each new text. It lives in a shadow root, so its styles are no inline ones. */
export function openEditor(element, text, label, change) {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  const view = new cm.EditorView({
    root,
    parent: root,
    state: cm.EditorState.create({
      doc: text,
      extensions: [
        cm.lineNumbers(),
        cm.history(),
        cm.drawSelection(),
        cm.highlightActiveLine(),
        cm.indentOnInput(),
        cm.indentUnit.of("  "),
        cm.bracketMatching(),
        cm.yaml(),
        cm.syntaxHighlighting(COLOURS),
        cm.lintGutter(),
        cm.autocompletion({ override: [completeKey], icons: false }),
        litLine,
        LOOK,
        cm.EditorView.lineWrapping,
        cm.EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "true", tabindex: "0" }),
        cm.keymap.of([...cm.completionKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, ...cm.searchKeymap, ...cm.lintKeymap, cm.indentWithTab]),
        cm.EditorView.updateListener.of((seen) => seen.docChanged && !seen.transactions.some((each) => each.annotation(silent)) && change(seen.state.doc.toString())),
      ],
    }),
  });
  return new Editor(view);
}

const silent = cm.Annotation.define();

class Editor {
  constructor(view) {
    this.view = view;
    this.line = 0;
  }

  get text() {
    return this.view.state.doc.toString();
  }

  /** The line of the cursor, from 1. */
  get cursor() {
    return this.view.state.doc.lineAt(this.view.state.selection.main.head).number;
  }

  /** Show another text, as if it had been there. */
  show(text) {
    if (text === this.text) return;
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, annotations: silent.of(true) });
  }

  /** Light a line; 0 for none. */
  light(line) {
    if (line === this.line) return;
    this.line = line;
    this.view.dispatch({ effects: lit.of({ line }) });
  }

  goTo(line, column = 1) {
    const { doc } = this.view.state;
    const found = doc.line(Math.max(1, Math.min(line, doc.lines)));
    const at = Math.min(found.from + column - 1, found.to);
    this.view.dispatch({ selection: { anchor: at }, effects: cm.EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }

  /** Show problems at their places. */
  mark(problems) {
    const { doc } = this.view.state;
    const shown = problems.filter((each) => each.line && each.line <= doc.lines).map((each) => {
      const line = doc.line(each.line);
      const from = Math.min(line.from + each.column - 1, line.to);
      return { from, to: line.to, severity: each.severity, message: [each.what, each.remedy].filter(Boolean).join("\n") };
    });
    this.view.dispatch(cm.setDiagnostics(this.view.state, shown));
  }

  close() {
    this.view.destroy();
  }
}
