import { markdownTable } from '../../scripts/documents/markdown-table.ts';
import type { RecognizeResults } from './recognize.ts';

/** Cost and use of an image through the inbox. */
export function costTable({ usdPer1000, usage }: RecognizeResults): string {
  return markdownTable(
    ['an image through the inbox', 'goal', 'measured'],
    [
      ['USD per 1,000 images', '0.180', usdPer1000.toFixed(3)],
      ['state transitions', '', usage.stateTransitions.toFixed(2)],
      ['Lambda GB-seconds', '', usage.gigabyteSeconds.toFixed(2)],
      ['DynamoDB write units', '', usage.dynamodbWriteUnits.toFixed(1)],
      ['S3 PUT requests', '', usage.s3Puts.toFixed(0)],
      ['polls', '', usage.polls.toFixed(2)],
    ],
  );
}

/** Peak memory of the upload of images of 50 MB. */
export function memoryTable({ uploads }: RecognizeResults): string {
  const { fast, slow } = uploads;
  return markdownTable(
    ['peak MB', 'goal', 'fast Aspose', 'slow Aspose'],
    [
      ['the first image of 50 MB', '180', fast.firstPeakRssMB.toFixed(0), slow.firstPeakRssMB.toFixed(0)],
      ['several in a row', '', row(fast), row(slow)],
    ],
  );
}

function row({ warmPeakRssMB, warmUploads }: RecognizeResults['uploads']['fast']): string {
  return `${warmPeakRssMB.toFixed(0)} (${warmUploads})`;
}
