/** Numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How far the 99th percentile of a standard normal distribution lies from its middle. */
const NORMAL_99TH = 2.3263;

/** Draws from a log-normal distribution with this median and 99th percentile. */
export function logNormal(median: number, p99: number, random: () => number): () => number {
  const sigma = Math.log(p99 / median) / NORMAL_99TH;
  return () => median * Math.exp(sigma * standardNormal(random));
}

/** Box and Muller's. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Times of so many arrivals that know nothing of each other. */
export function poissonArrivals(count: number, perSecond: number, random: () => number): number[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    at -= Math.log(1 - random()) / perSecond;
    return at;
  });
}
