import { POLLING_PRESETS } from '../functions/contracts/polling-presets.ts';
import { PRESETS } from '../functions/core/polling-policy.ts';
import { PRICES_AS_OF, USD_PER } from '../lib/aws-prices.ts';
import { roundedUsd } from '../lib/estimate-outputs.ts';
import {
  EVENTS_BESIDE_WAITS,
  EVENTS_FOR_RETRIES,
  EVENTS_PER_WAIT,
  HISTORY_LIMIT,
  usdPer1000Completed,
  walkCompleted,
  worstCase,
} from '../lib/polling-estimate.ts';
import { costOf, FETCH_RESULT_GIGABYTES, LOG_BYTES } from '../lib/task-cost.ts';
import { TYPICAL_SECONDS } from '../lib/task-walk.ts';
import { markdownTable } from './documents/markdown-table.ts';

const SERVICES = {
  stepFunctions: 'Step Functions',
  lambda: 'Lambda',
  dynamodb: 'DynamoDB',
  s3: 'S3',
  eventbridge: 'EventBridge',
  logs: 'CloudWatch Logs',
  xray: 'X-Ray',
} as const;

const COURSES = [
  ['3 seconds', 3],
  ['30 seconds', 30],
  ['10 minutes', 600],
] as const;

const usd = (amount: number) => `$${roundedUsd(amount)}`;

function presetTable(): string {
  const worst = POLLING_PRESETS.map((preset) => worstCase(PRESETS[preset]));
  const row = (name: string, cells: readonly string[]) => [name, ...cells];
  return markdownTable(
    ['', ...POLLING_PRESETS.map((preset) => `\`${preset}\``)],
    [
      ...COURSES.map(([after, seconds]) =>
        row(
          `1,000 tasks, Completed after ${after}`,
          POLLING_PRESETS.map((preset) => usd(usdPer1000Completed(PRESETS[preset], seconds))),
        ),
      ),
      ...COURSES.map(([after, seconds]) =>
        row(
          `polls of one of them, after ${after}`,
          POLLING_PRESETS.map((preset) => String(walkCompleted(PRESETS[preset], seconds).polls)),
        ),
      ),
      row(
        '1,000 tasks, Pending for 24 hours',
        worst.map(({ usdPer1000Tasks }) => usd(usdPer1000Tasks)),
      ),
      row(
        'its polls, at most',
        worst.map(({ polls }) => String(polls)),
      ),
      row(
        'its state transitions, at most',
        worst.map(({ stateTransitions }) => String(stateTransitions)),
      ),
      row(
        `its history events, at most (of ${HISTORY_LIMIT})`,
        worst.map(({ historyEvents }) => String(historyEvents)),
      ),
    ],
  );
}

function serviceTable(): string {
  const costs = COURSES.map(([, seconds]) => costOf(walkCompleted(PRESETS.balanced, seconds)));
  return markdownTable(
    ['1,000 tasks, `balanced`', ...COURSES.map(([after]) => `after ${after}`)],
    Object.entries(costs[0] ?? {}).map(([service]) => [
      String(Reflect.get(SERVICES, service)),
      ...costs.map((cost) => usd(1000 * Number(Reflect.get(cost, service)))),
    ]),
  );
}

/** docs/costs.md: what the policies cost, and how that is reckoned. */
export function costDocument(): string {
  const { pollSeconds, invocationSeconds, storeSeconds } = TYPICAL_SECONDS;
  const heldSeconds = (3 * USD_PER.stateTransition) / (FETCH_RESULT_GIGABYTES * USD_PER.lambdaGigabyteSecond);
  return `# What a task costs, and what it can reach

Written by \`npm run generate\` from the polling policy, the state machine's structure and AWS's list prices (${PRICES_AS_OF}, us-east-1, no free tier).
Nothing of it was measured on a bill. What Aspose charges comes on top: count its polls.

${presetTable()}
Each stack says the same of its own policy in its outputs: \`WorstCasePolls\`, \`WorstCaseStateTransitions\`, \`WorstCaseHistoryEvents\`,
\`UsdPer1000TasksWorstCase\`, \`UsdPer1000TasksAt3Seconds\`, \`...At30Seconds\`, \`...At600Seconds\`.

## Where the money goes

${serviceTable()}
A wait in the state machine is three transitions, as much as holding the Lambda for ${heldSeconds.toFixed(1)} s: that is why the first invocation holds. Holding takes up
concurrency, though: [scale](scale.md).

## How it is reckoned

- **The walk.** \`lib/task-walk.ts\` takes a task through the same policy function that the Lambda uses, invocation by invocation. A test runs the state
  machine on the embedded stack with the same chance, and finds the same polls, states and writes. For the typical tasks chance falls halfway.
- **The worst case** is a task that stays Pending until its deadline, its polls as early as chance allows and each of them in an invocation of its own. No
  course of a task exceeds it (a property test tries), whatever Aspose answers. Two things come on top: retries of AWS faults, and in dollars the seconds of polls that Aspose
  lets hang.
- **History.** A wait adds ${EVENTS_PER_WAIT} events, all else at most ${EVENTS_BESIDE_WAITS}; a retry adds 3. Step Functions fails an execution at ${HISTORY_LIMIT}. So no door takes a \`maxPolls\` with
  which polls leave fewer than ${EVENTS_FOR_RETRIES} for retries: that many come about if Lambda throttles for all 25 hours that an execution may last. An execution that failed there would not
  be lost: its task ends as Failed, InternalError, with its event, and can be collected anew. One that joined another looks as rarely as its
  owner polls.
- **The Lambda's time-out** (\`fetchTimeout\`) has to have room for \`holdSeconds\` and 90 s more, to fetch and store. If it has not, synthesis fails, and says what fits.

| assumed | |
|---|---|
| state transitions | states entered. AWS's pricing examples count the marks Start and End, too: then 1,000 tasks cost ${usd(2000 * USD_PER.stateTransition)} more |
| Lambda | a poll takes ${pollSeconds} s, an invocation ${invocationSeconds} s beside (its cold starts included, which are rare), storing ${storeSeconds} s; ${FETCH_RESULT_GIGABYTES * 1024} MB, arm64 |
| DynamoDB | on demand; a write is one unit for the table and one for the index, the last one two for the index; records up to 1 KB (one document: 0.9 KB, three more: 2 KB), correlation and long names included |
| S3 | one document and the manifest |
| EventBridge | one event of up to 64 KB; the archive, at $0.10 a GB, is too small to be counted |
| logs | ${LOG_BYTES.historyEvent} bytes for each history event (not measured), ${LOG_BYTES.poll} for a poll and ${LOG_BYTES.end} for an end (measured), ${LOG_BYTES.invocation} for START, END and REPORT |
| X-Ray | every task traced, as below one a second; beyond, mostly the 5 % of the default rule |
| not counted | the HTTP API ($1 for a million requests, and its Lambda), \`start-task\`, \`close-task\` (once for a task that was not Completed), storage, transfer; about $3 a month for the metrics and $0.40 for the secret |
`;
}
