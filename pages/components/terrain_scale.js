// The scale of losses that colours, heights and lines of equal value share, linear or in powers of ten.

import { plotTicks } from "./axes.js";
import { minus } from "./unit_maths.js";

const DECADES = 12; // of the losses below the highest one; what is lower counts as that
const LINES = 11; // lines of equal value, about

/**
 * A scale for losses: { log, known, low, high, share, levels } with `share` from a loss to 0 to 1, nan where it is no
 * number; `known` is false where there are no losses yet.
 */
export function lossScale(losses, log, limits) {
  const [low, high] = limits ?? ends(losses, log), known = losses.length > 0, write = log ? Math.log10 : Number, [from, to] = [write(low), write(high)];
  const share = (loss) => (Number.isFinite(loss) ? Math.min(1, Math.max(0, (write(Math.max(loss, log ? low : loss)) - from) / (to - from || 1))) : NaN);
  return { log, known, low, high, share, levels: levelsBetween(low, high, log) };
}

function ends(losses, log) {
  let low = Infinity, high = -Infinity;
  for (const loss of losses) {
    if (!Number.isFinite(loss) || (log && loss <= 0)) continue;
    if (loss < low) low = loss;
    if (loss > high) high = loss;
  }
  if (low > high) return [0.1, 1];
  return [log ? Math.max(low, high / 10 ** DECADES) : low, high > low ? high : low + 1];
}

/** Round losses for lines of equal value; on a scale of powers of ten 1, 2 and 5 times each, or 1 and 3 times. */
function levelsBetween(low, high, log) {
  const decades = Math.log10(high / low);
  if (!log || decades < 0.9) return plotTicks(low, high, LINES).filter((level) => level > low && level < high);
  const factors = decades < 3.2 ? [1, 2, 5] : decades < 5 ? [1, 3] : [1], found = [];
  const every = Math.ceil(decades / LINES);
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += every) found.push(...factors.map((factor) => Number(`${factor}e${power}`)));
  return found.filter((level) => level > low && level < high);
}

/** Some of the levels, with room between their numbers: [[share, text]]. */
export function spacedTicks({ levels, share }, least) {
  const found = [];
  for (const level of levels) {
    const at = share(level);
    if (at > 0.03 && (!found.length || at - found.at(-1)[0] >= least)) found.push([at, levelText(level)]);
  }
  return found;
}

/** A round number at a line or an axis. */
export function levelText(level) {
  const size = Math.abs(level), text = String(Number(level.toPrecision(3)));
  return minus(size >= 1e5 ? Number(text).toExponential().replace("e+", "e") : text);
}
