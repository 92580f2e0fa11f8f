import { createServer, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSource } from '../../../../functions/adapters/aws/image-source.ts';
import type { ImageSource } from '../../../../functions/contracts/image-input.ts';
import { HEAD_BYTES } from '../../../../functions/core/image-upload.ts';
import { listenOnFreePort } from '../../../support/loopback-server.ts';

const SOURCE = { bucket: 'scans', key: 'inbox/a b+c ü.png' };
const ETAG = '"d41d8cd9"';
const LARGE = Buffer.from(Array.from({ length: HEAD_BYTES + 1000 }, (_, index) => index % 251));

interface StoredObject {
  readonly bytes?: Uint8Array;
  /** An error in place of the nth request, which are numbered from 1. */
  readonly error?: { readonly at: number; readonly status: number; readonly code: string };
}

/** Starts S3 on loopback with one object. */
async function setUp({ bytes = LARGE, error }: StoredObject = {}) {
  const received: { readonly url: string | undefined; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ url, headers }, response) => {
    received.push({ url, headers });
    const [, from = 0, to = Infinity] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const end = Math.min(Number(to || Infinity) + 1, bytes.length);
    const code = error?.at === received.length ? error : undefined;
    if (code !== undefined || Number(from) >= bytes.length) {
      const { status, code: name } = code ?? { status: 416, code: 'InvalidRange' };
      const xml = `<?xml version="1.0"?><Error><Code>${name}</Code><Message>About ü.png</Message></Error>`;
      response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
      return;
    }
    const contentRange = `bytes ${from}-${end - 1}/${bytes.length}`;
    response
      .writeHead(206, { etag: ETAG, 'content-range': contentRange, 'x-amz-meta-resulttype': 'Pdf' })
      .end(bytes.subarray(Number(from), end));
  });
  const port = await listenOnFreePort(server);
  const client = new S3Client({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}`,
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'canary' },
    maxAttempts: 1,
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return {
    received,
    open: async (source: ImageSource = SOURCE) => {
      const opened = await openSource(client, source);
      if (opened.kind === 'Unreadable') throw new Error(opened.detail);
      return opened;
    },
    openUnreadable: () => openSource(client, SOURCE),
  };
}

describe('a source', () => {
  it('has its length, its first bytes and its version', async () => {
    const { open } = await setUp();

    const { content, source } = await open();

    expect(content.bytes).toBe(LARGE.length);
    expect(Buffer.compare(content.head, LARGE.subarray(0, HEAD_BYTES))).toBe(0);
    expect(source).toEqual({ ...SOURCE, etag: expect.stringMatching(/^[^"]+$/) });
  });

  it('is read whole, as often as necessary, without reading its first bytes again', async () => {
    const { open, received } = await setUp();
    const { content } = await open();

    for (const _ of [1, 2]) expect(Buffer.compare(await buffer(content.read()), LARGE)).toBe(0);
    expect(received.map(({ headers }) => headers.range)).toEqual([
      `bytes=0-${HEAD_BYTES - 1}`,
      `bytes=${HEAD_BYTES}-`,
      `bytes=${HEAD_BYTES}-`,
    ]);
    expect(received[0]?.url).toMatch(/^\/scans\/inbox\/a%20b%2Bc%20%C3%BC\.png\?/);
  });

  it.each([1, HEAD_BYTES])('of %d bytes is read with one request', async (bytes) => {
    const { open, received } = await setUp({ bytes: LARGE.subarray(0, bytes) });
    const { content } = await open();

    expect(Buffer.compare(await buffer(content.read()), LARGE.subarray(0, bytes))).toBe(0);
    expect(content.bytes).toBe(bytes);
    expect(received).toHaveLength(1);
  });

  it('may be empty', async () => {
    const { open } = await setUp({ bytes: Buffer.alloc(0) });

    const { content } = await open();

    expect(content).toMatchObject({ bytes: 0, head: new Uint8Array() });
    expect(await buffer(content.read())).toHaveLength(0);
  });

  it.each([
    ['the version', { versionId: 'v1', etag: 'e1' }, [undefined, 'v1'], [undefined, 'v1']],
    ['the ETag of an event', { etag: 'e1' }, ['"e1"', null], [ETAG, null]],
    ['a quoted ETag', { etag: '"e1"' }, ['"e1"', null], [ETAG, null]],
    ['the ETag that was read first', {}, [undefined, null], [ETAG, null]],
  ])('is bound to %s', async (_, version, first, second) => {
    const { open, received } = await setUp();
    const { content } = await open({ ...SOURCE, ...version });

    await buffer(content.read());

    expect(
      received.map(({ url, headers }) => [
        headers['if-match'],
        new URL(`http://s3${url}`).searchParams.get('versionId'),
      ]),
    ).toEqual([first, second]);
  });
});

describe('an unreadable source', () => {
  it.each([
    [404, 'NoSuchKey', 'there is no such object'],
    [404, 'NoSuchVersion', 'there is no such version of the object'],
    [404, 'NoSuchBucket', 'there is no such bucket'],
    [400, 'InvalidBucketName', 'the name of the bucket is invalid'],
    [400, 'InvalidArgument', 'the version id is invalid'],
    [400, 'KeyTooLongError', 'the key is too long'],
    [405, 'MethodNotAllowed', 'the version is a delete marker'],
    [403, 'AccessDenied', 'access is denied, or there is no such object'],
    [412, 'PreconditionFailed', 'the object has changed since it was announced'],
    [403, 'InvalidObjectState', 'the object is archived'],
    [301, 'PermanentRedirect', 'the bucket is in another Region'],
    [400, 'KMS.DisabledException', 'its KMS key is disabled'],
    [400, 'KMS.NotFoundException', 'its KMS key does not exist'],
    [400, 'KMS.KMSInvalidStateException', 'its KMS key cannot be used in its state'],
  ])('with HTTP %d %s has a reason', async (status, code, meaning) => {
    const { openUnreadable } = await setUp({ error: { at: 1, status, code } });

    expect(await openUnreadable()).toEqual({
      kind: 'Unreadable',
      detail: `The image cannot be read: ${meaning} (${code})`,
    });
  });

  it.each([
    [503, 'SlowDown'],
    [500, 'InternalError'],
    [403, 'ExpiredToken'],
    [400, 'RequestTimeout'],
    [400, 'KMS.ThrottlingException'],
  ])('with HTTP %d %s is retried by the caller', async (status, code) => {
    const { openUnreadable } = await setUp({ error: { at: 1, status, code } });

    await expect(openUnreadable()).rejects.toThrow(expect.objectContaining({ name: code }));
  });

  it('fails while it is read when the object has changed since it was opened', async () => {
    const { open } = await setUp({ error: { at: 2, status: 412, code: 'PreconditionFailed' } });
    const { content } = await open();

    await expect(buffer(content.read())).rejects.toThrow(
      expect.objectContaining({ name: 'PreconditionFailed' }),
    );
  });
});
