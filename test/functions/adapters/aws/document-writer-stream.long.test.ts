import { createServer, type RequestListener } from 'node:http';
import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSpools } from '../../../../functions/adapters/aspose/spool.ts';
import { createDocumentWriter } from '../../../../functions/adapters/aws/document-writer.ts';
import { resetConnection } from '../../../../local/reset-connection.ts';
import { anEnding, aRecord, BUCKET } from '../../../support/builders.ts';
import { inTurn, listen, listenOnFreePort, type Reply, replyWith } from '../../../support/loopback-server.ts';

const SECONDS = 5;

describe('a large document', () => {
  const text = 'whale '.repeat(500_000);

  /** Stores it through the real client in an S3 with these replies. */
  async function storeLarge(...replies: readonly Reply[]) {
    const { baseUrl, received } = await listen(inTurn(...replies));
    const client = new S3Client({
      endpoint: baseUrl,
      forcePathStyle: true,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });
    const spools = createSpools();
    onTestFinished(() => {
      client.destroy();
      spools.close();
    });
    const spool = spools.open();
    spool.write(Buffer.from(text));
    const results = [{ type: 'Text', data: { kind: 'decoded', content: spool.end() } }] as const;
    const storing = (timeoutSeconds = SECONDS) =>
      createDocumentWriter(client, BUCKET).store(
        aRecord(),
        anEnding('Completed', { results }),
        timeoutSeconds,
      );
    const documents = () => received.filter(({ url }) => url.includes('/0.txt'));
    return { storing, documents };
  }

  const ok = replyWith(200);
  const errorCode = (code: string) => `<Error><Code>${code}</Code></Error>`;

  it.each<[string, Reply]>([
    ['SlowDown', replyWith(503, errorCode('SlowDown'))],
    ['InternalError', replyWith(500, errorCode('InternalError'))],
    ['a timeout that S3 reports', replyWith(400, errorCode('RequestTimeout'))],
    ['a reset connection', (response) => resetConnection(response.socket)],
  ])('is read again and put whole after %s, twice', async (_, fault) => {
    const { storing, documents } = await storeLarge(fault, fault, ok);

    await storing();

    expect(documents().map(({ body }) => body === text)).toEqual([true, true, true]);
  });

  it('is put three times at most', async () => {
    const { storing, documents } = await storeLarge(replyWith(503, errorCode('SlowDown')));

    await expect(storing()).rejects.toMatchObject({ name: 'SlowDown' });
    expect(documents()).toHaveLength(3);
  });

  it.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('is put once when S3 responds %i %s', async (status, code) => {
    const { storing, documents } = await storeLarge(replyWith(status, errorCode(code)));

    await expect(storing()).rejects.toMatchObject({ name: code });
    expect(documents()).toHaveLength(1);
  });

  it('is given up at the timeout', async () => {
    const { storing } = await storeLarge(() => {});

    await expect(storing(0.2)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a PUT that ends before S3 has read all of it', () => {
  const BYTES = 30_000_000;

  /** Stores documents, most of which are in the spools' file, in an S3 that responds early. */
  async function store(sizes: readonly number[], response: RequestListener) {
    const server = createServer(response);
    const endpoint = `http://127.0.0.1:${await listenOnFreePort(server)}`;
    const client = new S3Client({
      ...{ endpoint, forcePathStyle: true, region: 'eu-central-1' },
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });
    const spools = createSpools();
    onTestFinished(() => {
      client.destroy();
      server.closeAllConnections();
      server.close();
    });
    const results = sizes.map((size) => {
      const spool = spools.open();
      spool.write(Buffer.alloc(size, 'a'));
      return { type: 'Text', data: { kind: 'decoded', content: spool.end() } } as const;
    });
    const storing = createDocumentWriter(client, BUCKET).store(
      aRecord(),
      anEnding('Completed', { results }),
      SECONDS,
    );
    return { storing, spools };
  }

  it.each<[string, RequestListener]>([
    ['a reset connection', (request) => request.once('data', () => request.socket.resetAndDestroy())],
    [
      'an early response',
      (request, response) =>
        request.once('data', () => {
          request.pause();
          response.writeHead(503, { connection: 'close' }).end('<Error><Code>SlowDown</Code></Error>');
        }),
    ],
  ])('is repeated, and its file stays open, after %s', async (_, fault) => {
    const received: number[] = [];
    let puts = 0;
    const { storing, spools } = await store([BYTES], (request, response) => {
      puts += 1;
      if (puts === 1) return fault(request, response);
      let bytes = 0;
      request.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      request.on('end', () => {
        received.push(bytes);
        response.end();
      });
    });

    await storing;

    expect(received[0]).toBe(BYTES);
    expect(() => spools.close()).not.toThrow();
  });

  it('reads nothing any more when another document has failed', async () => {
    let closed = 0;
    const { storing, spools } = await store([10, BYTES, BYTES], (request, response) => {
      if (request.url?.includes('/0.txt') === true) {
        request.resume();
        // The other documents are being read by now.
        setTimeout(() => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'), 300);
      } else {
        request.on('error', () => {});
        request.once('close', () => {
          closed += 1;
        });
        setTimeout(() => request.resume(), 600);
      }
    });

    await expect(storing).rejects.toMatchObject({ name: 'AccessDenied' });
    // The handler does this after each invocation. A later read would be an uncaught exception.
    expect(() => spools.close()).not.toThrow();
    await expect.poll(() => closed).toBe(2);
  });
});
