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

it.concurrent('ends the task as CredentialsRejected when the secret is wrong', async () => {
  const { status, stdout } = await runCommand(['collect', 'any', '--json'], {
    environment: { ...asposeEnvironment(aspose), ASPOSE_CLIENT_SECRET: 'wrong' },
    directory: await newDirectory(),
  });

  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ event: { detail: { reason: 'CredentialsRejected' } } });
  expect(stdout).not.toContain('wrong');
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

it.concurrent('ends at once when Ctrl-C arrives before the collection starts', async () => {
  const { status, stderr } = await runCommand(['collect', 'early'], {
    environment: asposeEnvironment(aspose),
    directory: await newDirectory(),
    onStderr: interruptAt('starting the embedded AWS'),
  });

  expect(stderr).toContain('ocr-courier: cancelled before anything was started\n');
  expect(status).toBe(1);
});
