import { createHash, randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { describe, expect, it } from 'vitest';
import type { EmbeddedStack } from '../../../local/embedded-aws/embedded-stack.ts';
import { type Fixture, startFixture } from '../../support/fixture-assembly.ts';
import { eventsOf, linesOf } from '../../support/listening.ts';

/** S3's minimum size of each part except the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const KEY = 'inbox/a b+c ü.png';
const BUCKET = {
  Type: 'AWS::S3::Bucket',
  Properties: { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } },
};
const FIXTURE = { resources: { Bucket: BUCKET } } satisfies Fixture;

function clientOf(stack: EmbeddedStack) {
  const client = new S3Client({
    ...stack.clientConfig('s3'),
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return { client, Bucket: stack.resource('Bucket').name };
}

async function uploadInParts({ client, Bucket }: ReturnType<typeof clientOf>, Tagging?: string) {
  const target = { Bucket, Key: KEY };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...target, Tagging }));
  const { ETag } = await client.send(
    new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'part' }),
  );
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  return client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload }));
}

describe('a bucket with notifications to EventBridge', () => {
  it('publishes an event with the plain key of an uploaded object', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const events = eventsOf(stack);

    await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'sea' }));

    expect(events).toEqual([
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'Object Created',
        source: 'aws.s3',
        account: '000000000000',
        time: expect.any(String),
        region: 'us-east-1',
        resources: [`arn:aws:s3:::${Bucket}`],
        detail: {
          version: '0',
          bucket: { name: Bucket },
          object: {
            key: KEY,
            size: 3,
            etag: createHash('md5').update('sea').digest('hex'),
            sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
          },
          'request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
          requester: '000000000000',
          'source-ip-address': '127.0.0.1',
          reason: 'PutObject',
        },
      },
    ]);
  });

  it.each<[string, string, number, (target: ReturnType<typeof clientOf>) => Promise<unknown>]>([
    [
      'a presigned upload',
      'PutObject',
      3,
      async ({ client, Bucket }) => {
        const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: KEY }));
        expect((await fetch(url, { method: 'PUT', body: 'sea' })).status).toBe(200);
      },
    ],
    [
      'a presigned upload of curl',
      'PutObject',
      3,
      async ({ client, Bucket }) => {
        const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: KEY }));
        const headers = { 'content-type': 'application/x-www-form-urlencoded' };
        expect((await fetch(url, { method: 'PUT', body: 'sea', headers })).status).toBe(200);
      },
    ],
    ['a multipart upload', 'CompleteMultipartUpload', 4, uploadInParts],
    [
      'a folder marker',
      'PutObject',
      0,
      ({ client, Bucket }) => client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: '' })),
    ],
    [
      'a presigned empty upload',
      'PutObject',
      0,
      async ({ client, Bucket }) => {
        const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: KEY }));
        expect((await fetch(url, { method: 'PUT' })).status).toBe(200);
      },
    ],
  ])('publishes an event for %s', async (_, reason, size, create) => {
    const stack = await startFixture(FIXTURE);
    const events = eventsOf(stack);

    await create(clientOf(stack));

    expect(events).toMatchObject([{ detail: { reason, object: { key: KEY, size } } }]);
  });

  it('publishes an event for a copy, with a later sequencer', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const events = eventsOf(stack);
    await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'sea' }));

    const CopySource = `${Bucket}/${encodeURIComponent(KEY)}`;
    await client.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource }));

    const details = events.map(({ detail }) => Object(detail));
    expect(details[1]).toMatchObject({ reason: 'CopyObject', object: { key: 'copy', size: 3 } });
    expect(details[1].object.sequencer > details[0].object.sequencer).toBe(true);
  });

  it('publishes no event for tags, reads, or a request that fails', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'sea' }));
    const events = eventsOf(stack);

    const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
    await client.send(new PutObjectTaggingCommand({ Bucket, Key: KEY, Tagging }));
    await client.send(new HeadObjectCommand({ Bucket, Key: KEY }));
    await expect(
      client.send(new PutObjectCommand({ Bucket: 'absent', Key: KEY, Body: 'x' })),
    ).rejects.toThrow();

    expect(events).toEqual([]);
  });

  it('triggers a rule for a prefix, and settles after its delivery', async () => {
    const EventPattern = {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [{ Ref: 'Bucket' }] }, object: { key: [{ prefix: 'inbox/' }] } },
    };
    const stack = await startFixture({
      functions: { Log: 'exports.handler = async ({ detail }) => { console.log(detail.object.key); };' },
      resources: {
        Bucket: BUCKET,
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { EventPattern, Targets: [{ Id: 't', Arn: { 'Fn::GetAtt': ['Log', 'Arn'] } }] },
        },
      },
    });
    const { client, Bucket } = clientOf(stack);
    const lines = linesOf(stack);

    await client.send(new PutObjectCommand({ Bucket, Key: 'outbox/a.png', Body: 'x' }));
    await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'x' }));
    await stack.settled();

    expect(lines).toEqual([`Log: ${KEY}`]);
  });
});

describe('a bucket', () => {
  it.each([
    ['without notifications', {}],
    [
      'with notifications that are turned off',
      { NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: false } } },
    ],
  ])('publishes no event %s', async (_, Properties) => {
    const stack = await startFixture({ resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties } } });
    const { client, Bucket } = clientOf(stack);
    const events = eventsOf(stack);

    await client.send(new PutObjectCommand({ Bucket, Key: KEY, Body: 'sea' }));

    expect(events).toEqual([]);
  });

  it.each([
    ['QueueConfigurations', { NotificationConfiguration: { QueueConfigurations: [] } }],
    ['LambdaConfigurations', { NotificationConfiguration: { LambdaConfigurations: [] } }],
    ['EventBridgeEnabled', { NotificationConfiguration: { EventBridgeConfiguration: {} } }],
    ['VersioningConfiguration', { VersioningConfiguration: { Status: 'Enabled' } }],
  ])('is rejected with unsupported %s', async (name, Properties) => {
    const starting = startFixture({ resources: { Bucket: { Type: 'AWS::S3::Bucket', Properties } } });

    await expect(starting).rejects.toThrow(new RegExp(`Bucket[^]*cannot run locally[^]*${name}`));
  });

  it('returns metadata, ranges and the tag count of an object', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const target = { Bucket, Key: KEY };
    const Metadata = { operation: 'recognize' };
    await client.send(new PutObjectCommand({ ...target, Body: 'the sea', Metadata, Tagging: 'a=1&b=2' }));

    const head = await client.send(new HeadObjectCommand(target));
    const part = await client.send(new GetObjectCommand({ ...target, Range: 'bytes=4-6' }));

    expect(head).toMatchObject({ ContentLength: 7, Metadata });
    expect(part).toMatchObject({ ContentRange: 'bytes 4-6/7', ContentLength: 3, TagCount: 2, Metadata });
    expect(Object.keys(head.Metadata ?? {})).toEqual(['operation']);
    expect(await part.Body?.transformToString()).toBe('sea');
  });

  it('refuses to read an object whose ETag has changed', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const target = { Bucket, Key: KEY };
    const { ETag } = await client.send(new PutObjectCommand({ ...target, Body: 'sea' }));
    await client.send(new PutObjectCommand({ ...target, Body: 'lake' }));

    const reading = client.send(new GetObjectCommand({ ...target, IfMatch: ETag }));

    await expect(reading).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('reads a range across parts, but not of another version of the object', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const target = { Bucket, Key: KEY };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const Parts: CompletedPart[] = [];
    for (const [index, Body] of [Buffer.alloc(MIN_PART_BYTES, 'a'), Buffer.from('sea')].entries()) {
      const PartNumber = index + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    const { ETag } = await client.send(
      new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }),
    );
    const Range = `bytes=${MIN_PART_BYTES - 2}-${MIN_PART_BYTES}`;
    const read = () => client.send(new GetObjectCommand({ ...target, Range, IfMatch: ETag }));

    expect(await (await read()).Body?.transformToString()).toBe('aas');
    await client.send(new PutObjectCommand({ ...target, Body: 'lake' }));

    await expect(read()).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('forgets an upload in parts that is aborted, and publishes no event', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const target = { Bucket, Key: KEY };
    const events = eventsOf(stack);
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
    const part = new UploadPartCommand({ ...target, UploadId, PartNumber: 1, Body: 'sea' });
    await client.send(part);

    await client.send(new AbortMultipartUploadCommand({ ...target, UploadId }));

    await expect(client.send(part)).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(client.send(new HeadObjectCommand(target))).rejects.toMatchObject({ name: 'NotFound' });
    expect(events).toEqual([]);
  });

  it('refuses to overwrite an object with If-None-Match, also in a presigned upload', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const put = new PutObjectCommand({ Bucket, Key: KEY, Body: 'sea', IfNoneMatch: '*' });
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: KEY, IfNoneMatch: '*' }));
    await client.send(put);
    const events = eventsOf(stack);

    await expect(client.send(put)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const headers = { 'if-none-match': '*' };
    expect((await fetch(url, { method: 'PUT', body: 'lake', headers })).status).toBe(412);

    expect(events).toEqual([]);
  });

  it('lists all keys in pages, ordered by bytes', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    for (const Key of ['in/ä', 'in/a', 'in/B', 'in/c', 'in/b+ c', 'out/d', 'in/B/e']) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    }

    const listed: unknown[] = [];
    const pages = paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Prefix: 'in/' });
    for await (const { Contents = [] } of pages) listed.push(...Contents.map(({ Key }) => Key));

    expect(listed).toEqual(['in/B', 'in/B/e', 'in/a', 'in/b+ c', 'in/c', 'in/ä']);
  });

  it('lists the folders of a prefix, and refuses a missing bucket', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    for (const Key of ['in/a/1', 'in/a/2', 'in/b', 'in/c/3']) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    }

    const { Contents, CommonPrefixes, IsTruncated } = await client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'in/', Delimiter: '/' }),
    );

    expect(Contents).toMatchObject([{ Key: 'in/b', Size: 4 }]);
    expect(CommonPrefixes).toEqual([{ Prefix: 'in/a/' }, { Prefix: 'in/c/' }]);
    expect(IsTruncated).toBe(false);
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'absent' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
  });

  it('holds 50 MB', async () => {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const body = randomBytes(50 * 1024 * 1024);
    const url = await getSignedUrl(client, new PutObjectCommand({ Bucket, Key: KEY }));
    const digest = createHash('sha256');

    await fetch(url, { method: 'PUT', body });
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: KEY }));
    for await (const chunk of Body?.transformToWebStream() ?? []) digest.update(chunk);

    expect(digest.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
  });
});

describe('the tags of an object', () => {
  async function startWithObject(Tagging?: string) {
    const stack = await startFixture(FIXTURE);
    const { client, Bucket } = clientOf(stack);
    const target = { Bucket, Key: KEY };
    await client.send(new PutObjectCommand({ ...target, Body: 'sea', Tagging }));
    return {
      ...{ client, target },
      put: (tags: Record<string, string>) => {
        const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        return client.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }));
      },
      read: async (Key = KEY) => {
        const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket, Key }));
        return Object.fromEntries(TagSet.map((tag) => [tag.Key, tag.Value]));
      },
    };
  }

  it('are replaced as a whole, and leave the object unchanged', async () => {
    const { client, target, put, read } = await startWithObject('first=1');
    expect(await read()).toEqual({ first: '1' });

    await put({ 'ocr-courier': 'Completed', 'ü+ /=': '@ ä' });

    expect(await read()).toEqual({ 'ocr-courier': 'Completed', 'ü+ /=': '@ ä' });
    const { Body } = await client.send(new GetObjectCommand(target));
    expect(await Body?.transformToString()).toBe('sea');
  });

  it('end with the object, and on request', async () => {
    const { client, target, put, read } = await startWithObject();
    await put({ a: '1' });
    await client.send(new PutObjectCommand({ ...target, Body: 'lake' }));
    expect(await read()).toEqual({});

    await put({ a: '1' });
    await client.send(new DeleteObjectTaggingCommand(target));

    expect(await read()).toEqual({});
  });

  it('are copied with the object, and then change independently', async () => {
    const { client, target, put, read } = await startWithObject('a=1');
    const CopySource = `${target.Bucket}/${encodeURIComponent(KEY)}`;
    await client.send(new CopyObjectCommand({ ...target, Key: 'copy', CopySource }));

    await put({ b: '2' });

    expect(await read('copy')).toEqual({ a: '1' });
  });

  it('come with a multipart upload', async () => {
    const { client, target, read } = await startWithObject();

    await uploadInParts({ client, Bucket: target.Bucket }, 'a=1');

    expect(await read()).toEqual({ a: '1' });
  });

  it.each([
    [
      'eleven tags',
      Object.fromEntries(Array.from('abcdefghijk', (key) => [key, '1'])),
      'BadRequest',
      /greater than 10/,
    ],
    ['a forbidden character', { a: 'x;y' }, 'InvalidTag', /TagValue/],
    ['an empty key', { '': 'x' }, 'InvalidTag', /TagKey/],
    ['a long value', { a: 'x'.repeat(257) }, 'InvalidTag', /TagValue/],
  ])('are refused with %s', async (_, tags, name, message) => {
    const { put, read } = await startWithObject('kept=1');

    await expect(put(tags)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });

    expect(await read()).toEqual({ kept: '1' });
  });

  it('are refused for a missing object', async () => {
    const { read } = await startWithObject();

    await expect(read('absent')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});
