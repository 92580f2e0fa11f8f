import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { newDirectory, runCommand, SAMPLES } from '../../support/run-command.ts';
import { expectUsageError } from '../../support/usage-error.ts';

const letter = join(SAMPLES, 'letter.png');

it.concurrent.each([
  [['recognize'], "missing required argument 'file'"],
  [['collect', 'abc', '--operation', 'Recognize'], "--operation: got 'Recognize'; allowed: one of"],
  [['collect', 'abc', '--submitted-at', 'today'], "--submitted-at: got 'today'; allowed: an ISO 8601"],
  [['collect', 'abc', '--polling', '{'], '--polling: got 1 characters that are not JSON'],
  [['collect', 'abc', '--polling', '{"speed":1}'], '--polling.speed: got a field that does not exist'],
  [['serve', '--polling', '{"maxPolls":0}'], '--polling.maxPolls: got 0; allowed: a whole number'],
  [['serve', '--port', '0'], "--port: got '0'; allowed: a free port"],
  [['--out', ''], '--out: got an empty value; allowed: a value, or no such option'],
  [['collect', 'abc', '--out='], '--out: got an empty value'],
  [['collect', 'abc', '--submitted-at', ''], '--submitted-at: got an empty value'],
  [['collect', ''], 'TASK_ID: got'],
  [['serve', '--data', ''], '--data: got an empty value'],
  [['serve', '--port', ''], '--port: got an empty value'],
  [['simulator', '--hold-get', 'long'], "--hold-get: got 'long'; allowed: seconds, at most 3600"],
  [['simulator', '--hold-get', '3601'], "--hold-get: got '3601'; allowed: seconds"],
  [['serve', 'page'], 'too many arguments'],
  [['inbox'], "missing required argument 'dir'"],
  [['inbox', '.', '--setting', 'makeSkewCorrect=maybe'], "--setting makeSkewCorrect: got 'maybe'"],
  [['inbox', '.', '--result-type', 'Docx'], "--result-type: got 'Docx' for RecognizeImage; allowed: Text"],
  [['inbox', '.', '--language', 'English', '--setting', 'language=German'], '--language: got two values'],
  [['inbox', '.', '--region', '1,2,3,4'], "unknown option '--region'"],
  [['inbox', '.', '--operation', 'RecognizeTable'], 'operation: got RecognizeTable'],
])('rejects %j: %s', async (args, message) => {
  await expectUsageError(args, message);
});

it.concurrent.each([
  [[''], "FILE: got '', which cannot be read"],
  [
    [letter, '--language', 'English', '--setting', 'LANGUAGE=German'],
    '--language: got two values; allowed: one value',
  ],
  [
    [letter, '--region', '1,1,9,9', '--setting', 'regions=2,2,9,9'],
    '--region: got two values; allowed: one value',
  ],
  [[letter, '--out', ''], '--out: got an empty value'],
  [[letter, '--language', ''], '--language: got an empty value'],
  [[letter, '--region', ''], "--region: got ''"],
  [[letter, 'more'], 'too many arguments'],
  [[letter, '--fast'], "unknown option '--fast'"],
  [[letter, '--operation', 'Recognize'], "--operation: got 'Recognize'; allowed: Recogn"],
  [[letter, '--operation', 'IdentifyFont'], 'operation: got IdentifyFont'],
  [
    [letter, '--operation', 'RecognizeRegions'],
    '--region: got nothing; allowed: an array of 1 to 1000 regions',
  ],
  [[letter, '--operation', 'RecognizeLabel', '--region', '1,2,3,4'], '--region: got one for RecognizeLabel'],
  [[letter, '--region', '1,2,3'], "--region: got '1,2,3'; allowed: x1,y1,x2,y2"],
  [[letter, '--region', '9,9,5,20'], 'with x1 below x2'],
  [[letter, '--result-type', 'Docx'], "--result-type: got 'Docx' for RecognizeImage; allowed: Text, Pdf"],
  [
    [letter, '--operation', 'DetectRegions', '--result-type', 'Pdf'],
    "--result-type: got 'Pdf' for DetectRegions; allowed: JSON (see",
  ],
  [
    [letter, '--operation', 'UpscaleImage', '--result-type', 'Text'],
    "got 'Text' for UpscaleImage; allowed: ImagePNG (see",
  ],
  [[letter, '--language', 'Klingon'], "--language: got 'Klingon'; allowed: one of English"],
  [[letter, '--setting', 'makeSkewCorrect'], "--setting: got 'makeSkewCorrect'; allowed: name=value"],
  [
    [letter, '--setting', 'makeSkewCorrect=maybe'],
    "--setting makeSkewCorrect: got 'maybe'; allowed: true or",
  ],
  [[letter, '--setting', 'rotate=361'], '--setting rotate: got 361; allowed: a whole number from -360'],
  [[letter, '--setting', 'rotate=1', '--setting', 'rotate=2'], '--setting: got rotate twice; allowed: each'],
  [[letter, '--operation', 'DeskewImage', '--setting', 'rotate=1'], 'because DeskewImage has no settings'],
  [[letter, '--trial', '--operation', 'RecognizeLabel'], 'has no evaluation twin'],
  [[letter, '--out', letter], 'which is a file, or lies below one; allowed: a writable dir'],
  [[letter, '--out', join(letter, 'new')], 'which is a file, or lies below one'],
  [[letter, '--out', 'x'.repeat(300)], 'which is not writable (ENAMETOOLONG); allowed: a writable dir'],
])('rejects recognize %j: %s', async (args, message) => {
  await expectUsageError(['recognize', ...args], message);
});

it.concurrent.each([
  ['collect', '--help'],
  ['serve', '--help'],
])('documents options, environment and exit status with %s %s', async (...args) => {
  const { status, stdout } = await runCommand(args.filter(Boolean));

  expect(status).toBe(0);
  expect(stdout).toContain('ASPOSE_BASE_URL');
  expect(stdout).toContain('Exit status');
});

it.concurrent.each([
  ['<html></html>', 'is text'],
  ['', 'is an empty file'],
])('rejects a file with %j as an image', async (content, problem) => {
  const directory = await newDirectory();
  await writeFile(join(directory, 'fake.png'), content);

  const { status, stderr } = await runCommand(['recognize', 'fake.png'], { directory });

  expect(status).toBe(2);
  expect(stderr).toContain(`fake.png', which ${problem}; allowed: an image`);
});
