import { expect, it } from 'vitest';
import { UsageError } from '../../../cli/command-errors.ts';
import { listChoices } from '../../../local/serve/choices.ts';
import { PageError } from '../../../local/serve/page-error.ts';
import { loadPageFiles } from '../../../local/serve/page-files.ts';
import { type PageRoutesOptions, pageRoutes } from '../../../local/serve/page-routes.ts';
import { listen, type Reply, replyWith } from '../../support/loopback-server.ts';

const POLL = {
  message: 'Polled' as const,
  timestamp: '2026-03-01T12:00:00.000Z',
  taskId: 'whale',
  attempt: 1,
  observed: 'Pending',
};

async function startRoutes(api: Reply, overrides: Partial<PageRoutesOptions> = {}) {
  const { baseUrl, received } = await listen(api);
  const routes = pageRoutes({
    files: new Map(),
    apiUrl: baseUrl,
    activity: { pollsOf: (taskId) => (taskId === 'whale' ? [POLL] : []), stream: () => new Response() },
    choices: listChoices('simulator'),
    recognize: async () => ({ taskId: 'whale' }),
    batches: {
      storeImage: async (batchId, file, query) => ({ key: `${batchId}/${file.length}/${query}` }),
      start: () => Promise.reject(new UsageError('operation: got x')),
    },
    search: async () => ({ hits: [] }),
    keptFiles: {
      image: () => Promise.reject(new PageError(404, 'none')),
      document: async () => undefined,
    },
    ...overrides,
  });
  const send = (path: string, init?: RequestInit) => routes(new Request(`http://page${path}`, init));
  return { send, received };
}

it('serves the page with a content security policy that allows only same-origin scripts', async () => {
  const { send } = await startRoutes(replyWith(500), { files: await loadPageFiles() });

  const [page, style, script] = await Promise.all(
    ['/', '/page/page.css', '/page/page.js'].map((path) => send(path)),
  );

  expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page?.headers.get('content-security-policy')).toMatch(
    /^default-src 'self'; img-src 'self' blob: data:;/,
  );
  expect(page?.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(page?.headers.get('content-security-policy')).toContain(
    "form-action 'none'; frame-ancestors 'none'",
  );
  expect(style?.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(script?.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

it('forwards requests outside its own routes to the HTTP API, and returns the response', async () => {
  const { send, received } = await startRoutes(replyWith(409, '{"detail":"no"}', { 'retry-after': '5' }));

  const response = await send('/tasks?limit=2', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"taskId":"whale"}',
  });

  expect(received).toMatchObject([{ method: 'POST', url: '/tasks?limit=2', body: '{"taskId":"whale"}' }]);
  expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
    409,
    '5',
    '{"detail":"no"}',
  ]);
});

it('returns a redirect of the HTTP API unchanged', async () => {
  const { send } = await startRoutes(replyWith(302, '', { location: 'http://elsewhere.example/link' }));

  const response = await send('/tasks/whale/results/0');

  expect([response.status, response.headers.get('location')]).toEqual([302, 'http://elsewhere.example/link']);
});

it('treats a path with `//` as a path, not as a host, when it forwards it', async () => {
  const { send, received } = await startRoutes(replyWith(404));

  await send('/.//elsewhere.example/tasks');

  expect(received.map(({ url }) => url)).toEqual(['//elsewhere.example/tasks']);
});

it.each([
  ['text/html', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"],
  ['application/pdf', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"],
])(
  'follows the link of a document of %s, and serves it for display instead of download',
  async (type, policy) => {
    const { send, received } = await startRoutes((response, { url }) => {
      if (url === '/tasks/whale/results/3') response.writeHead(302, { location: '/link' }).end();
      else
        response.writeHead(200, { 'content-type': type, 'content-disposition': 'attachment' }).end('whale');
    });

    const response = await send('/local/tasks/whale/documents/3');

    expect(received.map(({ url }) => url)).toEqual(['/tasks/whale/results/3', '/link']);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': type,
      'content-security-policy': policy,
    });
    expect(await response.text()).toBe('whale');
  },
);

it('reports that a document does not exist', async () => {
  const { send } = await startRoutes(
    replyWith(404, '{"detail":"none"}', { 'content-type': 'application/problem+json' }),
  );

  const response = await send('/local/tasks/whale/documents/3');

  expect([response.status, await response.json()]).toEqual([404, { detail: 'none' }]);
});

it('serves a kept document whose record has expired', async () => {
  const { send } = await startRoutes(replyWith(410, '{"detail":"gone"}'), {
    keptFiles: {
      image: () => Promise.reject(new PageError(404, 'none')),
      document: async (taskId, index) =>
        index === 3 ? { contentType: 'text/plain', content: Buffer.from(taskId) } : undefined,
    },
  });

  const kept = await send('/local/tasks/whale/documents/3');
  const none = await send('/local/tasks/whale/documents/4');

  expect([kept.status, kept.headers.get('content-type'), await kept.text()]).toEqual([
    200,
    'text/plain',
    'whale',
  ]);
  expect([none.status, await none.json()]).toEqual([410, { detail: 'gone' }]);
});

