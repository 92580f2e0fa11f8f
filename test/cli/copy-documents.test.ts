import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { copyDocuments } from '../../cli/copy-documents.ts';
import type { Manifest } from '../../functions/contracts/manifest.ts';
import { s3Documents } from '../../local/recognition/s3-documents.ts';
import { temporaryDirectory } from '../support/data-fixture.ts';
import { startFixture } from '../support/fixture-assembly.ts';

const manifest: Manifest = {
  version: '1',
  taskId: 'whale',
  operation: 'RecognizeImage',
  generation: 1,
  outcome: 'Completed',
  trial: false,
  partial: false,
  empty: false,
  responseStatusCode: 'Ok',
  bucket: 'bucket',
  results: [],
  messages: [],
  warnings: [],
};
const result = { type: null, contentType: null, key: null, bytes: 0, sha256: null, empty: false };

it('replaces the documents of an earlier run as a whole, and no other file', async () => {
  const stack = await startFixture({ resources: { Bucket: { Type: 'AWS::S3::Bucket' } } });
  const client = new S3Client(stack.clientConfig('s3'));
  const bucket = stack.resource('Bucket').name;
  const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  for (const key of ['first/0.json', 'first/1.undecoded', 'second/0.txt']) await put(key, 'whale');
  const first = [
    { ...result, index: 0, key: 'first/0.json' },
    { ...result, index: 1, undecodedKey: 'first/1.undecoded' },
  ];
  await put('first/manifest.json', JSON.stringify({ ...manifest, results: first }));
  const second = [{ ...result, index: 0, key: 'second/0.txt' }];
  await put('second/manifest.json', JSON.stringify({ ...manifest, results: second }));
  const directory = await temporaryDirectory();
  await writeFile(join(directory, '2.txt'), 'foreign');

  await copyDocuments(s3Documents(client, bucket, 'first/manifest.json'), directory);
  const before = (await readdir(directory)).toSorted();
  const copied = await copyDocuments(s3Documents(client, bucket, 'second/manifest.json'), directory);

  expect(before).toEqual(['0.json', '1.undecoded', '2.txt', 'manifest.json']);
  expect((await readdir(directory)).toSorted()).toEqual(['0.txt', '2.txt', 'manifest.json']);
  expect(copied).toMatchObject([{ index: 0, path: '0.txt' }]);
});
