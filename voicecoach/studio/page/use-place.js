// Drawing by the clock of the sound: what follows the place in the session is drawn anew as long as it moves.

import { player } from "./actions.js";
import { useEffect, useRef } from "./vendor/preact.js";

const CHANGES = ["state", "place", "timeline", "end"];

/** Call `draw` with the place: each time the screen is drawn while the session plays, and whenever it jumps. */
export function usePlace(draw) {
  const kept = useRef(draw);
  kept.current = draw;
  useEffect(() => {
    let asked = 0;
    const again = () => {
      kept.current(player.place);
      asked = player.playing ? requestAnimationFrame(again) : 0;
    };
    const begin = () => (asked ||= requestAnimationFrame(again));
    for (const type of CHANGES) player.addEventListener(type, begin);
    window.addEventListener("resize", begin);
    begin();
    return () => {
      cancelAnimationFrame(asked);
      for (const type of CHANGES) player.removeEventListener(type, begin);
      window.removeEventListener("resize", begin);
    };
  }, []);
  useEffect(() => {
    if (!player.playing) kept.current(player.place); // after each drawing of the page
  });
}
