import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { request } from '../../../../functions/adapters/aspose/http-request.ts';
import type { StreamedBody } from '../../../../functions/adapters/aspose/streamed-body.ts';
import { resetConnection } from '../../../../local/reset-connection.ts';
import { listenOnFreePort } from '../../../support/loopback-server.ts';
import { UNTIL_TEST_HANGS } from '../../../support/until.ts';

const LIMITS = { headersSeconds: 5, totalSeconds: 5 };
const MEGABYTE = Buffer.alloc(1_000_000, 'x');

type Handler = (message: IncomingMessage, response: ServerResponse) => void;

async function serve(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  return await listenOnFreePort(server);
}

async function serveHttp(handler: Handler): Promise<URL> {
  const server = createServer(handler);
  onTestFinished(() => server.closeAllConnections());
  return new URL(`http://127.0.0.1:${await serve(server)}`);
}

function send(url: URL, body: StreamedBody | string, limits = LIMITS): Promise<number> {
  return request(url, { method: 'POST', body }, limits, async ({ status }) => status);
}

async function* chunksOf(...chunks: readonly Uint8Array[]) {
  yield* chunks;
}

/** A body that sends a part, and then nothing more until the test ends. */
function stalledBody(part: Uint8Array): StreamedBody {
  const { promise, resolve } = Promise.withResolvers<void>();
  onTestFinished(() => resolve());
  async function* chunks() {
    yield part;
    await promise;
  }
  return { length: part.length + 1, chunks: chunks() };
}

/** A body that repeats a chunk, and counts. */
function repeatedBody(chunk: Uint8Array, times: number) {
  const counted = { sent: 0 };
  async function* chunks() {
    for (; counted.sent < times; counted.sent += 1) yield chunk;
  }
  return { counted, body: { length: chunk.length * times, chunks: chunks() } };
}

describe('a streamed body', () => {
  it('arrives with its length', async () => {
    let received: unknown;
    const url = await serveHttp(async (message, response) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = message.headers;
      received = { length, encoding, body: String(await buffer(message)) };
      response.end();
    });

    await send(url, { length: 4, chunks: chunksOf(Buffer.from('ab'), Buffer.from(''), Buffer.from('cd')) });

    expect(received).toEqual({ length: '4', encoding: undefined, body: 'abcd' });
  });

  it('is read no faster than the server takes it, and no further once there is a response', async () => {
    const url = await serveHttp((message, response) => {
      message.pause();
      response.writeHead(413).end();
    });
    const { counted, body } = repeatedBody(MEGABYTE, 1000);

    expect(await send(url, body)).toBe(413);
    expect(counted.sent).toBeLessThan(50);
  });

  it('ends the request with its own error', async () => {
    const error = new Error('the disk is on fire');
    const aborted = Promise.withResolvers<void>();
    const url = await serveHttp((message) => {
      message.on('error', () => aborted.resolve()).resume();
    });
    async function* chunks() {
      yield MEGABYTE;
      throw error;
    }

    await expect(send(url, { length: 2_000_000, chunks: chunks() })).rejects.toBe(error);
    await aborted.promise;
  });

  it('ends the request with its own error before there is a connection', async () => {
    const error = new Error('the disk is on fire');
    async function* chunks() {
      yield await Promise.reject<Buffer>(error);
    }
    const url = await serveHttp(() => {});

    await expect(send(url, { length: 1, chunks: chunks() })).rejects.toBe(error);
  });

  it('with an error after an early response does not break off the response', async () => {
    const responded = Promise.withResolvers<void>();
    const failed = Promise.withResolvers<void>();
    const url = await serveHttp(async (_, response) => {
      response.writeHead(413).write('too ');
      await failed.promise;
      setImmediate(() => response.end('large'));
    });
    async function* chunks() {
      yield MEGABYTE;
      await responded.promise;
      failed.resolve();
      throw new Error('the disk is on fire');
    }
    const body = { length: 2_000_000, chunks: chunks() };

    const words = await request(url, { method: 'POST', body }, LIMITS, async (response) => {
      responded.resolve();
      return String(await buffer(response.body));
    });

    expect(words).toBe('too large');
  });

  it.each([
    ['longer', 3, 'the body is longer than the announced 3 bytes'],
    ['shorter', 5, 'the body is 1 bytes shorter than announced'],
  ])('that is %s than announced is not completed', async (_, length, message) => {
    const complete = vi.fn();
    const url = await serveHttp(
      (received) =>
        void received
          .on('end', complete)
          .on('error', () => {})
          .resume(),
    );
    const body = { length, chunks: chunksOf(Buffer.from('ab'), Buffer.from('cd')) };

    await expect(send(url, body)).rejects.toThrow(
      expect.objectContaining({ name: 'BodyLengthError', message }),
    );
    expect(complete).not.toHaveBeenCalled();
  });

  it('with an error after its last byte is sent anyway', async () => {
    const url = await serveHttp((message, response) => {
      message.on('end', () => response.writeHead(201).end()).resume();
    });
    async function* chunks() {
      yield Buffer.from('ab');
      throw new Error('the disk is on fire');
    }

    expect(await send(url, { length: 2, chunks: chunks() })).toBe(201);
  });

  it('is never sent on a connection of an earlier request', async () => {
    const sockets = new Set();
    const url = await serveHttp(async (message, response) => {
      sockets.add(message.socket);
      message.resume();
      response.end();
    });
    await request(url, { method: 'GET' }, LIMITS, async ({ body }) => {
      for await (const _ of body) expect.fail('the response has no body');
    });

    await send(url, { length: 2, chunks: chunksOf(Buffer.from('ab')) });

    expect(sockets.size).toBe(2);
  });
});

