import { expect, it } from 'vitest';
import { type BatchOptions, planBatch } from '../../../cli/batch/batch-plan.ts';

const plan = (list: string | undefined, options: BatchOptions = {}) =>
  planBatch(list, options, { maxConcurrency: 16 });

it('passes the options of a list to the HTTP API', () => {
  const options = { operation: 'RecognizePdf', concurrency: '3', rate: '0.5', polling: { preset: 'eager' } };

  expect(plan('ids.txt', options)).toEqual({
    kind: 'list',
    list: 'ids.txt',
    batchId: expect.stringMatching(/^batch-\d{8}-[a-z0-9]{6}$/),
    request: {
      operation: 'RecognizePdf',
      concurrency: 3,
      requestsPerSecond: 0.5,
      polling: { preset: 'eager' },
    },
  });
});

it('reads the settings of images from their own options', () => {
  const options = { images: 'scans', language: 'German', setting: ['rotate=90'] };

  expect(plan(undefined, options)).toMatchObject({
    kind: 'images',
    directory: 'scans',
    request: { operation: 'RecognizeImage', settings: { language: 'German', rotate: 90 } },
  });
});

it('names the batch of a retry as the HTTP API does', () => {
  expect(plan(undefined, { retry: 'scans-r1' })).toEqual({
    kind: 'retry',
    batchId: 'scans-r2',
    retryOf: 'scans-r1',
  });
});

it.each<[string | undefined, BatchOptions, string]>([
  [undefined, {}, 'batch: got nothing; allowed: exactly one of LIST, --images, --resume and --retry'],
  ['ids.txt', { images: 'scans' }, 'got LIST and --images; allowed: exactly one'],
  [undefined, { resume: 'a', retry: 'b' }, 'got --resume and --retry; allowed: exactly one'],
  [
    undefined,
    { resume: 'a', concurrency: '2' },
    'concurrency: got a value with --resume; allowed: only with a new batch',
  ],
  [
    undefined,
    { retry: 'a', setting: ['rotate=90'] },
    'setting: got a value with --retry; allowed: only with a new batch',
  ],
  [undefined, { resume: 'a/b' }, 'resume: got a string of 3 characters'],
  ['ids.txt', { language: 'German' }, 'language: got a value with LIST; allowed: only with --images'],
  ['ids.txt', { operation: 'Read' }, "operation: got 'Read'; allowed: one of "],
  ['ids.txt', { concurrency: '17' }, 'concurrency: got 17; allowed: a whole number from 1 to 16'],
  ['ids.txt', { concurrency: 'many' }, "concurrency: got 'many'; allowed: a whole number"],
  ['ids.txt', { rate: '0' }, 'rate: got 0; allowed: a number from 0.1 to 10000'],
  ['ids.txt', { polling: { maxPolls: 0 } }, 'polling.maxPolls: got 0'],
])('refuses LIST %j with %j: %s', (list, options, message) => {
  expect(() => plan(list, options)).toThrow(message);
});
