import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import 'aws-sdk-client-mock-vitest/extend';
import { buffer } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createListSource } from '../../../../functions/adapters/aws/list-source.ts';
import { startEmbeddedS3 } from '../../../support/embedded-s3.ts';
import { mockClient } from '../../../support/mock-client.ts';

const KEY = 'lists/a b+c ü.csv';

describe('a list in S3', () => {
  it('is read', async () => {
    const { client, bucket, put } = await startEmbeddedS3();
    const content = 'taskId\n'.repeat(50_000);
    const etag = await put(KEY, content);
    const readList = createListSource(client);

    for (const source of [
      { bucket, key: KEY },
      { bucket, key: KEY, etag },
    ])
      expect((await buffer(readList(source))).toString() === content).toBe(true);
  });

  it.each([
    ['is missing', { key: 'lists/b.csv' }, 'there is no such object (NoSuchKey)'],
    ['is in no bucket', { bucket: 'nowhere' }, 'there is no such bucket (NoSuchBucket)'],
    ['has changed', { etag: 'other' }, 'the object has changed since it was announced (PreconditionFailed)'],
  ])('is unreadable when it %s', async (_, source, meaning) => {
    const { client, bucket, put } = await startEmbeddedS3();
    await put(KEY, 'taskId\n');

    const read = buffer(createListSource(client)({ bucket, key: KEY, ...source }));

    await expect(read).rejects.toMatchObject({
      name: 'UnusableListError',
      reason: 'ListUnreadable',
      message: `The list cannot be read: ${meaning}`,
    });
  });
});

describe('the request for a list', () => {
  const client = new S3Client({ region: 'eu-central-1' });
  const s3 = mockClient(client);
  const readList = createListSource(client);

  const failure = (name: string, httpStatusCode: number) =>
    new S3ServiceException({ name, message: name, $fault: 'client', $metadata: { httpStatusCode } });

  beforeEach(() => s3.reset());

  it.each([
    [{}, {}],
    [{ versionId: 'v1', etag: 'e1' }, { VersionId: 'v1' }],
    [{ etag: 'e1' }, { IfMatch: '"e1"' }],
  ])('with %j selects the content', async (version, parameters) => {
    s3.on(GetObjectCommand).rejects(failure('AccessDenied', 403));

    const read = buffer(readList({ bucket: 'scans', key: KEY, ...version }));

    await expect(read).rejects.toThrow('access is denied, or there is no such object (AccessDenied)');
    const [call] = s3.commandCalls(GetObjectCommand);
    expect(call?.args[0].input).toEqual({ Bucket: 'scans', Key: KEY, ...parameters });
  });

  it('fails with errors that pass, which the caller retries', async () => {
    const error = failure('SlowDown', 503);
    s3.on(GetObjectCommand).rejects(error);

    await expect(buffer(readList({ bucket: 'scans', key: KEY }))).rejects.toBe(error);
  });
});