describe('a request without a response', () => {
  const whole = () => ({ length: 2, chunks: chunksOf(Buffer.from('ab')) });
  const failure = (wasSent: boolean) => expect.objectContaining({ name: 'RequestFailedError', wasSent });

  it.each([
    ['a streamed body', whole],
    ['a text', () => 'ab'],
  ])('was not sent when there was no connection for %s', async (_, body) => {
    const server = createTcpServer();
    const port = await listenOnFreePort(server);
    server.close();
    await once(server, 'close');

    await expect(send(new URL(`http://127.0.0.1:${port}`), body())).rejects.toThrow(failure(false));
  });

  it('was not sent when TLS failed', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('this is not TLS'));

    const url = new URL(`https://127.0.0.1:${await serve(server)}`);

    await expect(send(url, whole())).rejects.toThrow(failure(false));
  });

  it('was not sent when the connection was reset before the end of the body', async () => {
    const url = await serveHttp(
      (message) => void message.once('data', () => resetConnection(message.socket)),
    );

    await expect(send(url, repeatedBody(MEGABYTE, 100).body)).rejects.toThrow(failure(false));
  });

  it.each([
    ['a streamed body', whole],
    ['an empty streamed body', () => ({ length: 0, chunks: chunksOf() })],
    ['a text', () => 'ab'],
  ])('may have been sent when the connection was reset after %s', async (_, body) => {
    const url = await serveHttp(
      (message) => void message.on('end', () => resetConnection(message.socket)).resume(),
    );

    await expect(send(url, body())).rejects.toThrow(failure(true));
  });

  it('may have been sent when a TLS connection was reset after the body', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const server = https.createServer({ key, cert }, (message) => {
      message.on('end', () => message.socket.destroy()).resume();
    });
    const url = new URL(`https://127.0.0.1:${await serve(server)}`);
    https.globalAgent.options.ca = cert;
    onTestFinished(() => void delete https.globalAgent.options.ca);

    await expect(send(url, whole())).rejects.toThrow(failure(true));
  });

  it('was not sent when the time was over before the end of the body', async () => {
    const url = await serveHttp((message) => void message.resume());

    await expect(
      send(url, stalledBody(MEGABYTE), { headersSeconds: 0.2, totalSeconds: 0.2 }),
    ).rejects.toThrow(failure(false));
  });

  it('may have been sent when the time was over after the body', async () => {
    const url = await serveHttp((message) => void message.resume());

    await expect(send(url, whole(), { headersSeconds: 0.2, totalSeconds: 0.2 })).rejects.toThrow(
      failure(true),
    );
  });

  it('stops reading the body', async () => {
    const url = await serveHttp((message) => resetConnection(message.socket));
    const ended = vi.fn();
    async function* chunks() {
      try {
        for (;;) yield MEGABYTE;
      } finally {
        ended();
      }
    }

    await expect(send(url, { length: 1e12, chunks: chunks() })).rejects.toThrow(failure(false));
    await vi.waitFor(() => expect(ended).toHaveBeenCalled(), UNTIL_TEST_HANGS);
  });
});

it('leaves no listener on a connection that is used many times', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const ports = new Set<number | undefined>();
  const url = await serveHttp((message, response) => {
    ports.add(message.socket.remotePort);
    message.resume();
    response.end('done');
  });
  const drain = async ({ body }: { readonly body: AsyncIterable<unknown> }) => {
    for await (const _ of body);
  };

  for (let sent = 0; sent < 15; sent += 1) {
    await request(url, { method: 'GET' }, LIMITS, drain);
    // The connection becomes free in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  expect(ports.size).toBe(1);
  expect(warnings).toEqual([]);
});
