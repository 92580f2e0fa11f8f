import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openBatchState } from '../../../../local/cli/batch/batch-state.ts';
import { newDirectory, runCommand, SAMPLES } from '../../../support/run-command.ts';
import { expectUsageError } from '../../../support/usage-error.ts';

const directory = await newDirectory();
const list = join(directory, 'ids.txt');
await writeFile(list, 'one\ntwo/three\n');
const valid = join(directory, 'valid.txt');
await writeFile(valid, 'one\n');
const taken = join(directory, 'taken');
await mkdir(taken);
{
  using state = openBatchState(taken);
  state.data.hold('vendor', 'service', 'other');
  state.add('scans', { kind: 'start', body: {} });
}
const foreign = join(directory, 'foreign');
await mkdir(foreign);
await writeFile(join(foreign, 'results.csv'), 'mine');

const empty = join(directory, 'empty.txt');
await writeFile(empty, '');
const withFile = join(directory, 'withFile');
await mkdir(withFile);
await writeFile(join(withFile, 'letter.png'), 'mine');
const inUse = join(directory, 'inUse');
await mkdir(inUse);
const held = openBatchState(inUse);
afterAll(() => held[Symbol.dispose]());

/** Nothing listens there, and no test gets that far. */
const SERVICE = { ASPOSE_BASE_URL: 'http://127.0.0.1:9' };

it.concurrent.each([
  [['nowhere.txt'], "LIST: got 'nowhere.txt', which cannot be read (ENOENT); allowed: a readable file"],
  [[list], 'LIST: line 2: taskId: got a string of 9 characters, with "/" at 4; allowed: '],
  [[valid, '--images', '.'], 'batch: got LIST and --images; allowed: exactly one of LIST, --images'],
  [[valid, '--concurrency', '0'], '--concurrency: got 0; allowed: a whole number from 1 to 16'],
  [[valid, '--out', valid], "valid.txt', which is a file, or lies below one; allowed: a writable"],
  [[valid, '--out', foreign], "foreign', which contains the results.csv of another batch or program"],
  [[valid, '--out', taken], "taken', which has the state of scans; allowed: another directory"],
  [[valid, '--csv', directory], 'which is a directory; allowed: a writable file'],
  [[valid, '--polling', '{"maxPolls":0}'], '--polling.maxPolls: got 0; allowed: a whole number'],
  [
    ['--resume', 'unknown'],
    "--resume: got unknown, which is not in 'out/unknown'; allowed: the id of a batch",
  ],
  [['--resume', 'unknown', '--out', taken], '--resume: got unknown, which is not in'],
  [['--retry', 'unknown-r1'], "--retry: got unknown-r1, which is not in 'out/unknown'"],
])('rejects batch %j: %s', async (args, message) => {
  await expectUsageError(['batch', ...args], message, SERVICE);
});

it.concurrent.each([
  [[valid], 'LIST: got task ids, but each command has its own simulator'],
  [['--images', taken], "taken', in which there is no image; allowed: a folder with images"],
  [['--images', SAMPLES, '--operation', 'RecognizeReceipt', '--setting', 'a=b'], '--setting a: got a field'],
  [['nowhere.txt'], "LIST: got 'nowhere.txt', which cannot be read (ENOENT); allowed: a readable file"],
  [[empty], 'LIST: got no items; allowed: 1 to 1000000 items'],
  [
    ['--images', SAMPLES, '--out', withFile],
    "withFile', in which letter.png is a file, but the documents of that image need a directory",
  ],
  [
    ['--resume', 'scans', '--out', taken],
    'whose folder .batch holds a batch of a service that ASPOSE_* named; allowed: the same service: set ASPOSE_BASE_URL, ASPOSE_CLIENT_ID and ASPOSE_CLIENT_SECRET as at the start',
  ],
  [
    ['--resume', 'scans', '--out', inUse],
    'whose folder .batch another run is using; allowed: a directory that no other run uses: wait',
  ],
])('rejects batch %j with the simulator: %s', async (args, message) => {
  await expectUsageError(['batch', ...args], message);
});

it.concurrent('creates nothing when the list has a mistake', async () => {
  const empty = await newDirectory();

  await expectUsageError(['batch', list, '--out', join(empty, 'out')], 'line 2', SERVICE);

  await expect(mkdir(join(empty, 'out'))).resolves.toBeUndefined();
});

it.concurrent('documents the formats of lists in its help', async () => {
  const { status, stdout } = await runCommand(['batch', '--help']);

  expect(status).toBe(0);
  expect(stdout).toContain('LIST has one task id per line, or is JSON, JSON Lines or CSV');
  expect(stdout).toContain('130 when Ctrl-C interrupts batch');
});
