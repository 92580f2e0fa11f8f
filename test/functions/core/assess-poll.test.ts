import { describe, expect, test } from 'vitest';
import {
  type Assessment,
  assessPoll,
  ending,
  limitText,
  type TaskSoFar,
} from '../../../functions/core/assess-poll.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import {
  anEnding,
  aPoll,
  completedPoll,
  decoded,
  missing,
  notExistPoll,
  pendingPoll,
  processingPoll,
  TASK_ID,
  unavailablePoll,
  undecodable,
} from '../../support/builders.ts';

function aTask(details: Partial<TaskSoFar> = {}): TaskSoFar {
  return { taskId: TASK_ID, seenAlive: false, resultLifetimeOver: false, faultsInARow: {}, ...details };
}

/** What the same poll means each time it comes, counted as the record counts it, until the task ends. */
function again(poll: Poll, details: Partial<TaskSoFar> = {}): Assessment[] {
  const assessments: Assessment[] = [];
  let faultsInARow: Record<string, number> = {};
  for (;;) {
    const assessment = assessPoll(aTask({ ...details, faultsInARow }), poll);
    assessments.push(assessment);
    if (assessment.kind !== 'Fault') return assessments;
    const { fault } = assessment;
    faultsInARow = { ...faultsInARow, [fault]: (faultsInARow[fault] ?? 0) + 1 };
  }
}

const kinds = (assessments: readonly Assessment[]) => assessments.map(({ kind }) => kind);

describe('a task at work', () => {
  test.each([
    ['Pending', pendingPoll],
    ['Processing', processingPoll],
  ])('%s: is alive', (taskStatus, poll) => {
    expect(assessPoll(aTask(), poll)).toEqual({ kind: 'Alive', taskStatus });
  });

  test('is alive even when Aspose adds messages or results to it', () => {
    const poll = aPoll({ taskStatus: 'Pending', messages: ['queued'], results: [decoded('early')] });

    expect(assessPoll(aTask(), poll)).toEqual({ kind: 'Alive', taskStatus: 'Pending' });
  });
});

describe('Completed', () => {
  test('with results ends as Completed, with its documents, code and warnings', () => {
    const results = [decoded('text'), decoded('%PDF-', 'Pdf')];
    const poll = aPoll({ results, messages: ['a notice'], warnings: ['a warning'] });

    expect(assessPoll(aTask(), poll)).toEqual({
      kind: 'Ended',
      taskStatus: 'Completed',
      ending: {
        outcome: 'Completed',
        results,
        partial: false,
        empty: false,
        messages: ['a notice'],
        warnings: ['a warning'],
        responseStatusCode: 'Ok',
      },
    });
  });

  test.each([
    ['a document', [decoded('x')], 'Ok', { partial: false, empty: false }],
    ['no results', [], 'Ok', { partial: false, empty: true }],
    ['no results and no code', [], null, { partial: false, empty: true }],
    ['only an empty document', [decoded('')], 'Ok', { partial: false, empty: true }],
    ['an empty region among others', [decoded('x'), decoded('')], 'Ok', { partial: false, empty: false }],
    ['null data among others', [decoded('x'), missing()], 'Ok', { partial: true, empty: false }],
    ['null data only', [missing()], 'Ok', { partial: true, empty: true }],
    ['another code', [decoded('x')], 'PartiallyNotFound', { partial: true, empty: false }],
    ['a code that nobody knows', [decoded('x')], 'Whatever', { partial: true, empty: false }],
    ['no code', [decoded('x')], null, { partial: false, empty: false }],
    ['no results and another code', [], 'NotReady', { partial: true, empty: true }],
  ])('with %s: %s', (_, results, responseStatusCode, flags) => {
    const poll = aPoll({ results, responseStatusCode });

    expect(assessPoll(aTask(), poll)).toMatchObject({
      kind: 'Ended',
      ending: { outcome: 'Completed', results, responseStatusCode, ...flags },
    });
  });

  test.each(['NoAnyResultData', 'ResultDataLost', 'PartiallyNotFound'])(
    'without results and with %s ends as ResultDataLost',
    (responseStatusCode) => {
      const poll = aPoll({ responseStatusCode, messages: ['lost'] });

      expect(assessPoll(aTask(), poll)).toEqual({
        kind: 'Ended',
        taskStatus: 'Completed',
        ending: anEnding('Failed', { reason: 'ResultDataLost', messages: ['lost'], responseStatusCode }),
      });
    },
  );

  test('with data that is not base64 is fetched once more, then UndecodableResult with the raw data kept', () => {
    const results = [decoded('fine'), undecodable('no base64')];

    const [first, second] = again(aPoll({ results, messages: ['theirs'] }));

    const ending = anEnding('Failed', {
      reason: 'UndecodableResult',
      results,
      partial: true,
      messages: ['Not valid base64: results[1].', 'theirs'],
      responseStatusCode: 'Ok',
    });
    expect(first).toEqual({
      kind: 'Fault',
      fault: 'Undecodable',
      taskStatus: 'Completed',
      lastResort: ending,
    });
    expect(second).toEqual({ kind: 'Ended', taskStatus: 'Completed', ending });
  });

  test('names the first ten undecodable results only', () => {
    const results = Array.from({ length: 12 }, () => undecodable('?'));

    expect(again(completedPoll(...results)).at(-1)).toMatchObject({
      ending: { messages: [expect.stringMatching(/results\[9\], \.\.\.\.$/)] },
    });
  });

  test('is not empty for data that could not be decoded, whatever the code', () => {
    const poll = aPoll({ results: [undecodable('?')], responseStatusCode: 'ResultDataLost' });

    expect(assessPoll(aTask(), poll)).toMatchObject({ kind: 'Fault', fault: 'Undecodable' });
  });
});

