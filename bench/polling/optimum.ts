import { RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import type { Durations } from './durations.ts';

/** What the best schedule of inspections comes to for one price of a poll, among all whose polls lie on a grid. */
export interface Inspection {
  readonly meanDelaySeconds: number;
  readonly pollsPerTask: number;
  /** The polls of a task that does not end, in seconds. */
  readonly polls: readonly number[];
}

/**
 * The schedule with the least mean delay + price x mean polls, for tasks whose durations are known in distribution.
 *
 * Dynamic programming, backwards: once a poll at `grid[from]` has found the task unfinished, the best next poll depends on
 * nothing before it. Costs are weighted with the share of tasks that come so far. The last poll is the grid's last.
 *
 * @param grid ascending, from 0: when a poll may be made; there is none at 0 itself
 */
export function bestInspection(durations: Durations, grid: Float64Array, secondsPerPoll: number): Inspection {
  return inspect(tabulate(durations, grid), secondsPerPoll);
}

/** The least mean delay that any schedule can have with so many polls a task, be it by alternating between two. */
export type OptimalDelay = (pollsPerTask: number) => number;

/**
 * By duality: the lower hull of all schedules at `n` polls is the maximum over all prices of (least cost - price x n).
 *
 * @param gridRatio between two moments of the grid
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

/** From a millisecond to the end of a result's life, each moment so many times the one before; and 0. */
export function logarithmicGrid(ratio: number): Float64Array {
  const steps = Math.ceil(Math.log(RESULT_LIFETIME_SECONDS / 1e-3) / Math.log(ratio));
  return Float64Array.from({ length: steps + 2 }, (_, step) => (step === 0 ? 0 : 1e-3 * ratio ** (step - 1)));
}

interface Table {
  readonly grid: Float64Array;
  readonly ended: Float64Array;
  readonly alive: Float64Array;
  readonly endedMean: Float64Array;
}

function tabulate({ ended, alive, endedMean }: Durations, grid: Float64Array): Table {
  return { grid, ended: grid.map(ended), alive: grid.map(alive), endedMean: grid.map(endedMean) };
}

function inspect({ grid, ended, alive, endedMean }: Table, secondsPerPoll: number): Inspection {
  const last = grid.length - 1;
  const at = (values: Float64Array, index: number) => values[index] ?? Number.NaN;
  const cost = new Float64Array(grid.length);
  const next = new Int32Array(grid.length);
  let latest = last;
  for (let from = last - 1; from >= 0; from -= 1) {
    let least = Number.POSITIVE_INFINITY;
    // The earlier a poll, the earlier the next one (the cost of a gap has the Monge property): nothing is beyond `latest`.
    let best = latest;
    const endedBefore = at(ended, from);
    const endedMeanBefore = at(endedMean, from);
    for (let to = from + 1; to <= latest; to += 1) {
      const delay = at(grid, to) * (at(ended, to) - endedBefore) - (at(endedMean, to) - endedMeanBefore);
      const total = delay + at(cost, to);
      if (total < least) {
        least = total;
        best = to;
      }
    }
    cost[from] = least + secondsPerPoll * at(alive, from);
    next[from] = best;
    latest = best;
  }

  const polls: number[] = [];
  let pollsPerTask = 0;
  for (let from = 0; from < last; from = next[from] ?? last) {
    pollsPerTask += at(alive, from);
    polls.push(at(grid, next[from] ?? last));
  }
  return { meanDelaySeconds: at(cost, 0) - secondsPerPoll * pollsPerTask, pollsPerTask, polls };
}
