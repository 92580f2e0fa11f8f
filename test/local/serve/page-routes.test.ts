import { expect, it } from 'vitest';
import { UsageError } from '../../../local/cli/command-errors.ts';
import { choicesOf } from '../../../local/serve/choices.ts';
import { loadPageFiles } from '../../../local/serve/page-files.ts';
import { type PageRoutesOptions, pageRoutes } from '../../../local/serve/page-routes.ts';
import { listen, type Reply, sends } from '../../support/loopback-server.ts';

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
    activity: { pollsOf: (taskId) => (taskId === 'whale' ? [POLL] : []), onActivity: () => () => {} },
    choices: choicesOf('simulator'),
    recognize: async () => ({ taskId: 'whale' }),
    ...overrides,
  });
  const ask = (path: string, init?: RequestInit) => routes(new Request(`http://page${path}`, init));
  return { ask, received };
}

it('serves the page so that nothing but its own script runs in it', async () => {
  const { ask } = await startRoutes(sends(500), { files: await loadPageFiles() });

  const [page, style, script] = await Promise.all(
    ['/', '/page/page.css', '/page/page.js'].map((path) => ask(path)),
  );

  expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page?.headers.get('content-security-policy')).toMatch(
    /^default-src 'self'; img-src 'self' blob: data:;/,
  );
  expect(page?.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(style?.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(script?.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

it('passes everything else on to the HTTP API, and its answer back', async () => {
  const { ask, received } = await startRoutes(sends(409, '{"detail":"no"}', { 'retry-after': '5' }));

  const answer = await ask('/tasks?limit=2', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"taskId":"whale"}',
  });

  expect(received).toMatchObject([{ method: 'POST', url: '/tasks?limit=2', body: '{"taskId":"whale"}' }]);
  expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([
    409,
    '5',
    '{"detail":"no"}',
  ]);
});

it('passes a redirect on as it is', async () => {
  const { ask } = await startRoutes(sends(302, '', { location: 'http://elsewhere.example/link' }));

  const answer = await ask('/tasks/whale/results/0');

  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://elsewhere.example/link']);
});

it('asks the HTTP API even for a path that looks like a host', async () => {
  const { ask, received } = await startRoutes(sends(404));

  await ask('/.//elsewhere.example/tasks');

  expect(received.map(({ url }) => url)).toEqual(['//elsewhere.example/tasks']);
});

it.each([
  ['text/html', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"],
  ['application/pdf', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"],
])(
  'shows a document of %s where the link leads, to be looked at and not to be kept',
  async (type, policy) => {
    const { ask, received } = await startRoutes((response, { url }) => {
      if (url === '/tasks/whale/results/3') response.writeHead(302, { location: '/link' }).end();
      else
        response.writeHead(200, { 'content-type': type, 'content-disposition': 'attachment' }).end('whale');
    });

    const answer = await ask('/local/tasks/whale/documents/3');

    expect(received.map(({ url }) => url)).toEqual(['/tasks/whale/results/3', '/link']);
    expect(Object.fromEntries(answer.headers)).toEqual({
      'content-type': type,
      'content-security-policy': policy,
    });
    expect(await answer.text()).toBe('whale');
  },
);

it('says so when there is no such document', async () => {
  const { ask } = await startRoutes(
    sends(404, '{"detail":"none"}', { 'content-type': 'application/problem+json' }),
  );

  const answer = await ask('/local/tasks/whale/documents/3');

  expect([answer.status, await answer.json()]).toEqual([404, { detail: 'none' }]);
});

it('lists the polls of a task', async () => {
  const { ask } = await startRoutes(sends(500));

  expect(await (await ask('/local/tasks/whale/polls')).json()).toEqual([POLL]);
  expect(await (await ask('/local/tasks/other/polls')).json()).toEqual([]);
});

it('submits a file as it came', async () => {
  const seen: unknown[] = [];
  const { ask } = await startRoutes(sends(500), {
    async recognize(file, query) {
      seen.push([Buffer.from(file).toString('hex'), query.getAll('region')]);
      return { taskId: 'whale' };
    },
  });

  const body = Buffer.from([0, 255, 16]);
  const answer = await ask('/local/recognize?region=1,2,3,4&region=5,6,7,8', { method: 'POST', body });

  expect([answer.status, await answer.json()]).toEqual([202, { taskId: 'whale' }]);
  expect(seen).toEqual([['00ff10', ['1,2,3,4', '5,6,7,8']]]);
});

it('rejects with the refusal of a file', async () => {
  const refusal = new UsageError('region: got x');
  const { ask } = await startRoutes(sends(500), { recognize: () => Promise.reject(refusal) });

  await expect(ask('/local/recognize', { method: 'POST' })).rejects.toBe(refusal);
});

it.each([
  ['GET', '/local/recognize'],
  ['POST', '/local/choices'],
  ['GET', '/local/tasks/whale'],
])('rejects %s %s as not there, without asking the HTTP API', async (method, path) => {
  const { ask, received } = await startRoutes(sends(200));

  await expect(ask(path, { method })).rejects.toMatchObject({ name: 'PageRefusal', status: 404 });
  expect(received).toEqual([]);
});
