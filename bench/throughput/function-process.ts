import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import timers from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { MAX_POLLS } from '../../functions/contracts/task-input.ts';
import { openRecord } from '../../functions/core/task-record.ts';
import { pendingAnswersOf, taskIdOf } from './answers.ts';
import type { FunctionBundle, PartsBundle, Round, Workload } from './workload.ts';

/**
 * The process whose processor time is measured: the deployed bundle, invoked again and again, with vendor and AWS
 * elsewhere. Between polls it does not sleep. Its parent gets the rounds.
 */

const [functionFile = '', partsFile = '', workload = ''] = process.argv.slice(2);
const { rounds, tasks, polls, tasksAtOnce }: Workload = JSON.parse(workload);
const require = createRequire(import.meta.url);
Object.assign(timers, { setTimeout: async () => {} });
const { handler }: FunctionBundle = require(functionFile);
const { vendor, records, logger, spools }: PartsBundle = require(partsFile);

const OPERATION = 'RecognizeImage';
const EXECUTION = 'arn:aws:states:us-east-1:000000000000:execution:Workflow:benchmark';
const context: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'fetch-result',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:fetch-result',
  memoryLimitInMB: '256',
  awsRequestId: randomUUID(),
  logGroupName: 'fetch-result',
  logStreamName: 'benchmark',
  getRemainingTimeInMillis: () => 600_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
};

/** One invocation, which collects a task that is Pending so many times. */
async function collect(pendingAnswers: number): Promise<void> {
  const taskId = taskIdOf(pendingAnswers, randomUUID());
  const input = { taskId, operation: OPERATION, polling: { maxPolls: MAX_POLLS } };
  const executionStartedAt = new Date().toISOString();
  const output = await handler({ input, executionArn: EXECUTION, executionStartedAt }, context);
  if (!('outcome' in output) || output.detail.attempts !== pendingAnswers + 1)
    throw new Error(`the task was not collected in one invocation: ${JSON.stringify(output)}`);
}

async function fetchAlone(taskId: string): Promise<void> {
  const response = await fetch(`${process.env['ASPOSE_BASE_URL']}/v5.0/ocr/${OPERATION}?id=${taskId}`);
  await response.text();
}

async function pollAlone(taskId: string): Promise<void> {
  const poll = await vendor.poll(OPERATION, taskId, 60);
  spools.close();
  const expected = pendingAnswersOf(taskId) === 0 ? 'Completed' : 'Pending';
  if (poll.kind !== 'Responded' || poll.response.taskStatus !== expected)
    throw new Error(`the vendor's answer was not ${expected}: ${JSON.stringify(poll)}`);
}

/** Milliseconds of processor time that one repetition costs this process, with the threads of its runtime. */
async function cpuMilliseconds(repetitions: number, act: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  for (let repetition = 0; repetition < repetitions; repetition += 1) await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / repetitions;
}

const PENDING = taskIdOf(Number.MAX_SAFE_INTEGER, 'benchmark');
const COMPLETED = taskIdOf(0, 'benchmark');
const input = { taskId: PENDING, operation: OPERATION, generation: 1 } as const;
const claimed = openRecord(input, { executionArn: EXECUTION, startedAt: Date.now() }, Date.now());

async function round(): Promise<Round> {
  const task = await cpuMilliseconds(tasks, () => collect(0));
  const together = () => Promise.all(Array.from({ length: tasksAtOnce }, () => collect(0)));
  const batch = await cpuMilliseconds(Math.ceil(tasks / tasksAtOnce), async () => void (await together()));
  const held = await cpuMilliseconds(1, () => collect(polls));
  let version = 1;
  return {
    task,
    taskOfMany: batch / tasksAtOnce,
    poll: (held - task) / polls,
    fetch: await cpuMilliseconds(polls, () => fetchAlone(PENDING)),
    fetchCompleted: await cpuMilliseconds(polls, () => fetchAlone(COMPLETED)),
    vendorPoll: await cpuMilliseconds(polls, () => pollAlone(PENDING)),
    vendorPollCompleted: await cpuMilliseconds(polls, () => pollAlone(COMPLETED)),
    recordWrite: await cpuMilliseconds(polls, async () => {
      version += 1;
      await records.write({ ...claimed, version });
    }),
    log: await cpuMilliseconds(polls, () => {
      logger.info('Polled', { taskId: PENDING, operation: OPERATION, attempt: 1, observed: 'Pending' });
    }),
  };
}

// The first warms up: compiled code, connections, the token.
const measured: Round[] = [];
for (let n = 0; n <= rounds; n += 1) measured.push(await round());
process.send?.(measured.slice(1));
process.disconnect?.();
