import * as z from 'zod';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { defineBenchmark } from '../benchmark.ts';
import { median } from '../median.ts';
import { measure } from './measure.ts';
import type { Round, Workload } from './workload.ts';

const WORKLOAD: Workload = { rounds: 7, tasks: 200, tasksAtOnce: 8, polls: 500 };
/** What a poll may cost beyond its fetch, in milliseconds of processor time. */
const POLL_GOAL_MILLISECONDS = 2;

export const throughput = defineBenchmark({
  name: 'throughput',
  results: z.strictObject({
    /** Invocations in a second of the function's processor time, one after the other. */
    tasksPerSecondPerCore: z.number(),
    /** The same, eight at once. */
    tasksPerSecondPerCoreAtOnce: z.number(),
    /** Of a poll in the hold: what it costs above a bare fetch of the same answer. */
    cpuMillisecondsPerPollOverFetch: z.number(),
    cpuMillisecondsPerPoll: z.number(),
    cpuMillisecondsPerFetch: z.number(),
    /** What the difference is made of, each measured alone. */
    cpuMillisecondsPerPollOf: z.strictObject({
      /** The vendor's adapter, above the bare fetch. */
      readingTheAnswer: z.number(),
      recordWrite: z.number(),
      log: z.number(),
    }),
    /** The vendor's adapter above a bare fetch, for an answer with a document of 2 kB. */
    cpuMillisecondsPerDocumentOverFetch: z.number(),
  }),

  async run(progress) {
    const { rounds, tasks, polls } = WORKLOAD;
    progress(`throughput: ${rounds} rounds of ${tasks} tasks and ${polls} polls, after one to warm up`);
    return throughputOf(await measure(WORKLOAD));
  },

  report: (results) => {
    const { readingTheAnswer, recordWrite, log } = results.cpuMillisecondsPerPollOf;
    const ours = results.cpuMillisecondsPerPollOverFetch;
    return `## Throughput (\`throughput\`)

The deployed bundle of \`fetch-result\` in a fresh process, with a vendor that answers at once, and DynamoDB, S3 and Secrets Manager that do next to nothing,
in processes of their own on loopback. What counts is the processor time of the function's process alone (\`process.cpuUsage()\`, garbage collection and
compilation with it), over plain HTTP: TLS is not in it. The median of ${WORKLOAD.rounds} rounds, after one to warm up.

A task here is one invocation: token cached, record read and claimed, one poll answered with Completed and a document of 2 kB, document, manifest and
record written. Tasks per second per core are tasks by second of processor time.

${markdownTable(
  ['', 'measured'],
  [
    ['tasks per second per core, one after the other', results.tasksPerSecondPerCore.toFixed(0)],
    [
      `tasks per second per core, ${WORKLOAD.tasksAtOnce} at once in the process (Lambda itself gives an environment one at a time)`,
      results.tasksPerSecondPerCoreAtOnce.toFixed(0),
    ],
  ],
)}
Our own work of a poll is all that one more poll costs while the first invocation holds, less a bare \`fetch\` and \`text()\` of the same answer from the
same vendor: an invocation of ${WORKLOAD.polls} polls answered with Pending, without the waits between them, compared with one of none.

${markdownTable(
  ['milliseconds of processor time', 'measured', 'goal'],
  [
    ['a poll', results.cpuMillisecondsPerPoll.toFixed(2), ''],
    ['a bare fetch of its answer', results.cpuMillisecondsPerFetch.toFixed(2), ''],
    ['**our own work of a poll**', `**${ours.toFixed(2)}**`, `at most ${POLL_GOAL_MILLISECONDS}`],
    ['of it, alone: reading the answer (time limits, scanner, schema)', readingTheAnswer.toFixed(2), ''],
    ['of it, alone: the record, a PutItem through the AWS SDK', recordWrite.toFixed(2), ''],
    ['of it, alone: the line in the log', log.toFixed(3), ''],
    [
      'reading an answer with a document of 2 kB (and base64, SHA-256, UTF-8)',
      results.cpuMillisecondsPerDocumentOverFetch.toFixed(2),
      '',
    ],
  ],
)}
The goal is ${ours <= POLL_GOAL_MILLISECONDS ? 'met' : 'missed'}; most of our own work is the AWS SDK's, for the record that is written with each poll ([why](decisions.md)).`;
  },

  headlines: ({ tasksPerSecondPerCore, cpuMillisecondsPerPollOverFetch }) => [
    {
      measured: 'throughput: tasks per second of processor time; what a poll costs beyond a bare fetch',
      result: `${tasksPerSecondPerCore.toFixed(0)}; ${cpuMillisecondsPerPollOverFetch.toFixed(1)} ms`,
      goal: `${POLL_GOAL_MILLISECONDS} ms a poll`,
    },
  ],
});

/** Differences are taken within a round, and then their median. */
export function throughputOf(rounds: readonly Round[]) {
  const of = (cost: (round: Round) => number) => median(rounds.map(cost));
  return {
    tasksPerSecondPerCore: 1000 / of(({ task }) => task),
    tasksPerSecondPerCoreAtOnce: 1000 / of(({ taskOfMany }) => taskOfMany),
    cpuMillisecondsPerPollOverFetch: of(({ poll, fetch }) => poll - fetch),
    cpuMillisecondsPerPoll: of(({ poll }) => poll),
    cpuMillisecondsPerFetch: of(({ fetch }) => fetch),
    cpuMillisecondsPerPollOf: {
      readingTheAnswer: of(({ vendorPoll, fetch }) => vendorPoll - fetch),
      recordWrite: of(({ recordWrite }) => recordWrite),
      log: of(({ log }) => log),
    },
    cpuMillisecondsPerDocumentOverFetch: of(
      ({ vendorPollCompleted, fetchCompleted }) => vendorPollCompleted - fetchCompleted,
    ),
  };
}
