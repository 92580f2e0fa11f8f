import { expect, it } from 'vitest';
import { submitImage } from '../../../functions/core/submit-image.ts';
import { START } from '../../support/builders.ts';
import { memoryImages } from '../../support/memory-images.ts';
import { memoryRecords } from '../../support/memory-records.ts';

const IMAGE_ID = '0123456789abcdef0123456789abcdef01234567';
const source = { bucket: 'scans', key: 'page.jpg', etag: 'abc' };
const head = new Uint8Array([0xff, 0xd8, 0xff]);

it('starts the clocks of a task when Aspose has accepted the image', async () => {
  let now = START;
  const image = {
    imageId: IMAGE_ID,
    input: { source, operation: 'RecognizeImage', generation: 1 },
    maxUploads: 2,
  } as const;
  const claimant = { executionArn: 'arn', startedAt: START };

  const submitted = await submitImage(image, claimant, {
    images: memoryImages(),
    tasks: memoryRecords(),
    openSource: async () => ({ kind: 'Opened', source, content: { bytes: 3, head, async *read() {} } }),
    uploads: {
      async upload() {
        now += 30_000;
        return { kind: 'Accepted', taskId: 'task-1' };
      },
    },
    now: () => now,
    sleep: async () => {},
    random: () => 0.5,
    remainingSeconds: () => 240,
    isPollingPaused: async () => false,
    onUpload() {},
  });

  const acceptedAt = new Date(START + 30_000).toISOString();
  expect(submitted).toMatchObject({ startedAt: acceptedAt, task: { submittedAt: acceptedAt } });
});
