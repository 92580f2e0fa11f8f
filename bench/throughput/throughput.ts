import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { FUNCTION_ENVIRONMENT } from '../function-environment.ts';
import { outputOf, startServices } from '../processes.ts';
import { bundleOf } from '../startup/bundles.ts';
import { median } from '../statistics.ts';

export interface Workload {
  readonly rounds: number;
  /** Sequential invocations per round. */
  readonly tasks: number;
  /** Polls per round, all in one invocation. */
  readonly polls: number;
}

const WORKLOAD: Workload = { rounds: 7, tasks: 200, polls: 500 };

/** Milliseconds of CPU time in the function's process. */
const roundSchema = z.strictObject({
  /** One invocation whose first poll receives Completed: claim, document, manifest and record. */
  task: z.number(),
  /** One further poll, which receives Pending while the invocation holds. */
  poll: z.number(),
  /** A bare `fetch` of the same response, and its text. */
  fetch: z.number(),
});
export type Round = z.output<typeof roundSchema>;

export const throughput = defineBenchmark({
  name: 'throughput',

  async run(progress) {
    progress(`throughput: ${WORKLOAD.rounds} rounds and one warm-up round`);
    return await measureThroughput(WORKLOAD);
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

/** Runs the production bundle in its own process. Figures are medians over the rounds. */
export async function measureThroughput(workload: Workload) {
  // Outside the project: a bundle must not find node_modules.
  await using directory = await mkdtempDisposable(join(tmpdir(), 'ocr-courier-bundles-'));
  await using services = await startServices();
  const { file } = await bundleOf('fetch-result', directory.path);
  const script = join(import.meta.dirname, 'function-process.ts');
  const command = [process.execPath, script, file, JSON.stringify(workload)] as const;
  const env = { ...FUNCTION_ENVIRONMENT, ASPOSE_BASE_URL: services.url, AWS_ENDPOINT_URL: services.url };
  const rounds = z.array(roundSchema).parse(await outputOf(command, env));
  const medianOf = (cost: (round: Round) => number) => median(rounds.map(cost));
  return {
    /** Tasks collected per second of CPU time, one poll each, sequentially. */
    tasksPerSecondPerCore: 1000 / medianOf(({ task }) => task),
    /** Median over the rounds of a poll's CPU time minus the CPU time of a bare fetch. */
    cpuMillisecondsPerPollOverFetch: medianOf(({ poll, fetch }) => poll - fetch),
    cpuMillisecondsPerPoll: medianOf(({ poll }) => poll),
    cpuMillisecondsPerFetch: medianOf(({ fetch }) => fetch),
  };
}
