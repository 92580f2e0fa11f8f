import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { copyBatchDocuments } from '../../../cli/batch/copy-results.ts';
import { lineWithoutTask, toJsonLines } from '../../../functions/core/batch/result-lines.ts';
import { batchInS3 } from '../../../local/cli/batch/stored-in-s3.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { startFixture } from '../../support/fixture-assembly.ts';

it('names the command that goes on when a file is in the place of documents', async () => {
  const stack = await startFixture({ resources: { Bucket: { Type: 'AWS::S3::Bucket' } } });
  const client = new S3Client(stack.clientConfig('s3'));
  const bucket = stack.resource('Bucket').name;
  const manifest = 'results/RecognizeImage/whale/manifest.json';
  const Body = JSON.stringify({
    version: '1',
    taskId: 'whale',
    operation: 'RecognizeImage',
    generation: 1,
    outcome: 'Completed',
    trial: false,
    partial: false,
    empty: false,
    responseStatusCode: 'Ok',
    bucket,
    results: [],
    messages: [],
    warnings: [],
  });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: manifest, Body }));
  const out = await temporaryDirectory();
  const item = { i: 0, taskId: 'whale', operation: 'RecognizeImage', generation: 1 } as const;
  const line = { ...lineWithoutTask(item, 'NotStarted'), outcome: 'Completed' as const, manifest };
  await writeFile(join(out, 'results.jsonl'), toJsonLines([line]));
  await writeFile(join(out, 'whale'), 'mine');
  const target = { out, resumeCommand: 'npm start -- batch --resume scans' };
  const { signal } = new AbortController();

  const copying = copyBatchDocuments(
    target,
    1,
    batchInS3('scans', { client, bucket }),
    { counted() {} },
    signal,
  );

  await expect(copying).rejects.toThrow(
    `could not be written to '${join(out, 'whale')}' (EEXIST); move that file, then run: npm start -- batch --resume scans`,
  );
});
