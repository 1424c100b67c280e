// Steps are dragged by their handles to a place between other steps.

import { textNow } from "./history.js";
import { canMove, moveTo } from "./moves.js";
import { readTree } from "./tree.js";

let dragged = null;

function clear() {
  for (const each of document.querySelectorAll("[data-drop]")) delete each.dataset.drop;
}

const isBelow = (event) => {
  const box = event.currentTarget.getBoundingClientRect();
  return event.clientY > box.top + box.height / 2;
};

function begin(event, path) {
  dragged = path;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
  event.dataTransfer.setDragImage(event.currentTarget.closest(".form-card"), 16, 16);
}

function over(event, path) {
  if (!dragged || !canMove(readTree(textNow()), dragged, path.slice(0, -1))) return;
  event.preventDefault();
  event.stopPropagation();
  clear();
  event.currentTarget.dataset.drop = isBelow(event) ? "below" : "above";
}

function drop(event, path) {
  if (!dragged || !canMove(readTree(textNow()), dragged, path.slice(0, -1))) return;
  event.preventDefault();
  event.stopPropagation();
  const index = path.at(-1) + (isBelow(event) ? 1 : 0);
  const from = dragged;
  dragged = null;
  clear();
  moveTo(from, path.slice(0, -1), index);
}

/** What a card and its handle hear. */
export function useDrag(path) {
  const end = () => {
    dragged = null;
    clear();
  };
  return {
    handle: { draggable: true, onDragStart: (event) => begin(event, path), onDragEnd: end },
    target: { onDragOver: (event) => over(event, path), onDrop: (event) => drop(event, path) },
  };
}
