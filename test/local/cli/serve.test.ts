import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { TASK_API_ROUTES } from '../../../functions/contracts/http-api.ts';
import { startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { pollsSchema, recognizedSchema } from '../../../local/serve/page-contract.ts';
import { recall, runCommand, SAMPLES } from '../../support/run-command.ts';
import { startServe } from '../../support/serve-process.ts';

const sample = (name: string) => join(SAMPLES, name);

it.concurrent('recognises an image, prints its events, and ends with status 0 at Ctrl-C', async () => {
  await using serve = await startServe();

  const submitted = await fetch(`${serve.url}/local/recognize`, {
    method: 'POST',
    body: await readFile(sample('letter.png')),
  });
  const { taskId } = recognizedSchema.parse(await submitted.json());
  const event = await serve.line('OCR Task Completed');
  const document = await fetch(`${serve.url}/local/tasks/${taskId}/documents/0`);
  const shown = await document.text();
  const kept = await (await fetch(`${serve.url}/tasks/${taskId}/results/0`)).text();
  const polled = await fetch(`${serve.url}/local/tasks/${taskId}/polls`);
  const polls = pollsSchema.parse(await polled.json());
  const status = await serve.interrupt();

  expect(event).toContain(`${taskId}, Completed, ${polls.length} poll`);
  expect(recall(shown, await readFile(sample('letter.txt'), 'utf8'))).toBeGreaterThan(0.95);
  expect(kept).toBe(shown);
  expect(status).toBe(0);
});

it.concurrent('prints a line for the shell for each route', async () => {
  await using serve = await startServe();

  const paths = TASK_API_ROUTES.map(({ path }) =>
    path.replace('{taskId}', 'TASK_ID').replace('{index}', '0'),
  );
  const curl = serve.lines.filter((line) => line.startsWith('curl ')).join('\n');

  for (const path of paths) expect(curl).toMatch(new RegExp(`'${serve.url}${path}['?]`));
});

it.concurrent('ends at once at Ctrl-C while it collects and is watched', async () => {
  await using serve = await startServe();
  const watching = await fetch(`${serve.url}/local/activity`);
  const file = await readFile(sample('letter.png'));
  await fetch(`${serve.url}/local/recognize`, { method: 'POST', body: file });

  const status = await serve.interrupt();

  await expect(watching.text()).rejects.toThrow();
  expect(status).toBe(0);
});

it.concurrent('answers a taken port with one line and status 2', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const { status, stdout, stderr } = await runCommand(['serve', '--port', String(port)]);

  expect(stderr).toBe(
    `ocr-courier: --port: got ${port}, which is taken; allowed: a free port from 1 to 65535 (--help tells more)\n`,
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

it.concurrent('collects by the polling policy that it is given', async () => {
  await using aspose = await startAsposeSimulator();
  aspose.script('endless', [{ taskStatus: 'Pending' }]);
  const environment = {
    ASPOSE_BASE_URL: aspose.baseUrl,
    ASPOSE_CLIENT_ID: aspose.credentials.clientId,
    ASPOSE_CLIENT_SECRET: aspose.credentials.clientSecret,
  };
  await using serve = await startServe(environment, [
    '--polling',
    '{"maxPolls":1,"firstPollDelaySeconds":0}',
  ]);

  await fetch(`${serve.url}/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ taskId: 'endless' }),
  });

  expect(await serve.line('OCR Task Timed Out')).toContain('endless, TimedOut');
});
