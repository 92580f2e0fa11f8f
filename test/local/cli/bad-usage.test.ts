import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newDirectory, runCommand, runShell, SAMPLES } from '../../support/run-command.ts';

const letter = join(SAMPLES, 'letter.png');

it.concurrent.each<{ args: string[]; says: string; environment?: Record<string, string> }>([
  { args: ['fetch'], says: "got the command 'fetch'; allowed: recognize, collect, serve" },
  { args: ['recognize'], says: "missing required argument 'file'" },
  { args: ['recognize', letter, 'more'], says: 'too many arguments' },
  { args: ['recognize', letter, '--fast'], says: "unknown option '--fast'" },
  { args: ['recognize', letter, '--jsno'], says: "unknown option '--jsno' (Did you mean --json?) (--help" },
  { args: ['recognize', 'nowhere.png'], says: 'which cannot be read (ENOENT)' },
  {
    args: ['recognize', join(SAMPLES, 'letter.txt')],
    says: 'which is something else; allowed for RecognizeImage: an image',
  },
  {
    args: ['recognize', letter, '--operation', 'Recognize'],
    says: "--operation: got 'Recognize'; allowed: Recogn",
  },
  {
    args: ['recognize', letter, '--operation', 'RecognizePdf'],
    says: 'allowed for RecognizePdf: a PDF document',
  },
  {
    args: ['recognize', letter, '--operation', 'IdentifyFont'],
    says: 'operation: got IdentifyFont',
  },
  { args: ['recognize', letter, '--operation', 'RecognizeRegions'], says: '--region: got none' },
  { args: ['recognize', letter, '--region', '1,2,3'], says: "--region: got '1,2,3'; allowed: x1,y1,x2,y2" },
  { args: ['recognize', letter, '--region', '9,9,5,20'], says: 'with x1 below x2' },
  {
    args: ['recognize', letter, '--region', '0,0,9999,9'],
    says: 'outside the image; allowed: up to 1240,1000',
  },
  {
    args: ['recognize', letter, '--result-type', 'Docx'],
    says: "--result-type: got 'Docx'; allowed for Recogn",
  },
  { args: ['recognize', letter, '--language', 'Klingon'], says: 'language: got "Klingon"' },
  { args: ['recognize', letter, '--trial', '--operation', 'RecognizeLabel'], says: 'has no evaluation twin' },
  {
    args: ['recognize', letter, '--out', letter],
    says: 'which is a file, or lies below one; allowed: a dir',
  },
  { args: ['recognize', letter, '--out', join(letter, 'new')], says: 'which is a file, or lies below one' },
  { args: ['collect', 'a/b'], says: 'TASK_ID: got a string of 3 characters' },
  {
    args: ['collect', 'abc', '--operation', 'Recognize'],
    says: "--operation: got 'Recognize'; allowed: one of",
  },
  {
    args: ['collect', 'abc', '--submitted-at', 'today'],
    says: "--submitted-at: got 'today'; allowed: an ISO 8601",
  },
  { args: ['collect', 'abc', '--polling', '{'], says: '--polling: got 1 characters that are not JSON' },
  {
    args: ['collect', 'abc', '--polling', '{"maxPolls":-1}'],
    says: '--polling maxPolls: got -1; allowed: a whole',
  },
  {
    args: ['collect', 'abc', '--polling', '{"speed":1}'],
    says: '--polling speed: got a field that does not exist',
  },
  {
    args: ['serve', '--polling', '{"maxPolls":0}'],
    says: '--polling maxPolls: got 0; allowed: a whole number',
  },
  { args: ['serve', '--port', '65536'], says: "--port: got '65536'; allowed: a free port from 1 to 65535" },
  { args: ['serve', '--port', '0'], says: "--port: got '0'; allowed: a free port" },
  {
    args: ['serve', '--data', letter],
    says: "letter.png', which is a file, or lies below one; allowed: a dir",
  },
  { args: ['serve', 'page'], says: 'too many arguments' },
  {
    args: ['collect', 'abc'],
    environment: { ASPOSE_BASE_URL: 'http://example.com' },
    says: 'ASPOSE_BASE_URL: got',
  },
  {
    args: ['collect', 'abc'],
    environment: { ASPOSE_CLIENT_ID: 'id' },
    says: 'ASPOSE_CLIENT_SECRET: got nothing',
  },
])('$args is answered with one line and status 2: $says', async ({ args, says, environment = {} }) => {
  const { status, stdout, stderr } = await runCommand(args, { environment, directory: await newDirectory() });

  expect(stderr).toContain(says);
  expect({ status, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
    status: 2,
    stdout: '',
    lines: 1,
  });
});

it.concurrent.each([['--help'], ['recognize', '--help'], ['collect', '--help'], ['serve', '--help']])(
  '%s %s tells of options, environment and exit status',
  async (...args) => {
    const { status, stdout } = await runCommand(args.filter(Boolean));

    expect(status).toBe(0);
    expect(stdout).toContain('ASPOSE_BASE_URL');
    expect(stdout).toContain('Exit status');
  },
);

it.concurrent.each([
  ['no pixels', 'something else'],
  ['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'something else'],
  ['', 'empty'],
])('says of a file with %j that it is no image', async (content, what) => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'fake.png'), content);

  const { status, stderr } = await runCommand(['recognize', 'fake.png'], { directory });

  expect(status).toBe(2);
  expect(stderr).toContain(`fake.png', which is ${what}; allowed for RecognizeImage`);
});

it.runIf(existsSync('/dev/full'))('says in one line that its output cannot be written', async () => {
  const { stderr } = await runShell('"$NODE" "$MAIN" --help >/dev/full');

  expect(stderr).toBe('ocr-courier: the output could not be written (ENOSPC)\n');
});

it.concurrent('ends quietly when nobody reads its output to the end', async () => {
  const { stdout, stderr } = await runShell('"$NODE" "$MAIN" recognize --help | head -1');

  expect(stdout).toBe('Usage: npm start -- recognize [options] <file>\n');
  expect(stderr).toBe('');
});
