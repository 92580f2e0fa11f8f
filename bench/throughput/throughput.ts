import * as z from 'zod';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { measureThroughput, type Round, type Workload } from './measure.ts';

const WORKLOAD: Workload = { rounds: 7, tasks: 200, polls: 500 };

export const throughput = defineBenchmark({
  name: 'throughput',
  layout: z.strictObject({
    /** Invocations per second of CPU time, one after the other. */
    tasksPerSecondPerCore: z.number(),
    /** CPU time of a poll above that of a bare fetch of the same response. */
    cpuMillisecondsPerPollOverFetch: z.number(),
    cpuMillisecondsPerPoll: z.number(),
    cpuMillisecondsPerFetch: z.number(),
  }),

  async run(progress) {
    const { rounds, tasks, polls } = WORKLOAD;
    progress(`throughput: ${rounds + 1} rounds of ${tasks} tasks and ${polls} polls`);
    return throughputOf(await measureThroughput(WORKLOAD));
  },

  tables: {
    'throughput-poll': (results) =>
      markdownTable(
        ['CPU time in ms', 'goal', 'measured'],
        [
          ['a poll', '', results.cpuMillisecondsPerPoll.toFixed(2)],
          ['a bare fetch', '', results.cpuMillisecondsPerFetch.toFixed(2)],
          ['the difference', '2.00', results.cpuMillisecondsPerPollOverFetch.toFixed(2)],
        ],
      ),
  },
  headlines: {
    'CPU time of a poll above a bare fetch': ({ cpuMillisecondsPerPollOverFetch }) =>
      `${cpuMillisecondsPerPollOverFetch.toFixed(1)} ms`,
  },
});

/** Computes medians over the rounds; a difference is taken within each round. */
export function throughputOf(rounds: readonly Round[]) {
  const medianOf = (cost: (round: Round) => number) => median(rounds.map(cost));
  return {
    tasksPerSecondPerCore: 1000 / medianOf(({ task }) => task),
    cpuMillisecondsPerPollOverFetch: medianOf(({ poll, fetch }) => poll - fetch),
    cpuMillisecondsPerPoll: medianOf(({ poll }) => poll),
    cpuMillisecondsPerFetch: medianOf(({ fetch }) => fetch),
  };
}
