import { THROTTLE_BACKOFF } from '../../lib/polling-workflow.ts';
import { TYPICAL_SECONDS } from '../../lib/task-walk.ts';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { Headline } from '../benchmark.ts';
import {
  BURST_TASKS,
  BURST_WITHIN_SECONDS,
  DURATION_MEDIAN_SECONDS,
  DURATION_P99_SECONDS,
  PEAK_FACTOR,
  PEAK_TASKS_PER_SECOND,
  PLANNED_SHARE,
  TASKS_A_DAY,
} from './assumptions.ts';
import { LARGE_REGION, OTHER_REGION, type Quotas } from './quotas.ts';
import type { Run, ScaleResults } from './results.ts';

const QUOTAS: Record<Run['region'], Quotas> = { large: LARGE_REGION, other: OTHER_REGION };
/** Documents and manifest. */
const PUTS_PER_TASK = 2;

/** How many tasks a second each quota lets through in the long run, given what a task uses. */
export function tasksPerSecond({ perTask }: Run['simulation'], quotas: Quotas): Map<string, number> {
  return new Map([
    ['StartExecution', quotas.startExecution.perSecond],
    ['state transitions', quotas.stateTransition.perSecond / perTask.stateTransitions],
    ['Lambda concurrency', quotas.lambdaConcurrency / perTask.lambdaSeconds],
    ['index partition', quotas.dynamodbPartitionWritesPerSecond / perTask.partitionWrites],
    ['table', quotas.dynamodbWritesPerSecond / perTask.tableWrites],
    ['PutEvents', quotas.putEventsPerSecond],
    ['S3 prefix', quotas.s3PutsPerSecond / PUTS_PER_TASK],
  ]);
}

/** Whichever lets the fewest through. */
export function binding(simulation: Run['simulation'], quotas: Quotas): readonly [string, number] {
  const [first, ...others] = tasksPerSecond(simulation, quotas);
  if (first === undefined) throw new RangeError('no quotas');
  return others.reduce((least, quota) => (quota[1] < least[1] ? quota : least), first);
}

const whole = (value: number) => value.toFixed(0);
const seconds = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} s`;
const cents = (usd: number) => `$${(1000 * usd).toFixed(2)}`;

function holdHeads({ alone, defaultHoldSeconds }: ScaleResults): string[] {
  return alone.map(
    ({ holdSeconds }) => `${holdSeconds} s${holdSeconds === defaultHoldSeconds ? ' (default)' : ''}`,
  );
}

/** Tasks a second by quota and hold, the smallest of each column in bold. */
export function bindingTable(results: ScaleResults, region: Run['region']): string {
  const quotas = QUOTAS[region];
  const columns = results.alone.map(({ simulation }) => tasksPerSecond(simulation, quotas));
  const names = [...(columns[0]?.keys() ?? [])];
  return markdownTable(
    ['`holdSeconds`', ...holdHeads(results)],
    names.map((name) => [
      name,
      ...columns.map((column) => {
        const value = column.get(name) ?? 0;
        return value === Math.min(...column.values()) ? `**${whole(value)}**` : whole(value);
      }),
    ]),
  );
}

function taskTable(results: ScaleResults): string {
  const row = (name: string, cell: (simulation: Run['simulation']) => string) => [
    name,
    ...results.alone.map(({ simulation }) => cell(simulation)),
  ];
  return markdownTable(
    ['`holdSeconds`', ...holdHeads(results)],
    [
      row('Lambda seconds', ({ perTask }) => perTask.lambdaSeconds.toFixed(1)),
      row('state transitions', ({ perTask }) => perTask.stateTransitions.toFixed(1)),
      row('polls', ({ perTask }) => perTask.polls.toFixed(1)),
      row('writes to the index partition', ({ perTask }) => perTask.partitionWrites.toFixed(1)),
      row('on AWS, 1,000 tasks', ({ perTask }) => cents(perTask.usd)),
      row('delay, mean', ({ meanDelay }) => seconds(meanDelay)),
      row('delay, 99th percentile', ({ p99Delay }) => seconds(p99Delay)),
    ],
  );
}

function hourTable(results: ScaleResults): string {
  const row = (name: string, cell: (run: Run) => string) => [name, ...results.busiestHour.map(cell)];
  return markdownTable(
    ['`holdSeconds`', ...holdHeads(results)],
    [
      row('invocations at once, at most', ({ simulation }) => whole(simulation.peakConcurrency)),
      row('throttled', ({ simulation }) => whole(simulation.throttledInvocations)),
      row('delay, mean', ({ simulation }) => seconds(simulation.meanDelay)),
      row('delay, 99th percentile', ({ simulation }) => seconds(simulation.p99Delay)),
      row('a day on AWS', ({ simulation }) => `$${whole(TASKS_A_DAY * simulation.perTask.usd)}`),
    ],
  );
}

function burstTable(runs: readonly Run[], head: string, label: (run: Run) => string): string {
  return markdownTable(
    [
      head,
      'at once',
      'delay, mean',
      '99th percentile',
      '99 % ended after',
      'throttled, a task',
      'lost',
      'index over quota',
      '1,000 tasks',
    ],
    runs.map((run) => {
      const { simulation } = run;
      return [
        label(run),
        whole(simulation.peakConcurrency),
        seconds(simulation.meanDelay),
        seconds(simulation.p99Delay),
        seconds(simulation.untilNearlyAll),
        (simulation.throttledInvocations / simulation.tasks).toFixed(1),
        whole(simulation.lost),
        `${simulation.secondsOverPartitionQuota} s`,
        cents(simulation.perTask.usd),
      ];
    }),
  );
}

/** The longest of the simulated holds that a rate of tasks leaves room for. */
function fittingHold({ alone }: ScaleResults, rate: number, concurrency: number): Run | undefined {
  return alone.findLast(
    ({ simulation }) => rate * simulation.perTask.lambdaSeconds <= PLANNED_SHARE * concurrency,
  );
}

function ruleTable(results: ScaleResults): string {
  const concurrencies = [100, 500, 1000, 3000];
  return markdownTable(
    ['tasks a second at the peak', ...concurrencies.map((concurrency) => `of ${concurrency}`)],
    [5, 10, 20, 50, 100, 200, 300].map((rate) => [
      String(rate),
      ...concurrencies.map((concurrency) => {
        const run = fittingHold(results, rate, concurrency);
        return run === undefined ? 'none' : `${run.holdSeconds} s`;
      }),
    ]),
  );
}

function bindingSentence(results: ScaleResults, region: Run['region']): string {
  const standard = results.alone.find(({ holdSeconds }) => holdSeconds === results.defaultHoldSeconds);
  if (standard === undefined) return '';
  const quotas = QUOTAS[region];
  const [name, rate] = binding(standard.simulation, quotas);
  const others = [...tasksPerSecond(standard.simulation, quotas)].filter(([other]) => other !== name);
  const [next, nextRate] = others.reduce((least, quota) => (quota[1] < least[1] ? quota : least));
  return `${name}, at ${whole(rate)} tasks a second (were it raised: ${next}, at ${whole(nextRate)})`;
}

export function scaleHeadlines(results: ScaleResults): Headline[] {
  const standard = results.alone.find(({ holdSeconds }) => holdSeconds === results.defaultHoldSeconds);
  if (standard === undefined) return [];
  const [name, rate] = binding(standard.simulation, LARGE_REGION);
  return [
    {
      measured: `tasks a second within AWS's default quotas, us-east-1, simulated; ${name} binds`,
      result: whole(rate),
      goal: `${whole(PEAK_TASKS_PER_SECOND)}: a million a day`,
    },
  ];
}

