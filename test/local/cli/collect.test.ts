import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AsposeSimulator, startAsposeSimulator } from '../../../local/aspose-simulator/server.ts';
import { base64 } from '../../support/responses.ts';
import { asposeEnvironment, interruptAt, newDirectory, runCommand } from '../../support/run-command.ts';

let aspose: AsposeSimulator;
beforeAll(async () => {
  aspose = await startAsposeSimulator();
});
afterAll(() => aspose.close());

it.concurrent('writes the documents, and prints one JSON document with --json', async () => {
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
  const { status, stdout } = await runCommand(args, { environment: asposeEnvironment(aspose), directory });

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

it.concurrent('prints progress to stderr, and text, location and outcome to stdout', async () => {
  aspose.script('shown', [
    { taskStatus: 'Processing' },
    { taskStatus: 'Completed', results: [{ type: 'Text', data: base64('a whale\nwith \u001b[31mcolors') }] },
  ]);

  const { status, stdout, stderr } = await runCommand(['collect', 'shown'], {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
  });

  expect(status).toBe(0);
  expect(stderr).toMatch(
    /Processing · poll 1 · next poll in \d+\.\d s\n.*Completed · poll 2 · ends as Completed\n/,
  );
  expect(stdout).toMatch(
    /^out\/shown\/0\.txt \(Text, \d+ bytes\):\n {4}a whale\n {4}with ·\[31mcolors\n\nManifest: out\/shown\/manifest\.json\n\nCompleted after \d+\.\d s and 2 polls\.\n$/,
  );
  expect(stdout + stderr).not.toContain('\u001b');
});

it.concurrent('writes nothing when a document would replace a file of another program', async () => {
  aspose.script('unwritten', [
    {
      taskStatus: 'Completed',
      results: [
        { type: 'Text', data: base64('whale') },
        { type: 'Text', data: base64('sea') },
      ],
    },
  ]);
  const directory = await newDirectory();
  await mkdir(join(directory, 'here'));
  await writeFile(join(directory, 'here', '1.txt'), 'foreign');

  const { status, stdout, stderr } = await runCommand(['collect', 'unwritten', '--out', 'here'], {
    environment: asposeEnvironment(aspose),
    directory,
  });

  expect(stderr).toMatch(
    /The documents of results\/.* could not be written to '.*here' \(1\.txt is there, and no earlier run wrote it\); .*--out\n$/,
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(await readdir(join(directory, 'here'))).toEqual(['1.txt']);
  expect(await readFile(join(directory, 'here', '1.txt'), 'utf8')).toBe('foreign');
});

it.concurrent.each([
  { taskId: 'broken', responses: [{ taskStatus: 'Error' }], outcome: 'Failed' },
  { taskId: 'unknown', responses: [{ taskStatus: 'NotExist' }], outcome: 'NotFound' },
  { taskId: 'endless', responses: [{ taskStatus: 'Pending' }], outcome: 'TimedOut' },
])('exits with status 1 when the task is $outcome', async ({ taskId, responses, outcome }) => {
  aspose.script(taskId, responses);

  const args = ['collect', taskId, '--json', '--polling', '{"maxPolls":2,"firstPollDelaySeconds":0}'];
  const { status, stdout } = await runCommand(args, {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    event: { detail: { outcome } },
    record: { outcome },
    documents: [],
  });
});

it.concurrent('ends the task as CredentialsRejected when the secret is wrong', async () => {
  const { status, stdout } = await runCommand(['collect', 'any', '--json'], {
    environment: { ...asposeEnvironment(aspose), ASPOSE_CLIENT_SECRET: 'wrong' },
    directory: await newDirectory(),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ event: { detail: { reason: 'CredentialsRejected' } } });
  expect(stdout).not.toContain('wrong');
});

it.concurrent('cancels the task on Ctrl-C, and still prints the report', async () => {
  aspose.script('cancelled', [{ taskStatus: 'Pending' }]);

  const { status, stdout } = await runCommand(['collect', 'cancelled', '--json'], {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
    onStderr: interruptAt('poll 1'),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    event: { 'detail-type': 'OCR Task Cancelled' },
    record: { outcome: 'Cancelled' },
    execution: { status: 'ABORTED' },
  });
});

it.concurrent('ends at once when Ctrl-C arrives before the collection starts', async () => {
  const { status, stderr } = await runCommand(['collect', 'early'], {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
    onStderr: interruptAt('starting the embedded AWS'),
  });

  expect(stderr).toContain('ocr-courier: cancelled before anything was started\n');
  expect(status).toBe(1);
});
