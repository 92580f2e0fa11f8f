import { GetObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { createPageBatches } from '../../../local/serve/batch-on-page.ts';
import { startEmbeddedS3 } from '../../support/embedded-s3.ts';
import { listen, replyWith } from '../../support/loopback-server.ts';

const STARTED = {
  batch: {
    batchId: 'scans',
    status: 'Opening',
    messages: [],
    executionArn: 'arn',
    concurrency: 10,
    startedAt: '2026-03-01T12:00:00.000Z',
    expiresAt: 1_773_576_000,
    progress: {},
  },
};

async function startBatches() {
  const { baseUrl: apiUrl, received } = await listen(replyWith(202, JSON.stringify(STARTED)));
  const { client, bucket } = await startEmbeddedS3();
  return {
    batches: createPageBatches({ kind: 'simulator', apiUrl, s3: client, bucket }),
    received,
    client,
    bucket,
  };
}

it('stores images below the prefix of their batch, and starts it with the checked settings', async () => {
  const { batches, received, client, bucket } = await startBatches();

  const query = new URLSearchParams({ position: '3', fileName: 'whale ü.png' });
  const { key } = await batches.storeImage('scans', Buffer.from('abc'), query);
  const settings = 'operation=RecognizeImage&resultType=Hocr&setting=rotate=90';
  const { batch } = await batches.start('scans', new URLSearchParams(settings));

  expect(key).toBe('images/scans/3/whale ü.png');
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  expect(await Body?.transformToString()).toBe('abc');
  expect(batch.batchId).toBe('scans');
  expect(received.map(({ method, url, body }) => [method, url, JSON.parse(body)])).toEqual([
    [
      'POST',
      '/batches',
      {
        batchId: 'scans',
        images: { bucket, prefix: 'images/scans/' },
        operation: 'RecognizeImage',
        settings: { resultType: 'Hocr', rotate: 90 },
      },
    ],
  ]);
});

it.each([
  ['a_b', 'position=1&fileName=a.png', 'batchId: got'],
  ['scans', 'position=x&fileName=a.png', 'position: got'],
  ['scans', 'fileName=a.png', 'position: got'],
  ['scans', 'position=1&fileName=a/b.png', 'fileName: got'],
  ['scans', 'position=1&fileName=a.png&other=1', 'other'],
])('rejects an image of batch %s with %s', async (batchId, query, message) => {
  const { batches } = await startBatches();

  const storing = batches.storeImage(batchId, Buffer.from('abc'), new URLSearchParams(query));

  await expect(storing).rejects.toThrow(message);
});

it('rejects a batch whose settings do not fit, without a request to the HTTP API', async () => {
  const { batches, received } = await startBatches();

  await expect(batches.start('scans', new URLSearchParams('resultType=Docx'))).rejects.toThrow(
    "resultType: got 'Docx'",
  );
  expect(received).toEqual([]);
});