/** docs/scale.md. */
export function scalePage(results: ScaleResults): string {
  const { preset, defaultHoldSeconds } = results;
  const held = (run: Run) => `${run.holdSeconds} s`;
  const { startExecution, stateTransition } = LARGE_REGION;
  const paced = (BURST_TASKS - startExecution.bucket) / startExecution.perSecond;
  return `# Scale

Written by \`npm run bench -- scale\`: a discrete-event simulation, and arithmetic on what it counts. **Nothing here was measured on AWS.** It polls by the real policy function
(\`${preset}\`, with the \`holdSeconds\` of each table) and retries as the state machine does; AWS, Aspose and the tasks are assumptions, [named below](#what-is-assumed).

In short, with the default quotas:

- A million tasks a day come to ${whole(PEAK_TASKS_PER_SECOND)} a second in the busiest hour, which is well within them.
- In a large region (us-east-1, us-west-2, eu-west-1), what binds first is ${bindingSentence(results, 'large')}; elsewhere ${bindingSentence(results, 'other')}.
- A burst of ${BURST_TASKS / 1000},000 is paced by StartExecution: it takes ${whole(paced)} s to start them all. Callers have to repeat throttled calls, as AWS's SDKs do for a
  while; for larger bursts, put a queue before them.
- **Under load, shorten the hold** (\`holdSeconds\`), rather than let Lambda throttle: each throttled attempt is charged as a state transition, and waits up to a minute.

## What a task uses

${taskTable(results)}
Delay is from Aspose's completion of a task to its event.

## What each quota lets through

Tasks a second, sustained, by quota; the smallest in bold binds first. In a large region:

${bindingTable(results, 'large')}
Elsewhere:

${bindingTable(results, 'other')}
The index partition is a limit of our own making: all tasks that are being collected share one partition of the index for listing, as its key is their status, and DynamoDB writes 1,000
units a second to a partition. It cannot be raised on request. Over it DynamoDB throttles writes of the table, too: SDK and state machine repeat them for a minute or two, after which a task
ends as Failed, InternalError. Every poll counts there, since the index lists how many there were.

## A million tasks a day

The busiest hour, ${PEAK_FACTOR} times the mean: ${whole(PEAK_TASKS_PER_SECOND)} tasks a second, with 1,000 invocations at once.

${hourTable(results)}
## A burst of ${BURST_TASKS / 1000},000

Within ${BURST_WITHIN_SECONDS} s, in a large region, with all of the default account's 1,000 invocations. "Lost" are tasks that ended as Failed; "index over quota" counts the seconds in which the index partition
would have been written to more often than DynamoDB grants, which the simulation lets pass.

${burstTable(results.burst, '`holdSeconds`', held)}
With some of them reserved (\`reservedConcurrency\`):

${burstTable(results.reserved, 'reserved, `holdSeconds`', (run) => `${run.reservedConcurrency}, ${held(run)}`)}
In another region:

${burstTable(results.elsewhere, '`holdSeconds`', held)}
With an Aspose that answers 429, without Retry-After, beyond so many polls a second (\`holdSeconds\` ${defaultHoldSeconds}):

${burstTable(results.vendor, 'polls a second', (run) => String(run.vendorPollsPerSecond))}
The burst was started through StartExecution, by callers that repeat what is throttled. The other doors are narrower, and not simulated:

- \`OCR Task Submitted\` events: where StartExecution throttles, \`start-task\` tries three times within a second or two, and Lambda has it try twice more, after one minute and two. Then the event
  lies in the queue of refused submissions, with its reason, and starts nothing until someone sends it again. About half of this burst would end there. Publish such a burst over six minutes or more.
- \`POST /tasks\`: 50 requests a second, unless \`api.throttling\` says otherwise.

## What to set

By Little's law, invocations at once = tasks a second x Lambda seconds of a task. So:

1. Take the tasks a second of your busiest minutes, and the concurrency that the function may have (1,000 in an account without other functions, until AWS raises it).
2. Find the hold in the table, which plans for ${PLANNED_SHARE * 100} % of the concurrency: \`polling: { "holdSeconds": ... }\` for the stack, or in the \`polling\` of each task of a burst.
3. Set \`reservedConcurrency\`, if other functions share the account, to rate x Lambda seconds / ${PLANNED_SHARE}. Lambda leaves at least 100 of the account's unreserved. It is a bound as well as a promise: too small a number makes tasks dear and late, as above. To
   protect Aspose from a burst, start executions more slowly instead.

The longest of the holds above that fits, by concurrency:

${ruleTable(results)}
Where it says none, even tasks that are never held are too many: raise the concurrency, or start them more slowly.

## What is assumed

| | |
|---|---|
| tasks | log-normal durations, median ${DURATION_MEDIAN_SECONDS} s and 99th percentile ${DURATION_P99_SECONDS} s, from the start of the execution; submission times unknown to the courier; one document each |
| arrivals | in the busiest hour independent of each other (Poisson); in the burst evenly within ${BURST_WITHIN_SECONDS} s, and repeated until StartExecution takes them, first come, first served |
| times | a poll ${TYPICAL_SECONDS.pollSeconds} s, an invocation ${TYPICAL_SECONDS.invocationSeconds} s beside its polls, cold or not, storing ${TYPICAL_SECONDS.storeSeconds} s; everything else takes none |
| StartExecution | ${startExecution.bucket} at once and ${startExecution.perSecond} a second; elsewhere ${OTHER_REGION.startExecution.bucket} and ${OTHER_REGION.startExecution.perSecond} |
| state transitions | ${stateTransition.bucket} at once and ${stateTransition.perSecond} a second; elsewhere ${OTHER_REGION.stateTransition.bucket} and ${OTHER_REGION.stateTransition.perSecond}; beyond them states wait. Retries count. AWS's guide gave 1,500 and 500 a second in 2021; new accounts have less, until AWS raises it by itself |
| Lambda | ${LARGE_REGION.lambdaConcurrency} invocations at once, no other function in the account; ${LARGE_REGION.lambdaScaling.bucket} new environments at once and ${LARGE_REGION.lambdaScaling.perSecond} a second; new accounts may have as few as 10 at once |
| throttled invocations | repeated at random times within ${THROTTLE_BACKOFF.intervalSeconds} s, then twice as many each time, at most ${THROTTLE_BACKOFF.maxDelaySeconds} s; ${THROTTLE_BACKOFF.maxAttempts} times, about ${(THROTTLE_BACKOFF.maxAttempts * THROTTLE_BACKOFF.maxDelaySeconds) / 2 / 3600} hours |
| DynamoDB | a new table and a new index: ${LARGE_REGION.dynamodbWritesPerSecond} writes a second, ${LARGE_REGION.dynamodbPartitionWritesPerSecond} to a partition; burst capacity and splitting for heat not counted, as keys that begin with the time defeat the latter. Counted, not kept |
| EventBridge, S3 | PutEvents ${LARGE_REGION.putEventsPerSecond} a second (${OTHER_REGION.putEventsPerSecond} elsewhere, in small regions 400); ${LARGE_REGION.s3PutsPerSecond} PUT a second under \`results/<operation>/\`. Counted, not kept |
| Aspose | takes any number of polls, but in the last table; its real limits are not published |
`;
}
