import { GetObjectCommand, HeadObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createInboxObjects } from '../../../../functions/adapters/aws/inbox-objects.ts';
import { listen, replyWith } from '../../../support/loopback-server.ts';
import { mockClient } from '../../../support/mock-client.ts';

const configuration = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
};
const client = new S3Client(configuration);
const s3 = mockClient(client);
const inbox = createInboxObjects(client);
const source = { bucket: 'results', key: 'inbox/RecognizeImage/a.png', etag: '1' };

const failure = (httpStatusCode: number) =>
  new S3ServiceException({ name: 'Unknown', message: 'no', $fault: 'client', $metadata: { httpStatusCode } });

beforeEach(() => {
  s3.reset();
  s3.rejects('not expected');
});

describe('describeObject', () => {
  it('returns the metadata of exactly the content that was announced', async () => {
    s3.on(HeadObjectCommand).resolves({ ETag: '"1"', Metadata: { 'ocr-language': 'German' } });

    expect(await inbox.describeObject(source)).toEqual({
      ...{ kind: 'Found', source },
      metadata: { 'ocr-language': 'German' },
    });
    expect(s3).toHaveReceivedCommandWith(HeadObjectCommand, { IfMatch: '"1"' });
  });

  it('pins a source without a version to its ETag', async () => {
    s3.on(HeadObjectCommand).resolves({ ETag: '"2"' });
    const { etag: _, ...latest } = source;

    expect(await inbox.describeObject(latest)).toMatchObject({ source: { ...latest, etag: '2' } });
  });

  it.each([
    ['412', () => s3.on(HeadObjectCommand).rejects(failure(412))],
    ['another ETag', () => s3.on(HeadObjectCommand).resolves({ ETag: '"2"' })],
  ])('O14: notices content that was replaced by %s', async (_, respond) => {
    respond();

    expect(await inbox.describeObject(source)).toEqual({ kind: 'Changed' });
  });

  it.each([400, 403, 404, 405])('returns HTTP %i as data', async (status) => {
    s3.on(HeadObjectCommand).rejects(failure(status));

    expect(await inbox.describeObject(source)).toMatchObject({ kind: 'Unreadable' });
  });

  it('throws errors that pass', async () => {
    s3.on(HeadObjectCommand).rejects(failure(503));

    await expect(inbox.describeObject(source)).rejects.toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });
});

describe('readSettings', () => {
  /** Reads an object over HTTP, because a mock has no stream of the SDK. */
  async function read(text: string): Promise<unknown> {
    const server = await listen(replyWith(200, text, { 'content-length': String(Buffer.byteLength(text)) }));
    const overHttp = new S3Client({ ...configuration, endpoint: server.baseUrl, forcePathStyle: true });
    return await createInboxObjects(overHttp).readSettings('results', 'inbox/RecognizeImage/_settings.json');
  }

  it.each([
    ['JSON', '{"language":"German"}', { language: 'German' }],
    ['JSON with a byte order mark', '\ufeff{"language":"German"}', { language: 'German' }],
    ['no JSON', '{language', '{language'],
    ['nothing', '', ''],
  ])('returns %s', async (_, text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  it('S26: returns a description of more than 16 KiB', async () => {
    expect(await read(`"${'x'.repeat(16 * 1024)}"`)).toBe('more than 16384 bytes');
  });

  it('returns undefined for a missing object, and throws other errors', async () => {
    s3.on(GetObjectCommand).rejectsOnce(failure(403)).rejectsOnce(failure(404)).rejects(failure(500));

    expect(await inbox.readSettings('results', 'key')).toBeUndefined();
    expect(await inbox.readSettings('results', 'key')).toBeUndefined();
    await expect(inbox.readSettings('results', 'key')).rejects.toMatchObject({ name: 'Unknown' });
  });
});
