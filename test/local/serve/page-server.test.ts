import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { SubmitError, UsageError } from '../../../local/cli/command-errors.ts';
import { PageRefusal } from '../../../local/serve/page-error.ts';
import { hostNames, type Routes, startPageServer } from '../../../local/serve/page-server.ts';

async function startServer(routes?: Routes) {
  const server = await startPageServer();
  onTestFinished(() => server.close());
  if (routes !== undefined) server.serve(routes);
  return server;
}

/** As `fetch`, which sets `Host` and `Origin` by itself. */
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

it('hands over method, path, query, content type and body', async () => {
  const seen: unknown[] = [];
  const { url } = await startServer(async (received) => {
    const { method, headers } = received;
    seen.push([method, received.url, headers.get('content-type'), await received.text()]);
    return new Response(null, { status: 204 });
  });

  const { status } = await fetch(`${url}/a//b?c=d`, {
    method: 'POST',
    headers: { 'content-type': 'text/x' },
    body: 'whale',
  });

  expect(status).toBe(204);
  expect(seen).toEqual([['POST', `${url}/a//b?c=d`, 'text/x', 'whale']]);
});

it('forbids every answer to be taken for another type, or in by another origin', async () => {
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
  ['its own page by the name localhost', 200, (url: string) => localhost(new URL(url).port)],
])('S24: answers a request of %s with %i', async (_, expected, headersFor) => {
  const { url } = await startServer(async () => new Response('secret'));

  const { status, body } = await send(url, headersFor(url));

  expect(status).toBe(expected);
  expect(body.includes('secret')).toBe(expected === 200);
});

const localhost = (port: string) => ({ host: `localhost:${port}`, origin: `http://localhost:${port}` });

it.each([
  [new PageRefusal(404, 'Nothing here.'), 404, 'Not Found'],
  [new UsageError('region: got x'), 400, 'Bad Request'],
  [new SubmitError('Aspose refused'), 502, 'Bad Gateway'],
  [new TypeError('a bug'), 500, 'Internal Server Error'],
])('answers %s as a problem', async (error, status, title) => {
  const { url } = await startServer(async () => {
    throw error;
  });

  const response = await fetch(url);

  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({ type: 'about:blank', title, status, detail: error.message });
});

it('refuses a method that would send back what came in', async () => {
  const { url } = await startServer(async () => new Response('here'));

  expect(await send(url, {}, 'TRACE')).toMatchObject({ status: 404 });
});

it('lets requests wait until it is told what to serve', async () => {
  const server = await startServer();

  const answer = fetch(server.url);
  server.serve(async () => new Response('ready'));

  expect(await (await answer).text()).toBe('ready');
});

it('ends a body whose reader has left', async () => {
  const ended = Promise.withResolvers<void>();
  const { url } = await startServer(async () => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from('first')),
      cancel: () => ended.resolve(),
    });
    return new Response(body);
  });

  const leaving = new AbortController();
  await fetch(url, { signal: leaving.signal });
  leaving.abort();

  await expect(ended.promise).resolves.toBeUndefined();
});

it('rejects with the code of the system when its port is taken', async () => {
  const { url } = await startServer();

  await expect(startPageServer(Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it.each([
  ['http://127.0.0.1:8080', ['127.0.0.1:8080', 'localhost:8080']],
  ['http://127.0.0.1:80', ['127.0.0.1', 'localhost']],
])('at %s goes by its address and by localhost', (url, names) => {
  expect(hostNames(url)).toEqual(names);
});
