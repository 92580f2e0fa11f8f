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
