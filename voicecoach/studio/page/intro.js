// The introduction: whoever has heard it to its end once need not hear all of it the next time.

const LOOK = 500; // milliseconds

/** Call `heard` when a player has played the whole introduction of its timeline, without a jump in it. */
export function followIntro(player, heard) {
  let from = Infinity; // where listening began
  let told = null;
  let timer = null;
  const look = () => {
    const notice = player.timeline?.cues.filter((cue) => cue.kind === "notice") ?? [];
    if (!notice.length || from > notice[0].start || player.place < notice.at(-1).end || told === player.timeline) return;
    told = player.timeline;
    heard();
  };
  player.addEventListener("place", () => {
    from = player.place;
  });
  player.addEventListener("state", () => {
    clearInterval(timer);
    if (!player.playing) return look();
    from = Math.min(from, player.place);
    timer = setInterval(look, LOOK);
  });
  return () => {
    from = Infinity;
  };
}
