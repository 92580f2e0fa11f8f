import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listen, replyWith, replyWithJson } from '../../support/loopback-server.ts';
import { interruptAt, newDirectory, runCommand, SAMPLES } from '../../support/run-command.ts';

const LETTER = join(SAMPLES, 'letter.png');

it.concurrent.each([
  [['list'], '--api: got nothing; allowed: the address of a deployed courier, or of serve'],
  [['list', '--api', 'ocr.example.com'], '--api: got no URL; allowed: an https URL, or http on the loopback'],
  [
    ['--api', 'https://ocr.example.com', 'list'],
    '--api: got it before the command; allowed: after the command',
  ],
  [['--api', 'https://ocr.example.com'], 'got no command; allowed: recognize, '],
  [['show', '', '--api', 'http://127.0.0.1:1'], 'TASK_ID: got a string of 0 characters; allowed: 1 to 64'],
  [['show', 'whale', '--api', 'http://ocr.example.com'], '--api: got http://ocr.example.com/; allowed: '],
  [
    ['recognize', LETTER, '--api', 'https://ocr.example.com'],
    '--aws-region: got none, and ocr.example.com does not name it; allowed: a region such as eu-west-1',
  ],
  [['recognize', LETTER, '--aws-region', 'eu-west-1'], '--aws-region: got a value without --api; allowed: '],
  [['list', '--limit', '0', '--api', 'http://127.0.0.1:1'], "--limit: got '0'; allowed: a whole number"],
  [['list', '--status', 'Done', '--api', 'http://127.0.0.1:1'], "--status: got 'Done'; allowed: Collecting"],
  [
    ['batch', '--images', SAMPLES, '--rate', '1', '--api', 'http://127.0.0.1:1'],
    '--rate: got a value with --images and --api; allowed: only with LIST, or without --api',
  ],
])('%j exits with one line and status 2', async (args, line) => {
  const { status, stdout, stderr } = await runCommand(args);

  expect(stderr).toContain(`ocr-courier: ${line}`);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

it('says in one line that the API does not authorize the request, and sends the token of the variable', async () => {
  const api = await listen(replyWithJson({ message: 'Forbidden' }, 403));

  const result = await runCommand(['list', '--api', api.baseUrl], {
    environment: { OCR_COURIER_TOKEN: 'aaa.bbb.ccc' },
  });

  expect(result).toMatchObject({ status: 1, stdout: '' });
  expect(result.stderr).toMatch(
    /^ocr-courier: 127\.0\.0\.1:\d+ did not authorize the request \(HTTP 403\); set OCR_COURIER_TOKEN, or .*\n$/,
  );
  expect(api.received).toMatchObject([{ authorization: 'Bearer aaa.bbb.ccc' }]);
});

it('does not pass control characters of a response on to the terminal', async () => {
  const title = '\u001b]0;title\u0007';
  const api = await listen((response, request) => {
    const reply =
      request.method === 'DELETE'
        ? replyWithJson({ record: { status: title } }, 202)
        : replyWithJson({ detail: title }, 409);
    reply(response, request);
  });

  const cancelled = await runCommand(['cancel', 'whale', '--api', api.baseUrl]);
  const shown = await runCommand(['show', 'whale', '--api', api.baseUrl]);

  expect(cancelled.stdout).toBe('whale -> ·]0;title·\n');
  expect(shown.stderr).toBe('ocr-courier: ·]0;title·\n');
});

it('says in one line that the API cannot be reached', async () => {
  const result = await runCommand(['cancel', 'whale', '--api', 'http://127.0.0.1:2']);

  expect(result).toMatchObject({
    status: 1,
    stderr: 'ocr-courier: 127.0.0.1:2 could not be reached (ECONNREFUSED)\n',
  });
});

it.each([
  ['a page', replyWith(200, '<!doctype html>'), 200],
  ['an unknown path', replyWithJson({ message: 'Not Found' }, 404), 404],
])(
  'says in one line that the address is not that of the API, which responds with %s',
  async (_, reply, status) => {
    const api = await listen(reply);

    const result = await runCommand(['show', 'whale', '--api', api.baseUrl]);

    expect(result).toEqual({
      status: 1,
      stdout: '',
      stderr: `ocr-courier: ${new URL(api.baseUrl).host} responded with HTTP ${status}, not as the HTTP API of ocr-courier does; --api takes the output ApiUrl of the stack\n`,
    });
  },
);

it('does not blame the authorization for a link that S3 refuses', async () => {
  const api = await listen((response, request) => {
    if (request.url.startsWith('/s3')) return replyWith(403)(response, request);
    const manifestUrl = `http://${response.req.headers.host}/s3`;
    const task = { taskId: 'whale', manifestKey: 'manifest.json', results: [], manifestUrl };
    replyWithJson(task)(response, request);
  });

  const { status, stderr } = await runCommand(['download', 'whale', '--api', api.baseUrl], {
    directory: await newDirectory(),
  });

  expect(stderr).toMatch(
    /\nocr-courier: Document manifest\.json of task whale: S3 responded with HTTP 403\n$/,
  );
  expect(status).toBe(1);
});

it.each([
  [['download', 'whale'], 'downloading', /^ocr-courier: interrupted$/],
  [
    ['batch', 'list.txt'],
    'starting batch',
    /^ocr-courier: the batch may have been started; to continue: .* --resume batch-/,
  ],
])(
  '%j exits with one line and status 130 on Ctrl-C, while the API does not respond',
  async (args, stopAt, line) => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'list.txt'), 'whale');
    const api = await listen(() => {});

    const { status, stderr } = await runCommand([...args, '--api', api.baseUrl], {
      directory,
      onStderr: interruptAt(stopAt),
    });

    const [, ...lines] = stderr.trimEnd().split('\n');
    expect(lines).toEqual([expect.stringMatching(line)]);
    expect(status).toBe(130);
  },
);

it("refuses to replace another batch's results", async () => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'results.csv'), '');

  const args = ['batch', '--images', SAMPLES, '--out', directory, '--api', 'http://127.0.0.1:2'];
  const { status, stderr } = await runCommand(args);

  expect(stderr).toBe(
    `ocr-courier: --out: got '${directory}', which contains the results.csv of another batch or program; allowed: a directory without results, or a new one (see --help)\n`,
  );
  expect(status).toBe(2);
});
