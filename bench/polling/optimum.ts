import { RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import type { Durations } from './durations.ts';

/**
 * Finds the schedule with the minimum of mean delay + price × mean polls for a known distribution.
 *
 * Uses dynamic programming, backwards: after a poll at `grid[from]` found the task unfinished, the
 * best next poll does not depend on earlier ones. The last poll is the last point of the grid.
 *
 * @param grid allowed poll times, ascending, starting with a 0 at which there is no poll
 */
export function bestInspection(durations: Durations, grid: Float64Array, secondsPerPoll: number) {
  return inspect(tabulate(durations, grid), secondsPerPoll);
}

/** Minimum mean delay of any schedule, or mixture of schedules, with this mean number of polls. */
export type OptimalDelay = (pollsPerTask: number) => number;

/**
 * Computes the lower hull of all schedules. By duality, its value at `n` polls is the maximum over
 * all prices of (minimum cost − price × n).
 *
 * @param gridRatio ratio of two neighboring points of the grid
 */
export function optimalDelay(durations: Durations, gridRatio = 1.002): OptimalDelay {
  const table = tabulate(durations, logarithmicGrid(gridRatio));
  const costs: { readonly price: number; readonly cost: number }[] = [];
  for (let price = 1e-3; price < 1e3; price *= 1.1) {
    const { meanDelaySeconds, pollsPerTask } = inspect(table, price);
    costs.push({ price, cost: meanDelaySeconds + price * pollsPerTask });
  }
  return (pollsPerTask) => Math.max(...costs.map(({ price, cost }) => cost - price * pollsPerTask));
}

/** Makes a grid of 0 and a geometric series, from 1 ms to the lifetime of a result. */
export function logarithmicGrid(ratio: number): Float64Array {
  const steps = Math.ceil(Math.log(RESULT_LIFETIME_SECONDS / 1e-3) / Math.log(ratio));
  return Float64Array.from({ length: steps + 2 }, (_, step) => (step === 0 ? 0 : 1e-3 * ratio ** (step - 1)));
}

function tabulate({ ended, alive, endedMean }: Durations, grid: Float64Array) {
  return { grid, ended: grid.map(ended), alive: grid.map(alive), endedMean: grid.map(endedMean) };
}

function inspect(table: ReturnType<typeof tabulate>, secondsPerPoll: number) {
  const { grid, ended, alive, endedMean } = table;
  const last = grid.length - 1;
  const at = (values: Float64Array, index: number) => values[index] ?? Number.NaN;
  const cost = new Float64Array(grid.length);
  const next = new Int32Array(grid.length);
  let latest = last;
  for (let from = last - 1; from >= 0; from -= 1) {
    let minimum = Number.POSITIVE_INFINITY;
    // The cost of a gap has the Monge property, so the best next poll is not later than `latest`.
    let best = latest;
    const endedBefore = at(ended, from);
    const endedMeanBefore = at(endedMean, from);
    for (let to = from + 1; to <= latest; to += 1) {
      const delay = at(grid, to) * (at(ended, to) - endedBefore) - (at(endedMean, to) - endedMeanBefore);
      const total = delay + at(cost, to);
      if (total < minimum) {
        minimum = total;
        best = to;
      }
    }
    cost[from] = minimum + secondsPerPoll * at(alive, from);
    next[from] = best;
    latest = best;
  }

  /** Poll times of a task that never ends, in seconds. */
  const polls: number[] = [];
  let pollsPerTask = 0;
  for (let from = 0; from < last; from = next[from] ?? last) {
    pollsPerTask += at(alive, from);
    polls.push(at(grid, next[from] ?? last));
  }
  return { meanDelaySeconds: at(cost, 0) - secondsPerPoll * pollsPerTask, pollsPerTask, polls };
}
