import { POLLING_PRESETS } from '../../functions/contracts/polling-presets.ts';
import { PRESETS, RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import { worstCase } from '../../lib/worst-case.ts';
import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import { costOfImage, maxKeyCostOfImage, usdOfImage } from '../recognize/image-usage.ts';
import { typicalImage } from '../recognize/simulated-recognition.ts';
import { typicalTask } from '../simulated-collection.ts';
import { costOf, maxKeyCostOf, usdOf } from './task-cost.ts';
import {
  costOfRequests,
  PLAIN_REQUEST,
  type RequestUsage,
  repeatedUsage,
  waitUsage,
} from './waiting-cost.ts';

const SERVICES = [
  ['Step Functions', 'stepFunctions'],
  ['Lambda', 'lambda'],
  ['DynamoDB', 'dynamodb'],
  ['S3', 's3'],
  ['SQS', 'sqs'],
  ['EventBridge', 'eventbridge'],
  ['CloudWatch Logs', 'logs'],
  ['X-Ray', 'xray'],
  ['Secrets Manager, at most', 'secretsManager'],
  ['KMS, at most', 'kms'],
] as const;

/** Seconds after which Aspose completes the task. */
const COURSES = [
  ['after 3 s', 3],
  ['after 30 s', 30],
  ['after 10 min', 600],
  ['never, within 24 h', 2 * RESULT_LIFETIME_SECONDS],
] as const;

/** Seconds after which Aspose completes an image of the inbox, from its upload to Aspose. */
const IMAGE_COURSES = [
  ['image, after 3 s', 3],
  ['image, after 30 s', 30],
] as const;

/** Ways to follow a task by GET, from its start. */
const FOLLOWED: readonly (readonly [string, Promise<RequestUsage> | RequestUsage])[] = [
  ['one request without waiting', PLAIN_REQUEST],
  ['one every 2 s, until 25 s', repeatedUsage(2, 25)],
  ['one that waits, completed after 3 s', waitUsage(3)],
  ['one that waits, completed after 10 s', waitUsage(10)],
  ['one that waits 25 s without an end', waitUsage(Number.POSITIVE_INFINITY)],
];

/** Formats dollars per 1,000 tasks with two digits, the precision of the estimate. */
const per1000 = (usd: number) => String(Number((1000 * usd).toPrecision(2)));

/** Makes the tables that `npm run generate` writes, by running the production `fetchResult`. */
export async function costTables(): Promise<Readonly<Record<string, string>>> {
  const usages = await Promise.all(
    COURSES.map(([, seconds]) =>
      Promise.all(POLLING_PRESETS.map((preset) => typicalTask({ preset }, seconds))),
    ),
  );
  const heads = POLLING_PRESETS.map((preset) => `\`${preset}\``);
  const worst = POLLING_PRESETS.map((preset) => worstCase(PRESETS[preset]));
  const completed = COURSES.slice(0, -1);
  const balanced = await Promise.all(
    completed.map(async ([, seconds]) => {
      const usage = await typicalTask({ preset: 'balanced' }, seconds);
      return { sqs: 0, ...costOf(usage), ...maxKeyCostOf(usage) };
    }),
  );
  const imageUsages = await Promise.all(
    IMAGE_COURSES.map(([, seconds]) =>
      Promise.all(POLLING_PRESETS.map((preset) => typicalImage({ preset }, seconds))),
    ),
  );
  const images = await Promise.all(
    IMAGE_COURSES.map(async ([, seconds]) => {
      const usage = await typicalImage({ preset: 'balanced' }, seconds);
      return { ...costOfImage(usage), ...maxKeyCostOfImage(usage) };
    }),
  );
  return {
    'cost-by-preset': markdownTable(
      [
        '1,000 tasks, completed',
        ...heads.map((head) => `${head} $`),
        ...heads.map((head) => `${head} polls`),
      ],
      [
        ...COURSES.map(([course], index) => presetRow(course, usages[index] ?? [], usdOf)),
        ...IMAGE_COURSES.map(([course], index) => presetRow(course, imageUsages[index] ?? [], usdOfImage)),
      ],
    ),
    'cost-by-service': markdownTable(
      ['1,000 tasks, $', ...[...completed, ...IMAGE_COURSES].map(([course]) => course)],
      SERVICES.map(([name, service]) => [
        name,
        ...[...balanced, ...images].map((cost) => per1000(cost[service])),
      ]),
    ),
    'cost-of-waiting': markdownTable(
      ['1,000 times', 'reads each', 'HTTP API $', 'Lambda $', 'DynamoDB $', 'logs $', 'all $'],
      await Promise.all(
        FOLLOWED.map(async ([way, following]) => {
          const usage = await following;
          const { httpApi, lambda, dynamodb, logs } = costOfRequests(usage);
          const costs = [httpApi, lambda, dynamodb, logs, httpApi + lambda + dynamodb + logs];
          return [way, String(usage.recordReads), ...costs.map(per1000)];
        }),
      ),
    ),
    'worst-case': markdownTable(
      ['maximum per task', ...heads],
      [
        ['polls', ...worst.map(({ polls }) => String(polls))],
        ['state transitions', ...worst.map(({ stateTransitions }) => String(stateTransitions))],
        ['history events', ...worst.map(({ historyEvents }) => String(historyEvents))],
      ],
    ),
  };
}

/** The cost and the polls of one course, by preset. */
function presetRow<Usage extends { readonly polls: number }>(
  course: string,
  used: readonly Usage[],
  usd: (usage: Usage) => number,
): string[] {
  return [course, ...used.map((usage) => per1000(usd(usage))), ...used.map(({ polls }) => String(polls))];
}
