import { describe, expect, it } from 'vitest';
import { createItemParser } from '../../../../functions/core/batch/item-parser.ts';
import { aBatchInput } from '../../../support/batch-world.ts';
import { BUCKET, instantAfter, START, TASK_ID } from '../../../support/builders.ts';

const RULES = {
  batch: aBatchInput(),
  buckets: { bucket: BUCKET, sourceBuckets: ['scans', 'archive'] },
  startedAt: START,
};

const parse = (value: unknown, batch: Partial<typeof RULES.batch> = {}) =>
  createItemParser({ ...RULES, batch: { ...RULES.batch, ...batch } })({ place: 'line 17', value });

const image = { source: { bucket: 'scans', key: 'a.png' } };

describe('a task in a list', () => {
  it('may be an id', () => {
    expect(parse(TASK_ID)).toEqual({ taskId: TASK_ID, operation: 'RecognizeImage', generation: 1 });
  });

  it('keeps its own fields', () => {
    const task = {
      taskId: 'TTS1',
      operation: 'ConvertTextToSpeech',
      submittedAt: instantAfter(-60),
      correlation: 'ü\u2028😀',
      polling: { preset: 'frugal' },
      generation: 3,
    };

    expect(parse(task, { operation: 'RecognizePdf', polling: { preset: 'eager' } })).toEqual(task);
  });

  it('has the operation and the polling policy of the batch, but not its settings', () => {
    const batch = { operation: 'RecognizePdf', polling: { maxPolls: 3 }, settings: { rotate: 90 } } as const;

    expect(parse({ taskId: TASK_ID }, batch)).toEqual({
      taskId: TASK_ID,
      operation: 'RecognizePdf',
      generation: 1,
      polling: { maxPolls: 3 },
    });
  });

  it('may be too old to have a result', () => {
    expect(parse({ taskId: TASK_ID, submittedAt: instantAfter(-100_000) })).toHaveProperty('submittedAt');
  });

  it('may come from a clock that is 5 minutes ahead', () => {
    expect(parse({ taskId: TASK_ID, submittedAt: instantAfter(300) })).toHaveProperty('submittedAt');
  });
});

describe('an image in a list', () => {
  it('keeps its own fields', () => {
    const details = { settings: { rotate: 90 }, correlation: '1', polling: { maxPolls: 3 }, generation: 2 };

    expect(parse({ ...image, ...details, operation: 'RecognizePdf' })).toEqual({
      ...image,
      ...details,
      operation: 'RecognizePdf',
    });
  });

  it('has the operation, settings and polling policy of the batch', () => {
    const batch = { operation: 'RecognizeTable', settings: { rotate: 90 }, polling: {} } as const;

    expect(parse(image, batch)).toEqual({ ...image, generation: 1, ...batch });
  });

  it.each([
    { bucket: BUCKET, key: 'inbox/RecognizeImage/a.png' },
    { bucket: BUCKET, key: 'images/a.png' },
    { bucket: 'archive', key: 'results/a b+c ü.png', versionId: 'v' },
  ])('may be $bucket/$key', (source) => {
    expect(parse({ source })).toMatchObject({ source });
  });
});

describe('a malformed item', () => {
  const tooFar =
    'submittedAt: got an instant more than 5 minutes in the future; allowed: at most 5 minutes in the future';
  it.each([
    ['an id with a slash', 'a/b', 'taskId: got a string of 3 characters, with "/" at 2; allowed: 1 to 64 '],
    ['an empty id', '', 'taskId: got a string of 0 characters; allowed: 1 to 64 '],
    ['an id that is a number', { taskId: 5 }, 'taskId: got 5; allowed: 1 to 64 characters'],
    ['a number', 5, 'got 5; allowed: an object with any of taskId, source, operation, '],
    ['an array', [TASK_ID], 'got an array of 1; allowed: an object with any of '],
    ['null', null, 'got null; allowed: an object with any of '],
    ['nothing', {}, 'got neither taskId nor source; allowed: exactly one of taskId and source'],
    [
      'a task with an image',
      { taskId: TASK_ID, ...image },
      'got taskId and source; allowed: exactly one of ',
    ],
    ['an unknown field', { taskId: TASK_ID, priority: 1 }, 'priority: got a field that does not exist; '],
    [
      'an unknown operation',
      { taskId: TASK_ID, operation: 'Read' },
      "operation: got 'Read'; allowed: one of ",
    ],
    ['a correlation', { taskId: TASK_ID, correlation: '' }, 'correlation: got a string of 0 characters; '],
    [
      'a generation',
      { taskId: TASK_ID, generation: 0 },
      'generation: got 0; allowed: a whole number from 1 ',
    ],
    ['a policy', { taskId: TASK_ID, polling: { maxPolls: 0 } }, 'polling.maxPolls: got 0; allowed: '],
    [
      'a policy of text',
      { taskId: TASK_ID, polling: '{' },
      'polling: got a string of 1 character, with "{" at 1',
    ],
    [
      'a time',
      { taskId: TASK_ID, submittedAt: '2026-01-01' },
      'submittedAt: got a string of 10 characters; ',
    ],
    ['a time in the future', { taskId: TASK_ID, submittedAt: instantAfter(301) }, tooFar],
    [
      'a task with settings',
      { taskId: TASK_ID, settings: {} },
      'settings: got settings of a task; allowed: ',
    ],
    [
      'an image with a time',
      { ...image, submittedAt: instantAfter(0) },
      'submittedAt: got the time of an image; ',
    ],
    [
      'a source without a key',
      { source: { bucket: 'scans' } },
      'source.key: got nothing; allowed: a string of ',
    ],
    [
      'another bucket',
      { source: { bucket: 'secrets', key: 'inbox/a' } },
      'source.bucket: got a bucket that is not a source; allowed: one of results-bucket, scans, archive',
    ],
    [
      'another prefix of the results bucket',
      { source: { bucket: BUCKET, key: 'results/a.png' } },
      'source.key: got another place; allowed: inbox/ or images/ in this bucket',
    ],
    ['a setting', { ...image, settings: { rotate: 400 } }, 'settings.rotate: got 400; allowed: '],
    [
      'settings of text',
      { ...image, settings: '{' },
      'settings: got a string of 1 character, with "{" at 1; ',
    ],
    [
      'a setting of another operation',
      { ...image, operation: 'RecognizePdf', settings: { regions: [] } },
      'settings.regions: got a field that does not exist; ',
    ],
    ['missing regions', { ...image, operation: 'RecognizeRegions' }, 'settings.regions: got nothing; '],
  ])('such as %s names its place and what is allowed', (_, value, message) => {
    expect(() => parse(value)).toThrow(
      expect.objectContaining({
        reason: 'ListInvalid',
        message: expect.stringContaining(`line 17: ${message}`),
      }),
    );
  });

  it('has settings of the batch that its operation does not take', () => {
    const parseItem = createItemParser({
      ...RULES,
      batch: aBatchInput({ settings: { resultType: 'Text' } }),
    });

    parseItem({ place: 'line 1', value: image });
    const table = { place: 'line 2', value: { ...image, operation: 'RecognizeTable' } };

    // Checked again: a failed check is not remembered as passed.
    for (const _ of [1, 2]) {
      expect(() => parseItem(table)).toThrow(
        'line 2: settings.resultType: got a field that does not exist; allowed: an object with any of ',
      );
    }
  });
});