describe('Error', () => {
  test.each([
    ['with messages', ['bad image', 'blurred']],
    ['without any', []],
  ])('%s ends as RecognitionError', (_, messages) => {
    const poll = aPoll({ taskStatus: 'Error', responseStatusCode: 'Error', messages });

    expect(assessPoll(aTask(), poll)).toEqual({
      kind: 'Ended',
      taskStatus: 'Error',
      ending: anEnding('Failed', { reason: 'RecognitionError', messages, responseStatusCode: 'Error' }),
    });
  });

  test('stores no results, even if there are any', () => {
    const poll = aPoll({ taskStatus: 'Error', results: [decoded('half a page')] });

    expect(assessPoll(aTask(), poll)).toMatchObject({ ending: { outcome: 'Failed', results: [] } });
  });
});

describe('NotExist', () => {
  test('of a task never seen is given one grace poll, then NotFound', () => {
    const assessments = again(notExistPoll);

    const ending = anEnding('NotFound', { responseStatusCode: 'TaskNotFound' });
    expect(assessments).toEqual([
      { kind: 'Fault', fault: 'NotExist', taskStatus: 'NotExist', lastResort: ending },
      { kind: 'Ended', taskStatus: 'NotExist', ending },
    ]);
  });

  test.each([
    ['seen alive', { seenAlive: true }],
    ['submitted over 24 hours ago', { resultLifetimeOver: true }],
  ])('of a task %s is Expired at once', (_, details) => {
    expect(assessPoll(aTask(details), notExistPoll)).toMatchObject({
      kind: 'Ended',
      taskStatus: 'NotExist',
      ending: { outcome: 'Expired' },
    });
  });
});

