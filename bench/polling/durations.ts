/** Distribution of the time from a task's submission to its end, in seconds. */
export interface Durations {
  /** Draws the duration of one task. */
  draw(random: () => number): number;
  /** Share of the tasks that have ended by this time. */
  ended(seconds: number): number;
  /** `1 - ended`, exact even where it is close to 0. */
  alive(seconds: number): number;
  /** Contribution to the mean duration of the tasks that have ended by this time. */
  endedMean(seconds: number): number;
}

/** 99th percentile of the standard normal distribution. */
const Z99 = 2.326_347_874;

/** Log-normal distribution by its median and the ratio of its 99th percentile to the median. */
export function logNormal(medianSeconds: number, p99ByMedian: number): Durations {
  const mu = Math.log(medianSeconds);
  const sigma = Math.log(p99ByMedian) / Z99;
  const z = (seconds: number) => (Math.log(seconds) - mu) / sigma;
  return {
    // Box-Muller transform.
    draw: (random) =>
      Math.exp(mu + sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
    ended: (seconds) => normalBelow(z(seconds)),
    alive: (seconds) => normalBelow(-z(seconds)),
    endedMean: (seconds) => Math.exp(mu + sigma ** 2 / 2) * normalBelow(z(seconds) - sigma),
  };
}

/** Takes `share` of the tasks from `some` and the rest from `others`. */
function mixture(share: number, some: Durations, others: Durations): Durations {
  const mixed = (of: (durations: Durations) => number) => share * of(some) + (1 - share) * of(others);
  return {
    draw: (random) => (random() < share ? some : others).draw(random),
    ended: (seconds) => mixed(({ ended }) => ended(seconds)),
    alive: (seconds) => mixed(({ alive }) => alive(seconds)),
    endedMean: (seconds) => mixed(({ endedMean }) => endedMean(seconds)),
  };
}

/** The cases of the benchmark. */
export const CASES = {
  median1: logNormal(1, 20),
  median3: logNormal(3, 20),
  median30: logNormal(30, 20),
  /** Images and long documents mixed. */
  bimodal: mixture(0.7, logNormal(2, 4), logNormal(40, 5)),
} as const satisfies Record<string, Durations>;

export type CaseName = keyof typeof CASES;

/** Standard normal distribution function, with a relative error of at most 1e-7 in both tails. */
function normalBelow(z: number): number {
  return z < 0 ? normalTail(-z) : 1 - normalTail(z);
}

function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 3) {
    // Laplace's continued fraction of the Mills ratio.
    let ratio = z;
    for (let n = 60; n >= 1; n -= 1) ratio = z + n / ratio;
    return density / ratio;
  }
  // Series of the integral from 0 to z.
  let term = z;
  let sum = z;
  for (let n = 1; Math.abs(term) > 1e-17; n += 1) {
    term *= (z * z) / (2 * n + 1);
    sum += term;
  }
  return 0.5 - density * sum;
}
