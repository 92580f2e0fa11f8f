import { describe, expect, it } from 'vitest';
import { OPERATION_NAMES } from '../../../functions/contracts/operations.ts';
import { parseExecutionInput, parseInputToStart } from '../../../functions/core/execution-input.ts';
import { instantAfter, START, TASK_ID } from '../../support/builders.ts';

const parse = (input: unknown) => parseInputToStart(input, START);

const invalidInput = (message: unknown) => expect.objectContaining({ name: 'InvalidInput', message });

describe('an execution input', () => {
  it('requires only a task id; the other fields have defaults', () => {
    expect(parse({ taskId: TASK_ID })).toEqual({
      taskId: TASK_ID,
      operation: 'RecognizeImage',
      generation: 1,
    });
  });

  it('is accepted with every field set', () => {
    const input = {
      taskId: TASK_ID,
      operation: 'RecognizeRegions',
      submittedAt: '2025-12-31T23:59:58.123+01:00',
      correlation: 'Rechnung 7 – „Büro“',
      polling: {
        preset: 'frugal',
        timeoutSeconds: 60.5,
        maxPolls: 3,
        firstPollDelaySeconds: 0,
        holdSeconds: 0,
      },
      generation: 2,
    };

    expect(parse(input)).toEqual(input);
  });

  it.each([
    [
      'the parent execution id that Step Functions adds',
      { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: 'arn' },
    ],
    // The clocks of a submitter and of Lambda may differ.
    ['a submission 1 s in the future', { submittedAt: instantAfter(1) }],
    ['a submission 300 s in the future', { submittedAt: instantAfter(300) }],
    ['a submission 24 hours ago', { submittedAt: instantAfter(-86_400) }],
  ])('is accepted with %s', (_, details) => {
    expect(parse({ taskId: TASK_ID, ...details })).toMatchObject({ taskId: TASK_ID });
  });

  it.each(OPERATION_NAMES)('is accepted for %s', (operation) => {
    expect(parse({ taskId: TASK_ID, operation }).operation).toBe(operation);
  });

  it.each([
    ['a GUID', TASK_ID],
    ['of a text-to-speech task', 'TTSb4705-728d-4258-8cca-b49fb7921aa1'],
    ["from Aspose's examples, a digit short of a GUID", '12345678-1234-1234-1234-12345678901'],
    ['of one character', 'a'],
    ['of 64 characters', 'A'.repeat(64)],
  ])('is accepted with a task id %s', (_, taskId) => {
    expect(parse({ taskId }).taskId).toBe(taskId);
  });
});