describe('an answer that is none', () => {
  test.each(['completed', 'COMPLETED', ' Completed', 'Done', '', '__proto__', null])(
    'with the task status %j is polled again a bounded number of times, then UnknownTaskStatus',
    (taskStatus) => {
      const assessments = again(aPoll({ taskStatus, results: [decoded('text')] }));

      expect(kinds(assessments)).toEqual(['Fault', 'Fault', 'Ended']);
      expect(assessments.at(-1)).toMatchObject({
        ending: { outcome: 'Failed', reason: 'UnknownTaskStatus', results: [] },
      });
    },
  );

  test("with another task's id is discarded as a whole, at once", () => {
    const poll = aPoll({ id: 'another', results: [decoded('their text')], messages: ['their message'] });

    expect(assessPoll(aTask(), poll)).toEqual({
      kind: 'Ended',
      ending: anEnding('Failed', {
        reason: 'ContractViolation',
        messages: ['The response is for another task. It was discarded.'],
      }),
    });
  });

  test.each([null, TASK_ID.toUpperCase()])('may carry the id %s', (id) => {
    expect(assessPoll(aTask(), aPoll({ id }))).toMatchObject({ ending: { outcome: 'Completed' } });
  });

  test('malformed: is polled again a bounded number of times, then ContractViolation', () => {
    const assessments = again({ kind: 'Malformed', detail: 'the response is empty' });

    expect(kinds(assessments)).toEqual(['Fault', 'Fault', 'Ended']);
    expect(assessments.at(-1)).toEqual({
      kind: 'Ended',
      ending: anEnding('Failed', { reason: 'ContractViolation', messages: ['the response is empty'] }),
    });
  });

  test('unavailable: is polled again a dozen times at most, then UpstreamUnavailable', () => {
    const assessments = again(unavailablePoll);

    expect(kinds(assessments)).toEqual([...Array(11).fill('Fault'), 'Ended']);
    expect(assessments.at(-1)).toEqual({
      kind: 'Ended',
      ending: anEnding('Failed', { reason: 'UpstreamUnavailable', messages: ['Aspose returned HTTP 503'] }),
    });
  });

  test('unavailable: hands on what Retry-After asks for', () => {
    expect(assessPoll(aTask(), { ...unavailablePoll, retryAfterSeconds: 17 })).toMatchObject({
      kind: 'Fault',
      fault: 'Unavailable',
      retryAfterSeconds: 17,
    });
  });

  test.each(['CredentialsRejected', 'ContractViolation', 'ResultTooLarge'] as const)(
    'refused with %s ends the task at once',
    (reason) => {
      expect(assessPoll(aTask(), { kind: 'Refused', reason, detail: 'so it is' })).toEqual({
        kind: 'Ended',
        ending: anEnding('Failed', { reason, messages: ['so it is'] }),
      });
    },
  );

  test('counts each kind of fault on its own', () => {
    const faultsInARow = { Unavailable: 11, UnknownTaskStatus: 2, NotExist: 1, Undecodable: 1 };

    expect(assessPoll(aTask({ faultsInARow }), { kind: 'Malformed', detail: '?' })).toMatchObject({
      kind: 'Fault',
    });
  });
});

describe('foreign texts', () => {
  const bytesOf = (texts: readonly string[]) => Buffer.byteLength(texts.join(''));

  test('are kept as they are while they are few', () => {
    expect(limitText(['one', 'two'])).toEqual(['one', 'two']);
  });

  test('are cut to 50 pieces', () => {
    expect(limitText(Array.from({ length: 60 }, String))).toHaveLength(50);
  });

  test('are cut to 4 KB in all, in their order', () => {
    expect(limitText(['a'.repeat(4000), 'b'.repeat(4000), 'c'])).toEqual(['a'.repeat(4000), 'b'.repeat(96)]);
  });

  test('are cut to 4 KB whatever their script', () => {
    expect(bytesOf(limitText(['漢'.repeat(5000)]))).toBeLessThanOrEqual(4096);
  });

  test('are never cut within a character', () => {
    const texts = limitText([`a${'\u{1f4c4}'.repeat(4000)}`]);

    expect(texts.map((text) => text.isWellFormed())).toEqual([true]);
  });

  test('are well-formed even if they came otherwise: neither DynamoDB nor an event takes half a character', () => {
    expect(limitText(['half \ud83d a character']).every((text) => text.isWellFormed())).toBe(true);
  });

  test('of the vendor come after our own, and share the limit with them', () => {
    const { messages } = ending({
      outcome: 'Failed',
      messages: ['ours'],
      response: { responseStatusCode: null, messages: ['x'.repeat(5000)], warnings: ['w'.repeat(5000)] },
    });

    expect(messages).toEqual(['ours', 'x'.repeat(4092)]);
  });
});
