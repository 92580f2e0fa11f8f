import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBatchFiles } from '../../../../functions/adapters/aws/batch-files.ts';
import { startEmbeddedS3 } from '../../../support/embedded-s3.ts';
import { mockClient } from '../../../support/mock-client.ts';
import { toArray } from '../../../support/to-array.ts';

const MEGABYTE = 1024 * 1024;

async function setUp() {
  const s3 = await startEmbeddedS3();
  return { ...s3, files: createBatchFiles(s3.client, s3.bucket) };
}

describe('an object of a batch', () => {
  it('is written and read', async () => {
    const { files, client, bucket } = await setUp();

    await files.write('batches/a/summary.json', '"ü 😀"', 'application/json');

    expect(await files.read('batches/a/summary.json')).toBe('"ü 😀"');
    const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: 'batches/a/summary.json' }));
    expect(head.ContentType).toBe('application/json');
  });

  it.each([
    [{ from: 0, bytes: 3 }, 'abc'],
    [{ from: 2, bytes: 4 }, 'cdef'],
    [{ from: 5, bytes: 1 }, 'f'],
    [{ from: 3, bytes: 0 }, ''],
  ])('is read in the range %j', async (range, text) => {
    const { files, put } = await setUp();
    await put('items', 'abcdef');

    expect(await files.read('items', range)).toBe(text);
  });

  it('is read line by line', async () => {
    const { files, put } = await setUp();
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} ü😀`);
    await put('items', `${lines.join('\n')}\n`);

    const read = await files.readLines('items');

    expect(read && (await toArray(read))).toEqual(lines);
  });

  it('may be missing', async () => {
    const { files } = await setUp();

    expect(await files.read('gone')).toBeUndefined();
    expect(await files.read('gone', { from: 0, bytes: 1 })).toBeUndefined();
    expect(await files.readLines('gone')).toBeUndefined();
  });
});

describe('a large object', () => {
  it.each([0, 1000, 20 * MEGABYTE])('of %d bytes is written', async (bytes) => {
    const { files } = await setUp();
    const text = 'ü'.repeat(64 * 1024);
    const whole = text.repeat(Math.ceil(bytes / (128 * 1024))).slice(0, Math.ceil(bytes / 2));
    const file = await files.create('items', 'application/jsonl');

    for (let from = 0; from < whole.length; from += 50_001)
      await file.write(whole.slice(from, from + 50_001));
    const before = await files.read('items');
    await file.end();

    expect(before).toBeUndefined();
    expect((await files.read('items')) === whole).toBe(true);
  });

  it('does not exist once it was aborted', async () => {
    const { files } = await setUp();
    const file = await files.create('items', 'application/jsonl');
    await file.write('x'.repeat(9 * MEGABYTE));

    await file.abort();

    expect(await files.read('items')).toBeUndefined();
  });
});

describe('the requests for a large object', () => {
  const client = new S3Client({ region: 'eu-central-1' });
  const s3 = mockClient(client);
  const files = createBatchFiles(client, 'results');
  const target = { Bucket: 'results', Key: 'batches/a/items.jsonl' };
  const described = {
    ...target,
    ContentType: 'application/jsonl',
    ContentDisposition: 'attachment; filename="items.jsonl"',
  };
  const create = () => files.create('batches/a/items.jsonl', 'application/jsonl');

  beforeEach(() => {
    s3.reset();
    s3.rejects('not expected');
    s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'u' });
    s3.on(UploadPartCommand).resolvesOnce({ ETag: '"1"', ChecksumCRC32: 'c1' }).resolves({ ETag: '"2"' });
    s3.on(CompleteMultipartUploadCommand).resolves({});
    s3.on(AbortMultipartUploadCommand).resolves({});
  });

  it('are one PUT for less than a part', async () => {
    s3.on(PutObjectCommand).resolves({});
    const file = await create();

    await file.write('a\n');
    await file.write('b\n');
    expect(s3.calls()).toHaveLength(0);
    await file.end();

    expect(s3.calls()).toHaveLength(1);
    expect(s3).toHaveReceivedCommandWith(PutObjectCommand, { ...described, Body: Buffer.from('a\nb\n') });
  });

  it('are parts of 8 MB, whose checksums complete the upload', async () => {
    const file = await create();
    const megabyte = 'x'.repeat(MEGABYTE);

    for (let written = 0; written < 10; written += 1) await file.write(megabyte);
    expect(s3).toHaveReceivedCommandTimes(UploadPartCommand, 1);
    await file.end();

    expect(s3).toHaveReceivedCommandWith(CreateMultipartUploadCommand, {
      ...described,
      ChecksumAlgorithm: 'CRC32',
    });
    const parts = s3.commandCalls(UploadPartCommand).map(({ args: [{ input }] }) => input);
    expect(parts.map(({ PartNumber, UploadId }) => [PartNumber, UploadId])).toEqual([
      [1, 'u'],
      [2, 'u'],
    ]);
    expect(parts.map(({ Body }) => (Body instanceof Uint8Array ? Body.length / MEGABYTE : Body))).toEqual([
      8, 2,
    ]);
    expect(s3).toHaveReceivedCommandWith(CompleteMultipartUploadCommand, {
      ...target,
      UploadId: 'u',
      MultipartUpload: {
        Parts: [
          { PartNumber: 1, ETag: '"1"', ChecksumCRC32: 'c1' },
          { PartNumber: 2, ETag: '"2"', ChecksumCRC32: undefined },
        ],
      },
    });
  });

  it('have no empty part at the end', async () => {
    const file = await create();

    await file.write('x'.repeat(8 * MEGABYTE));
    await file.end();

    expect(s3).toHaveReceivedCommandTimes(UploadPartCommand, 1);
  });

  it('discard the parts when it is aborted, once', async () => {
    const file = await create();
    await file.write('x'.repeat(8 * MEGABYTE));

    await file.abort();
    await file.abort();

    expect(s3).toHaveReceivedCommandTimes(AbortMultipartUploadCommand, 1);
    expect(s3).toHaveReceivedCommandWith(AbortMultipartUploadCommand, { ...target, UploadId: 'u' });
  });

  it('are none when a small object, or one that has ended, is aborted', async () => {
    const small = await create();
    await small.write('x');
    await small.abort();
    expect(s3.calls()).toHaveLength(0);

    const ended = await create();
    await ended.write('x'.repeat(8 * MEGABYTE));
    await ended.end();
    await ended.abort();
    expect(s3).toHaveReceivedCommandTimes(AbortMultipartUploadCommand, 0);
  });

  describe('that S3 denies', () => {
    const denied = new S3ServiceException({
      name: 'AccessDenied',
      message: 'not authorized to perform kms:Decrypt',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
    });

    it.each([[[]], [['batches/a/items.jsonl2']]])(
      'are for a missing object when the listed keys are %j',
      async (keys) => {
        s3.on(GetObjectCommand).rejects(denied);
        s3.on(ListObjectsV2Command).resolves({ Contents: keys.map((Key) => ({ Key })) });

        expect(await files.read(target.Key)).toBeUndefined();
        expect(await files.readLines(target.Key)).toBeUndefined();
        expect(s3).toHaveReceivedCommandWith(ListObjectsV2Command, {
          Bucket: 'results',
          Prefix: target.Key,
          MaxKeys: 1,
        });
      },
    );

    it('fail when the object exists, so that no batch ends without its results', async () => {
      s3.on(GetObjectCommand).rejects(denied);
      s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: target.Key }] });

      await expect(files.read(target.Key)).rejects.toBe(denied);
      await expect(files.readLines(target.Key)).rejects.toBe(denied);
    });

    it('fail when the keys may not be listed, either', async () => {
      s3.on(GetObjectCommand).rejects(denied);
      s3.on(ListObjectsV2Command).rejects(denied);

      await expect(files.read(target.Key)).rejects.toBe(denied);
    });
  });

  it.each([
    ['InternalError', 500],
    ['SlowDown', 503],
    ['ExpiredToken', 403],
  ])('fail with %s, which is no missing object', async (name, httpStatusCode) => {
    const error = new S3ServiceException({
      name,
      message: name,
      $fault: 'client',
      $metadata: { httpStatusCode },
    });
    s3.on(GetObjectCommand).rejects(error);

    await expect(files.read('a')).rejects.toBe(error);
    await expect(files.readLines('a')).rejects.toBe(error);
  });
});
