import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import timers from 'node:timers/promises';
import type { FetchResultOutput } from '../../functions/contracts/fetch-result.ts';
import { MAX_POLLS } from '../../functions/contracts/task-input.ts';
import { taskIdOf } from '../prepared-responses.ts';
import type { Round, Workload } from './throughput.ts';

/** Runs in the measured process. Invokes the production bundle without sleep between polls. */

const [functionFile = '', workload = ''] = process.argv.slice(2);
const { rounds, tasks, polls }: Workload = JSON.parse(workload);
Object.assign(timers, { setTimeout: async () => {} });
type Handler = (event: object, context: object) => Promise<FetchResultOutput>;
const { handler }: { readonly handler: Handler } = createRequire(import.meta.url)(functionFile);

const OPERATION = 'RecognizeImage';
const BODY_BYTES = 2000;
const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 600_000 };

/** Collects a task in one invocation whose first `pendingPolls` polls receive Pending. */
async function collect(pendingPolls: number): Promise<void> {
  const output = await handler(
    {
      task: {
        taskId: taskIdOf('plain', BODY_BYTES, pendingPolls, randomUUID()),
        operation: OPERATION,
        polling: { maxPolls: MAX_POLLS },
      },
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:Workflow:benchmark',
      startedAt: new Date().toISOString(),
    },
    context,
  );
  if (!('outcome' in output) || output.detail.attempts !== pendingPolls + 1) {
    throw new Error(`not collected in one invocation: ${JSON.stringify(output)}`);
  }
}

const alwaysPending = taskIdOf('plain', BODY_BYTES, Number.MAX_SAFE_INTEGER);
const pollUrl = `${process.env['ASPOSE_BASE_URL']}/v5.0/ocr/${OPERATION}?id=${alwaysPending}`;

async function fetchPending(): Promise<void> {
  const response = await fetch(pollUrl);
  await response.text();
}

/** Measures the CPU time of this process per repetition. */
async function cpuMilliseconds(repetitions: number, act: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let repetition = 0; repetition < repetitions; repetition += 1) await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / repetitions;
}

async function measureRound(): Promise<Round> {
  const task = await cpuMilliseconds(tasks, () => collect(0));
  const longInvocation = await cpuMilliseconds(1, () => collect(polls));
  return { task, poll: (longInvocation - task) / polls, fetch: await cpuMilliseconds(polls, fetchPending) };
}

const measured: Round[] = [];
for (let round = 0; round <= rounds; round += 1) measured.push(await measureRound());
// The first round only warms up.
process.stdout.write(`${JSON.stringify(measured.slice(1))}\n`);