describe('an invalid execution input', () => {
  const ID = '1 to 64 characters of A-Z, a-z, 0-9 and -';

  it.each([
    ['empty', '', 'a string of 0 characters'],
    ['65 characters long', 'a'.repeat(65), 'a string of 65 characters'],
    ['10 KB long', 'a'.repeat(10_240), 'a string of 10240 characters'],
    ['a path', '../../secret', 'a string of 12 characters, with "." at 1'],
    ['a GUID with a line break', `${TASK_ID}\n`, 'a string of 37 characters, with "\\n" at 37'],
    ['a forged header', 'a\r\nx-admin: 1', 'a string of 13 characters, with "\\r" at 2'],
    ['a query', 'a&id=b', 'a string of 6 characters, with "&" at 2'],
    ['a number', 7, '7'],
    ['null', null, 'null'],
    ['missing', undefined, 'nothing'],
  ])('is refused when its task id is %s', (_, taskId, got) => {
    expect(() => parse({ taskId })).toThrow(invalidInput(`taskId: got ${got}; allowed: ${ID}`));
  });

  it.each([
    [
      { operation: 'RecognizeRegionsTrial' },
      /^operation: got 'RecognizeRegionsTrial'; allowed: one of RecognizeImage, /,
    ],
    [{ operation: 'recognizeimage' }, /^operation: got 'recognizeimage'/],
    [{ operation: 'toString' }, /^operation: got 'toString'/],
    [{ operation: null }, /^operation: got null/],
    [{ submittedAt: 'yesterday' }, /^submittedAt: got 'yesterday'; allowed: an ISO 8601 instant/],
    [{ submittedAt: '2026-01-01' }, /^submittedAt: got a string of 10 characters; allowed/],
    [{ submittedAt: '2026-01-01T00:00:00' }, /^submittedAt: /],
    [{ submittedAt: '2025-02-30T00:00:00Z' }, /^submittedAt: /],
    [{ submittedAt: 1767225600 }, /^submittedAt: got 1767225600/],
    [{ submittedAt: `2025-12-31T23:00:00.${'0'.repeat(300_000)}Z` }, /^submittedAt: got a string of 300021 /],
    [
      { correlation: '' },
      /^correlation: got a string of 0 characters; allowed: a string of 1 to 256 characters$/,
    ],
    [{ correlation: 'x'.repeat(257) }, /^correlation: got a string of 257 characters/],
    [{ generation: 0 }, /^generation: got 0; allowed: a whole number from 1 to 1000000$/],
    [{ generation: 1.5 }, /^generation: got 1.5; /],
    [{ generation: '2' }, /^generation: got a string of 1 character; /],
    [{ polling: 'eager' }, /^polling: got 'eager'; allowed: an object with any of preset, /],
    [
      { polling: { preset: 'greedy' } },
      /^polling.preset: got 'greedy'; allowed: one of frugal, balanced, eager$/,
    ],
    [{ polling: { maxPolls: 1601 } }, /^polling.maxPolls: got 1601; allowed: a whole number from 1 to 1600 /],
    [{ polling: { maxPolls: 0 } }, /^polling.maxPolls: got 0; /],
    [
      { polling: { timeoutSeconds: 86_401 } },
      /^polling.timeoutSeconds: got 86401; allowed: a number from 1 to 86400$/,
    ],
    [{ polling: { timeoutSeconds: 0 } }, /^polling.timeoutSeconds: got 0; /],
    [{ polling: { holdSeconds: 211 } }, /^polling.holdSeconds: got 211; allowed: a number from 0 to 210$/],
    [{ polling: { firstPollDelaySeconds: -1 } }, /^polling.firstPollDelaySeconds: got -1; /],
    [{ polling: { asposeBaseUrl: 'https://x' } }, /^polling.asposeBaseUrl: got a field that does not exist/],
    [
      { asposeBaseUrl: 'https://evil.example' },
      /^asposeBaseUrl: got a field that does not exist; allowed: an object with taskId/,
    ],
    [
      { submittedAt: instantAfter(301) },
      /^submittedAt: got an instant more than 5 minutes in the future; allowed: at most 5 minutes in the future$/,
    ],
    [
      { submittedAt: instantAfter(-86_400.001) },
      /^submittedAt: got an instant more than 24 hours ago; allowed: at most 24 hours ago, because /,
    ],
    [{ submittedAt: '0001-01-01T00:00:00Z' }, /^submittedAt: got an instant more than 24 hours ago; /],
    [{ submittedAt: '0000-01-01T00:00:00+23:59' }, /^submittedAt: got an instant more than 24 hours ago; /],
  ])('is refused with a message that names the field: %j', (details, message) => {
    expect(() => parse({ taskId: TASK_ID, ...details })).toThrow(
      invalidInput(expect.stringMatching(message)),
    );
  });

  it('has a correlation whose lone surrogates are replaced', () => {
    expect(parse({ taskId: TASK_ID, correlation: 'half \ud83d a character \ud83d\ude00' })).toMatchObject({
      correlation: 'half \ufffd a character \ud83d\ude00',
    });
  });

  it.each([null, 'text', 5, [], [{ taskId: TASK_ID }]])(
    'is refused when it is not an object: %j',
    (input) => {
      expect(() => parse(input)).toThrow(
        /^input: got .*; allowed: an object with taskId and optionally operation/,
      );
    },
  );

  // The check before a start and the start itself are by different clocks.
  it.each([-86_700, 600])('is accepted by a started execution with a tolerance: %s s', (seconds) => {
    const input = { taskId: TASK_ID, submittedAt: instantAfter(seconds) };

    expect(() => parse(input)).toThrow(/^submittedAt: /);
    expect(parseExecutionInput(input, START)).toMatchObject(input);
    expect(() => parseExecutionInput(input, START + Math.sign(-seconds))).toThrow(/^submittedAt: /);
  });

  const secret = 'S3cr3t-eyJhbGciOiJIUzI1NiJ9.payload';
  it.each([
    { taskId: secret },
    { taskId: TASK_ID, operation: secret },
    { taskId: TASK_ID, submittedAt: secret },
    { taskId: TASK_ID, polling: secret },
    { taskId: TASK_ID, polling: { preset: secret } },
    { taskId: TASK_ID, [secret]: 1 },
    secret,
  ])('is refused without repeating a secret in it: %j', (input) => {
    expect(() => parse(input)).toThrow(invalidInput(expect.not.stringContaining('eyJ')));
  });
});
