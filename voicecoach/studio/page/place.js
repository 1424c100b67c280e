// Where a place of one timeline is in another: a slider moves, and the listener stays in the same phase, or phrase.

/** Everything with a start that can be found again in another timeline of the same routine, in order. */
export function listAnchors(timeline) {
  const counts = new Map();
  const name = (base) => {
    counts.set(base, (counts.get(base) ?? 0) + 1);
    return `${base}/${counts.get(base)}`;
  };
  const anchors = [
    ...timeline.chapters.map((each) => [name(`chapter/${each.title}`), each.start]),
    ...timeline.phases.map((each) => [name(`phase/${each.breath}/${each.kind}`), each.start]),
    ...(timeline.spans ?? []).map((each) => [name(`span/${each.kind}/${each.side}/${each.name}`), each.start]),
    ...timeline.cues.map((each) => [name(`cue/${each.kind}/${each.side}/${each.text}`), each.start]),
  ];
  return anchors.sort((one, other) => one[1] - other[1]);
}

/** The place in `next` that matches a place in `before`, in seconds. */
export function carryOver(before, next, place) {
  const found = new Map(listAnchors(next));
  let last = [0, 0];
  let following = [before.duration, next.duration];
  for (const [key, start] of listAnchors(before)) {
    const there = found.get(key);
    if (there === undefined) continue;
    if (start <= place + 1e-9) {
      last = [start, there];
    } else if (there >= last[1]) {
      following = [start, there];
      break;
    }
  }
  return Math.max(0, Math.min(last[1] + (place - last[0]), following[1], next.duration));
}

/** The index of the last of `spans`, ordered by start, that has started at a place; -1 before the first. */
export function findLast(spans, place) {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle].start <= place + 1e-9) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The span that a place is in, or undefined. */
export function findAt(spans, place) {
  const found = spans[findLast(spans, place)];
  return found && place < found.end ? found : undefined;
}
