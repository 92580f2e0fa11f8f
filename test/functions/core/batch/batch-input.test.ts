import { describe, expect, it } from 'vitest';
import { parseBatchInput } from '../../../../functions/core/batch/batch-input.ts';

const list = { bucket: 'scans', key: 'a.csv' };

describe('the input of a batch', () => {
  it.each([{ tasks: ['a'] }, { list }, { images: { bucket: 'scans', prefix: 'a/' } }, { retryOf: 'monday' }])(
    'names its items by %j',
    (input) => {
      expect(parseBatchInput(input)).toEqual({ ...input, operation: 'RecognizeImage', concurrency: 10 });
    },
  );

  it.each([
    [{}, 'input: got nothing; allowed: exactly one of tasks, list, images, retryOf'],
    [{ tasks: [], list }, 'input: got tasks and list; allowed: exactly one of tasks, list, images, retryOf'],
    [
      { list, priority: 1 },
      'priority: got a field that does not exist; allowed: an object with any of tasks, ',
    ],
    [{ list, concurrency: 0 }, 'concurrency: got 0; allowed: a whole number from 1 to 1000'],
    [{ tasks: Array(1001).fill('a') }, 'tasks: got an array of 1001; allowed: at most 1000 tasks'],
    [{ retryOf: 'a/b' }, 'retryOf: got a string of 3 characters, with "/" at 2; allowed: '],
    ['a', "input: got 'a'; allowed: an object with any of "],
  ])('is refused as %j', (input, message) => {
    expect(() => parseBatchInput(input)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', message: expect.stringContaining(message) }),
    );
  });
});
