// Breaths as the sliders show them: four lengths, written as 4-6, 4-7-8 or 4-4-4-4.

export const PHASES = ["inhale", "hold", "exhale", "pause"];
export const MOST = { inhale: 15, hold: 20, exhale: 20, pause: 20 };
export const LEAST = { inhale: 1, hold: 0, exhale: 1, pause: 0 };

/** The seconds of each phase of a breath, or null for one that the sliders can't show, as a ramp. */
export function readBreath(text) {
  if (!/^\d+(\.\d+)?(-\d+(\.\d+)?){1,3}$/.test(text ?? "")) return null;
  const numbers = text.split("-").map(Number);
  const [inhale, ...rest] = numbers;
  if (rest.length === 1) return { inhale, hold: 0, exhale: rest[0], pause: 0 };
  return { inhale, hold: rest[0], exhale: rest[1], pause: rest[2] ?? 0 };
}

/** A breath as people write it; phases that are missing are left out. */
export function writeBreath({ inhale, hold, exhale, pause }) {
  const numbers = pause ? [inhale, hold, exhale, pause] : hold ? [inhale, hold, exhale] : [inhale, exhale];
  return numbers.map((each) => String(Math.round(each * 100) / 100)).join("-");
}

/** The breath that taps at the start of each inhale and exhale show, in order: the median of each, to a tenth. */
export function measureTaps(times) {
  const lengths = times.slice(1).map((time, index) => (time - times[index]) / 1000);
  const [inhales, exhales] = [0, 1].map((start) => lengths.filter((_, index) => index % 2 === start));
  if (!inhales.length || !exhales.length) return null;
  return { inhale: median(inhales), hold: 0, exhale: median(exhales), pause: 0 };
}

function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const found = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return Math.round(found * 10) / 10;
}