it('serves the image of a task in a sandbox, or the reason why there is none', async () => {
  const { send } = await startRoutes(replyWith(500), {
    keptFiles: {
      image: async (taskId) => {
        if (taskId !== 'whale') throw new PageError(404, 'none');
        return { contentType: 'image/svg+xml', content: Buffer.from('<svg/>') };
      },
      document: async () => undefined,
    },
  });

  const image = await send('/local/tasks/whale/image');

  expect([image.headers.get('content-type'), await image.text()]).toEqual(['image/svg+xml', '<svg/>']);
  expect(image.headers.get('content-security-policy')).toMatch(/^default-src 'none';.*; sandbox$/);
  await expect(send('/local/tasks/other/image')).rejects.toMatchObject({ status: 404 });
});

it.each([
  ['?q=white%20whale&limit=100', ['white whale', 100]],
  ['?q=%22', ['"', 20]],
  ['', ['', 20]],
])('searches for what the query %j asks', async (query, expected) => {
  const searched: unknown[] = [];
  const { send } = await startRoutes(replyWith(500), {
    async search(...given) {
      searched.push(given);
      return { hits: [] };
    },
  });

  const response = await send(`/local/search${query}`);

  expect([response.status, await response.json()]).toEqual([200, { hits: [] }]);
  expect(searched).toEqual([expected]);
});

it.each([
  ['?q=a&limit=0', 'limit: got 0; allowed: a whole number from 1 to 100'],
  ['?q=a&limit=101', 'limit: got 101; allowed: a whole number from 1 to 100'],
  ['?q=a&limit=', 'limit: got a string of 0 characters; allowed: a whole number from 1 to 100'],
  ['?q=a&query=b', 'query: got a field that does not exist; allowed: an object with any of q, limit'],
])('rejects a search with %j', async (query, message) => {
  const { send } = await startRoutes(replyWith(500));

  await expect(send(`/local/search${query}`)).rejects.toMatchObject({ name: 'InvalidInput', message });
});

it('lists the polls of a task', async () => {
  const { send } = await startRoutes(replyWith(500));

  expect(await (await send('/local/tasks/whale/polls')).json()).toEqual([POLL]);
  expect(await (await send('/local/tasks/other/polls')).json()).toEqual([]);
});

it('passes the uploaded file and the query parameters to `recognize` unchanged', async () => {
  const calls: unknown[] = [];
  const { send } = await startRoutes(replyWith(500), {
    async recognize(file, query) {
      calls.push([Buffer.from(file).toString('hex'), query.getAll('region')]);
      return { taskId: 'whale' };
    },
  });

  const body = Buffer.from([0, 255, 16]);
  const response = await send('/local/recognize?region=1,2,3,4&region=5,6,7,8', { method: 'POST', body });

  expect([response.status, await response.json()]).toEqual([202, { taskId: 'whale' }]);
  expect(calls).toEqual([['00ff10', ['1,2,3,4', '5,6,7,8']]]);
});

it('rejects when a file cannot be submitted', async () => {
  const error = new UsageError('region: got x');
  const { send } = await startRoutes(replyWith(500), { recognize: () => Promise.reject(error) });

  await expect(send('/local/recognize', { method: 'POST' })).rejects.toBe(error);
});

it.each([
  ['GET', '/local/recognize'],
  ['POST', '/local/choices'],
  ['GET', '/local/tasks/whale'],
])('rejects %s %s with 404, without a request to the HTTP API', async (method, path) => {
  const { send, received } = await startRoutes(replyWith(200));

  await expect(send(path, { method })).rejects.toMatchObject({ name: 'PageError', status: 404 });
  expect(received).toEqual([]);
});

it('stores an image of a batch, and rejects when the batch cannot be started', async () => {
  const { send } = await startRoutes(replyWith(500));

  const stored = await send('/local/batches/scans/images?position=1', { method: 'POST', body: 'abc' });

  expect([stored.status, await stored.json()]).toEqual([201, { key: 'scans/3/position=1' }]);
  await expect(send('/local/batches/scans?operation=x', { method: 'POST' })).rejects.toThrow(UsageError);
});

it.each([
  ['GET', '/local/batches/scans'],
  ['GET', '/local/batches/scans/images'],
  ['POST', '/local/batches/scans/failures'],
  ['GET', '/local/batches/scans/results.txt'],
])('rejects %s %s with 404', async (method, path) => {
  const { send } = await startRoutes(replyWith(200));

  await expect(send(path, { method })).rejects.toMatchObject({ name: 'PageError', status: 404 });
});
