import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { UploadRejectedError, UsageError } from '../../../cli/command-errors.ts';
import { InvalidInput } from '../../../functions/core/invalid-input.ts';
import { PageError } from '../../../local/serve/page-error.ts';
import { hostNames, type Routes, startPageServer } from '../../../local/serve/page-server.ts';
import { startUnfinishedUpload } from '../../support/unfinished-upload.ts';

async function startServer(routes?: Routes) {
  const server = await startPageServer();
  onTestFinished(() => server.close());
  if (routes !== undefined) server.serve(routes);
  return server;
}

/** Like `fetch`, which does not allow custom `Host` and `Origin` headers. */
function send(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method }, async (response) => {
      resolve({ status: response.statusCode ?? 0, body: await text(response) });
    })
      .on('error', reject)
      .end();
  });
}

it('passes method, path, query, content type, preferences and body on', async () => {
  const requests: unknown[] = [];
  const { url } = await startServer(async (received) => {
    const { method, headers } = received;
    requests.push([
      method,
      received.url,
      headers.get('content-type'),
      headers.get('prefer'),
      await received.text(),
    ]);
    return new Response(null, { status: 204 });
  });

  const { status } = await fetch(`${url}/a//b?c=d`, {
    method: 'POST',
    headers: { 'content-type': 'text/x', prefer: 'wait=20', cookie: 'secret' },
    body: 'whale',
  });

  expect(status).toBe(204);
  expect(requests).toEqual([['POST', `${url}/a//b?c=d`, 'text/x', 'wait=20', 'whale']]);
});

it('lets large uploads wait for the one before, but no small request', async () => {
  const received: string[] = [];
  const { url } = await startServer(async (request) => {
    received.push(new URL(request.url).pathname);
    return new Response(null, { status: 204 });
  });
  const breakOff = await startUnfinishedUpload(`${url}/unfinished`, 64 * 1024 * 1024);
  const large = fetch(`${url}/large`, { method: 'POST', body: Buffer.alloc(2 * 1024 * 1024) });
  // Long enough for the large upload to arrive if it did not wait.
  for (let count = 0; count < 50; count += 1) await fetch(`${url}/small`, { method: 'POST', body: 'small' });
  const before = new Set(received);

  breakOff();
  await large;

  expect(before).toEqual(new Set(['/small']));
  expect(received.at(-1)).toBe('/large');
});

it('sends headers that forbid type guessing and use by other origins', async () => {
  const { url } = await startServer(async () => new Response('here', { headers: { 'x-own': '1' } }));

  const { headers } = await fetch(url);

  expect(Object.fromEntries(headers)).toMatchObject({
    'x-own': '1',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
});

it.each([
  ['another name', 421, () => ({ host: 'rebound.example' })],
  ['its own name on another port', 421, () => ({ host: 'localhost:1' })],
  ['a foreign page', 403, () => ({ origin: 'https://foreign.example' })],
  ['a page without an origin', 403, () => ({ origin: 'null' })],
  ['a page of another port', 403, () => ({ origin: 'http://127.0.0.1:1' })],
  ['its own page', 200, (url: string) => ({ origin: url })],
  ['its own page under the name localhost', 200, (url: string) => localhost(new URL(url).port)],
])('S24: responds to a request from %s with %i', async (_, expected, headersFor) => {
  const { url } = await startServer(async () => new Response('secret'));

  const { status, body } = await send(url, headersFor(url));

  expect(status).toBe(expected);
  expect(body.includes('secret')).toBe(expected === 200);
});

const localhost = (port: string) => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` });

it.each([
  [new PageError(404, 'Nothing here.'), 404, 'Not Found'],
  [new UsageError('not supported'), 400, 'Bad Request'],
  [new InvalidInput('region', 'x', 'y'), 400, 'Bad Request'],
  [new UploadRejectedError('Aspose rejected the file'), 502, 'Bad Gateway'],
  [new TypeError('a bug'), 500, 'Internal Server Error'],
])('responds to %s with problem details', async (error, status, title) => {
  const { url } = await startServer(async () => {
    throw error;
  });

  const response = await fetch(url);

  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({ type: 'about:blank', title, status, detail: error.message });
});

it('rejects TRACE', async () => {
  const { url } = await startServer(async () => new Response('here'));

  expect(await send(url, {}, 'TRACE')).toMatchObject({ status: 404 });
});

it('delays requests until its routes are set', async () => {
  const server = await startServer();

  const responding = fetch(server.url);
  server.serve(async () => new Response('ready'));

  expect(await (await responding).text()).toBe('ready');
});

it('cancels the response body when the client disconnects', async () => {
  const ended = Promise.withResolvers<void>();
  const { url } = await startServer(async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('first')),
      cancel: () => ended.resolve(),
    });
    return new Response(body);
  });

  const disconnect = new AbortController();
  await fetch(url, { signal: disconnect.signal });
  disconnect.abort();

  await expect(ended.promise).resolves.toBeUndefined();
});

it('closes the connection when the response body fails', async () => {
  const { url } = await startServer(async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('first')),
      pull: (controller) => controller.error(new Error('too slow')),
    });
    return new Response(body);
  });

  await expect(fetch(url).then((response) => response.text())).rejects.toThrow();
});

it.each([
  ['http://127.0.0.1:8080', ['127.0.0.1:8080', 'localhost:8080']],
  ['http://127.0.0.1:80', ['127.0.0.1', 'localhost']],
])('accepts the host names of %s', (url, names) => {
  expect(hostNames(url)).toEqual(names);
});
