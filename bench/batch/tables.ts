import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { BatchResults } from './batch.ts';
import type { ChunkUsage } from './batch-usage.ts';
import type { BatchFigures } from './simulated-batch.ts';

const CASES = ['median3', 'slow', 'median30', 'images'] as const;

/** Every goal with its figure. */
export function goalTable({ median3, images, local5000, details }: BatchResults): string {
  return markdownTable(
    ['a batch', 'goal', 'measured'],
    [
      ['USD per 1,000 tasks', '0.028', median3.usdPer1000.toFixed(3)],
      ['USD per 1,000 images', '0.033', images.usdPer1000.toFixed(3)],
      ['mean delay (s)', '1.30', median3.meanDelaySeconds.toFixed(2)],
      ['tasks per second, 1,000 invocations', '650', median3.tasksPerSecondAt1000.toFixed(0)],
      ['history events of a chunk that never ends', '1500', String(details.maxHistoryEvents)],
      ['5,000 tasks with the local command (s)', '', local5000.seconds.toFixed(0)],
      ['its peak memory (MB)', '', local5000.peakRssMB.toFixed(0)],
    ],
  );
}

type Case = Omit<BatchFigures, 'chunkSeconds'>;

/** Delay, use and cost of each case. */
export function caseTable({ details }: BatchResults): string {
  const cases = CASES.map((name) => details[name]);
  const row = (name: string, digits: number, figure: (figures: Case) => number) => [
    name,
    ...cases.map((figures) => figure(figures).toFixed(digits)),
  ];
  const per = (figure: keyof ChunkUsage) => (figures: Case) => figures.usage[figure] / figures.usage.items;
  const usdPer1000 = (service: keyof Case['usdByService']) => (figures: Case) =>
    (1000 * figures.usdByService[service]) / figures.usage.items;
  return markdownTable(
    ['per item', 'median 3 s', 'slower calls', 'median 30 s', 'images'],
    [
      row('mean delay (s)', 2, ({ meanDelaySeconds }) => meanDelaySeconds),
      row('until the event (s)', 2, ({ meanEventDelaySeconds }) => meanEventDelaySeconds),
      row('tasks per second, 1,000 invocations', 0, ({ tasksPerSecondAt1000 }) => tasksPerSecondAt1000),
      row('polls', 2, per('polls')),
      row('Lambda seconds', 2, per('lambdaSeconds')),
      row('state transitions', 3, per('stateTransitions')),
      row('DynamoDB write units', 1, per('dynamodbWriteUnits')),
      row('S3 PUT requests', 2, per('s3Puts')),
      row('USD per 1,000', 4, (figures) => figures.usdPer1000),
      row('of it S3', 4, usdPer1000('s3')),
      row('Lambda', 4, usdPer1000('lambda')),
      row('DynamoDB', 4, usdPer1000('dynamodb')),
      row('EventBridge', 4, usdPer1000('eventbridge')),
      row('Step Functions', 4, usdPer1000('stepFunctions')),
      row('CloudWatch Logs', 4, usdPer1000('logs')),
      row('X-Ray', 4, usdPer1000('xray')),
    ],
  );
}
