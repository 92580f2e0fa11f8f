import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDataDirectory } from '../../../cli/data-directory.ts';
import { createItemStore } from '../../../local/embedded-aws/item-store.ts';
import { pollsSchema, recognizedSchema } from '../../../local/serve/page-contract.ts';
import { newDirectory, recall, runCommand, SAMPLES } from '../../support/run-command.ts';
import { startServe } from '../../support/serve-process.ts';

const sample = (name: string) => join(SAMPLES, name);

it.concurrent('recognizes an image, prints its events, and exits with status 0 on Ctrl-C', async () => {
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

it.concurrent('exits with one line and status 2 when the port is in use', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  const { status, stdout, stderr } = await runCommand(['serve', '--port', String(port)]);

  expect(stderr).toBe(
    `ocr-courier: --port: got ${port}, which is in use; allowed: a free port from 1 to 65535 (see --help)\n`,
  );
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

it.concurrent('exits with one line and status 2 when a record of --data is damaged', async () => {
  const directory = await newDirectory();
  {
    using data = openDataDirectory(directory);
    createItemStore(data.database).write([{ key: Buffer.from('key'), value: Buffer.from('value') }]);
    data.database.exec('UPDATE items SET checksum = 0');
  }

  const { status, stdout, stderr } = await runCommand(['serve', '--data', directory]);

  expect(stderr.split('\n').slice(1)).toEqual([
    `ocr-courier: --data: got '${directory}', which has a damaged record of a task; allowed: a new directory, an empty one, or an undamaged one of an earlier serve with the same Aspose; to start over, delete it (see --help)`,
    '',
  ]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
