import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newDirectory, runCommand, runShell, SAMPLES } from '../../support/run-command.ts';
import { expectUsageError } from '../../support/usage-error.ts';

const letter = join(SAMPLES, 'letter.png');
/** A directory with another program's manifest. */
const foreign = await newDirectory();
await writeFile(join(foreign, 'manifest.json'), '{"name": "a web app"}');
const text = join(SAMPLES, 'letter.txt');

it.concurrent.each([
  [
    ['fetch'],
    "got the command 'fetch'; allowed: recognize, collect, inbox, batch, list, show, cancel, download, serve, search, simulator",
  ],
  [['--json', 'collect', 'abc'], '--json: got it before the command; allowed: after the command'],
  [['collect', 'a/b'], 'TASK_ID: got a string of 3 characters'],
  [['collect', 'abc', '--polling', '{"maxPolls":-1}'], '--polling.maxPolls: got -1; allowed: a whole'],
  [['serve', '--port', '65536'], "--port: got '65536'; allowed: a free port from 1 to 65535"],
  [['serve', '--data', letter], "letter.png', which is a file, or lies below one; allowed: a new dir"],
  [['collect', 'abc'], 'TASK_ID: got abc, but each command has its own simulator'],
  [['simulator', '--port', '99999'], "--port: got '99999'; allowed: a free port from 1 to 65535"],
  [['inbox', 'nowhere'], "DIR: got 'nowhere', which does not exist; allowed: a directory that exists"],
  [['inbox', '.', '--language', 'Klingon'], "--language: got 'Klingon'; allowed: one of English"],
])('rejects %j: %s', async (args, message) => {
  await expectUsageError(args, message);
});

it.concurrent.each([
  [['nowhere.png'], "FILE: got 'nowhere.png', which cannot be read (ENOENT); allowed: a readable file"],
  [[text], "letter.txt', which is text; allowed: an image (JPEG, PNG"],
  [[letter, '--jsno'], "unknown option '--jsno' (Did you mean --json?) (see --help"],
  [
    [letter, '--operation', 'RecognizePdf'],
    'which is an image (PNG); allowed: a PDF document for RecognizePdf (see',
  ],
  [
    [letter, '--region', '0,0,9999,9'],
    '--region: got bottom right corner 9999, 9; allowed: a corner within the image of 1240 x 1000 pixels',
  ],
  [[letter, '--language', 'German'], 'language: got German, whose data is not installed'],
  [[letter, '--setting', 'colour=blue'], '--setting colour: got a field that does not exist; allowed'],
  [
    [letter, '--result-type', 'Text', '--setting', 'resultType=Pdf'],
    '--result-type: got two values; allowed: one value',
  ],
  [[letter, '--out', foreign], 'which contains a manifest.json of another program'],
])('rejects recognize %j: %s', async (args, message) => {
  await expectUsageError(['recognize', ...args], message);
});

it.concurrent.each([
  [{ ASPOSE_BASE_URL: 'http://example.com' }, 'ASPOSE_BASE_URL: got http://example.com'],
  [{ ASPOSE_CLIENT_ID: 'id' }, 'ASPOSE_CLIENT_SECRET: got nothing'],
])('rejects the environment %j: %s', async (environment, message) => {
  await expectUsageError(['collect', 'abc'], message, environment);
});

it.concurrent.each([['--help'], ['recognize', '--help']])(
  'documents options, environment and exit status with %s %s',
  async (...args) => {
    const { status, stdout } = await runCommand(args.filter(Boolean));

    expect(status).toBe(0);
    expect(stdout).toContain('ASPOSE_BASE_URL');
    expect(stdout).toContain('Exit status');
  },
);

it.concurrent('rejects a file without pixels as an image', async () => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'fake.png'), 'no pixels');

  const { status, stderr } = await runCommand(['recognize', 'fake.png'], { directory });

  expect(status).toBe(2);
  expect(stderr).toContain("fake.png', which is text; allowed: an image");
});

it.runIf(existsSync('/dev/full'))('reports in one line that its output cannot be written', async () => {
  const { stderr } = await runShell('"$NODE" "$MAIN" --help >/dev/full');

  expect(stderr).toBe('ocr-courier: the output could not be written (ENOSPC)\n');
});

it.concurrent('exits quietly when the reader of its output disconnects', async () => {
  const { stdout, stderr } = await runShell('"$NODE" "$MAIN" recognize --help | head -1');

  expect(stdout).toBe('Usage: npm start -- recognize [options] <file>\n');
  expect(stderr).toBe('');
});
