import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { base64 } from '../../support/responses.ts';
import { newDirectory, runCommand } from '../../support/run-command.ts';

let aspose: AsposeSimulator;
beforeAll(async () => {
  aspose = await startAsposeSimulator();
});
afterAll(() => aspose.close());

const environment = () => ({
  ASPOSE_BASE_URL: aspose.baseUrl,
  ASPOSE_CLIENT_ID: aspose.credentials.clientId,
  ASPOSE_CLIENT_SECRET: aspose.credentials.clientSecret,
});

it.concurrent('prints one JSON document with event, record, execution and documents, and writes the documents', async () => {
  aspose.script('done', [
    { taskStatus: 'Pending' },
    {
      taskStatus: 'Completed',
      results: [
        { type: 'Text', data: base64('whale') },
        { type: 'Pdf', data: null },
      ],
    },
  ]);
  const directory = await newDirectory();

  const args = ['collect', 'done', '--json', '--out', 'here', '--polling', '{"preset":"eager"}'];
  const { status, stdout } = await runCommand(args, { environment: environment(), directory });

  const { event, record, execution, documents } = JSON.parse(stdout);
  expect(status).toBe(0);
  expect(event).toMatchObject({
    source: 'ocr-courier',
    'detail-type': 'OCR Task Completed',
    detail: { taskId: 'done' },
  });
  expect(record).toMatchObject({ taskId: 'done', outcome: 'Completed', attempts: 2 });
  expect(execution).toMatchObject({ status: 'SUCCEEDED', executionArn: record.executionArn });
  expect(documents).toMatchObject([
    { index: 0, type: 'Text', path: '0.txt', key: 'results/RecognizeImage/done/0.txt', bytes: 5 },
    { index: 1, type: 'Pdf', path: null, key: null },
  ]);
  expect(await readFile(join(directory, 'here', '0.txt'), 'utf8')).toBe('whale');
  expect(JSON.parse(await readFile(join(directory, 'here', 'manifest.json'), 'utf8')).results).toHaveLength(
    2,
  );
});

it.concurrent('shows the progress on stderr in plain lines, and for people outcome, preview, record and event', async () => {
  aspose.script('shown', [
    { taskStatus: 'Processing' },
    { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('a whale\nwith \u001b[31mcolours') }] },
  ]);

  const { status, stdout, stderr } = await runCommand(['collect', 'shown'], {
    environment: environment(),
    directory: await newDirectory(),
  });

  expect(status).toBe(0);
  expect(stderr).toMatch(
    /Processing · poll 1 · next poll in \d+\.\d s\n.*Completed · poll 2 · ends as Completed\n/,
  );
  expect(stdout).toMatch(/\nCompleted after \d+\.\d s and 2 polls\.\n/);
  expect(stdout).toContain('    a whale\n    with ·[31mcolours\n');
  expect(stdout).toContain('Written to out/shown/');
  expect(stdout).toContain('Task record: {');
  expect(stdout).toContain("'detail-type': 'OCR Task Completed'");
  expect(stdout + stderr).not.toContain('\u001b');
});

it.concurrent('says in one line where a document could not be written, with status 1', async () => {
  aspose.script('unwritten', [
    { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('whale') }] },
  ]);
  const directory = await newDirectory();
  await mkdir(join(directory, 'here', '0.txt'), { recursive: true });

  const { status, stdout, stderr } = await runCommand(['collect', 'unwritten', '--out', 'here'], {
    environment: environment(),
    directory,
  });

  expect(stderr).toMatch(/here': the documents of results\/.* could not be written there \(EISDIR\)\n$/);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

it.concurrent.each([
  { taskId: 'broken', answers: [{ taskStatus: 'Error' }], outcome: 'Failed' },
  { taskId: 'unknown', answers: [{ taskStatus: 'NotExist' }], outcome: 'NotFound' },
  { taskId: 'endless', answers: [{ taskStatus: 'Pending' }], outcome: 'TimedOut' },
])('ends with status 1 when a task is $outcome', async ({ taskId, answers, outcome }) => {
  aspose.script(taskId, answers);

  const args = ['collect', taskId, '--json', '--polling', '{"timeoutSeconds":3,"firstPollDelaySeconds":0}'];
  const { status, stdout } = await runCommand(args, {
    environment: environment(),
    directory: await newDirectory(),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    event: { detail: { outcome } },
    record: { outcome },
    documents: [],
  });
});

it.concurrent('ends as CredentialsRejected with a wrong secret', async () => {
  const { status, stdout } = await runCommand(['collect', 'any', '--json'], {
    environment: { ...environment(), ASPOSE_CLIENT_SECRET: 'wrong' },
    directory: await newDirectory(),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ event: { detail: { reason: 'CredentialsRejected' } } });
  expect(stdout).not.toContain('wrong');
});

it.concurrent('cancels the task on Ctrl-C, and still tells what came of it', async () => {
  aspose.script('cancelled', [{ taskStatus: 'Pending' }]);
  let interrupted = false;

  const { status, stdout } = await runCommand(['collect', 'cancelled', '--json'], {
    environment: environment(),
    directory: await newDirectory(),
    onStderr(text, kill) {
      // Once: a second one ends the process.
      if (interrupted || !text.includes('poll 1')) return;
      interrupted = true;
      kill('SIGINT');
    },
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    event: { 'detail-type': 'OCR Task Cancelled' },
    record: { outcome: 'Cancelled' },
    execution: { status: 'ABORTED' },
  });
});
