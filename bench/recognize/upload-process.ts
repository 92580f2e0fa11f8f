import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { SubmitImageOutput } from '../../functions/contracts/submit-image.ts';
import { peakRssMB } from '../peak-rss.ts';

/**
 * Runs in the measured process. Invokes the production bundle once for each image, as a warm Lambda
 * does, and prints the peak memory after each invocation.
 */

type Handler = (event: object, context: object) => Promise<SubmitImageOutput>;

const [functionFile = '', uploads = ''] = process.argv.slice(2);
const { handler }: { readonly handler: Handler } = createRequire(functionFile)(functionFile);
const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => 240_000 };

async function submit(): Promise<void> {
  const { task } = await handler(
    {
      input: {
        source: { bucket: 'scans', key: `${randomUUID()}.jpg` },
        operation: 'RecognizeImage',
      },
      executionArn: `arn:aws:states:us-east-1:000000000000:execution:RecognizeImage:${randomUUID()}`,
      executionStartedAt: new Date().toISOString(),
    },
    context,
  );
  if (task.taskId === '') throw new Error('not submitted');
}

async function measure(): Promise<void> {
  const peaks: number[] = [];
  for (let upload = 0; upload < Number(uploads); upload += 1) {
    await submit();
    peaks.push(peakRssMB());
  }
  process.stdout.write(`${JSON.stringify(peaks)}\n`);
}

void measure();
