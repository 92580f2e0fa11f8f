import { describe, expect, it } from 'vitest';
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
  return { taskId: TASK_ID, isKnownToAspose: false, ageSeconds: undefined, faultsInARow: {}, ...details };
}

/** Assesses the same poll repeatedly, counting faults as the record does, until the task ends. */
function assessUntilEnd(poll: Poll): Assessment[] {
  const assessments: Assessment[] = [];
  let faultsInARow: Record<string, number> = {};
  for (;;) {
    const assessment = assessPoll(aTask({ faultsInARow }), poll);
    assessments.push(assessment);
    if (assessment.kind !== 'Fault') return assessments;
    const { fault } = assessment;
    faultsInARow = { ...faultsInARow, [fault]: (faultsInARow[fault] ?? 0) + 1 };
  }
}

const kinds = (assessments: readonly Assessment[]) => assessments.map(({ kind }) => kind);

describe('a response with status Pending or Processing', () => {
  it.each([
    ['Pending', pendingPoll],
    ['Processing', processingPoll],
    ['Pending', aPoll({ taskStatus: 'Pending', messages: ['queued'], results: [decoded('early')] })],
  ])('keeps the task open as %s, whatever else it has', (taskStatus, poll) => {
    expect(assessPoll(aTask(), poll)).toEqual({ kind: 'Unfinished', taskStatus });
  });
});

describe('a response with status Completed', () => {
  it('ends the task as Completed with its documents, response code and warnings', () => {
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

  it.each([
    ['a document', [decoded('x')], 'Ok', { partial: false, empty: false }],
    ['no results', [], 'Ok', { partial: false, empty: true }],
    ['no results and no code', [], null, { partial: false, empty: true }],
    ['only an empty document', [decoded('')], 'Ok', { partial: false, empty: true }],
    ['an empty region among others', [decoded('x'), decoded('')], 'Ok', { partial: false, empty: false }],
    ['null data among others', [decoded('x'), missing()], 'Ok', { partial: true, empty: false }],
    ['null data only', [missing()], 'Ok', { partial: true, empty: true }],
    ['another code', [decoded('x')], 'PartiallyNotFound', { partial: true, empty: false }],
    ['an unknown code', [decoded('x')], 'Whatever', { partial: true, empty: false }],
    ['no code', [decoded('x')], null, { partial: false, empty: false }],
    ['no results and another code', [], 'NotReady', { partial: true, empty: true }],
  ])('sets the flags partial and empty for %s', (_, results, responseStatusCode, flags) => {
    const poll = aPoll({ results, responseStatusCode });

    expect(assessPoll(aTask(), poll)).toMatchObject({
      kind: 'Ended',
      ending: { outcome: 'Completed', results, responseStatusCode, ...flags },
    });
  });

  it.each(['NoAnyResultData', 'ResultDataLost', 'PartiallyNotFound'])(
    'fails the task with ResultDataLost when it has no results and the code %s',
    (responseStatusCode) => {
      const poll = aPoll({ responseStatusCode, messages: ['lost'] });

      expect(assessPoll(aTask(), poll)).toEqual({
        kind: 'Ended',
        taskStatus: 'Completed',
        ending: anEnding('Failed', { reason: 'ResultDataLost', messages: ['lost'], responseStatusCode }),
      });
    },
  );

  it('fails the task with UndecodableResult when invalid base64 comes twice, and keeps the raw data', () => {
    const results = [decoded('fine'), undecodable('no base64')];

    const [first, second] = assessUntilEnd(aPoll({ results, messages: ['theirs'] }));

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
      endingIfLast: ending,
    });
    expect(second).toEqual({ kind: 'Ended', taskStatus: 'Completed', ending });
  });

  it('names only the first ten undecodable results', () => {
    const results = Array.from({ length: 12 }, () => undecodable('?'));

    expect(assessUntilEnd(completedPoll(...results)).at(-1)).toMatchObject({
      ending: { messages: [expect.stringMatching(/results\[9\], \.\.\.\.$/)] },
    });
  });

  it('is a fault, not a lost result, when its data is invalid base64 and its code is ResultDataLost', () => {
    const poll = aPoll({ results: [undecodable('?')], responseStatusCode: 'ResultDataLost' });

    expect(assessPoll(aTask(), poll)).toMatchObject({ kind: 'Fault', fault: 'Undecodable' });
  });
});

describe('a response with status Error', () => {
  it.each([
    ['messages', { messages: ['bad image', 'blurred'] }],
    ['no messages', {}],
    ['results, which it discards', { results: [decoded('half a page')] }],
  ])('fails the task with RecognitionError when it has %s', (_, details) => {
    const poll = aPoll({ taskStatus: 'Error', responseStatusCode: 'Error', ...details });

    expect(assessPoll(aTask(), poll)).toEqual({
      kind: 'Ended',
      taskStatus: 'Error',
      ending: anEnding('Failed', {
        reason: 'RecognitionError',
        messages: [],
        responseStatusCode: 'Error',
        ...details,
        results: [],
      }),
    });
  });
});

describe('a response with status NotExist', () => {
  it('ends a task that Aspose has never reported as NotFound after one more poll', () => {
    const assessments = assessUntilEnd(notExistPoll);

    const ending = anEnding('NotFound', { responseStatusCode: 'TaskNotFound' });
    expect(assessments).toEqual([
      { kind: 'Fault', fault: 'NotExist', taskStatus: 'NotExist', endingIfLast: ending },
      { kind: 'Ended', taskStatus: 'NotExist', ending },
    ]);
  });

  it.each([
    ['known to Aspose', { isKnownToAspose: true }],
    ['submitted 24 hours ago', { ageSeconds: 86_400 }],
    ['known to Aspose and 30 s old', { isKnownToAspose: true, ageSeconds: 30 }],
  ])('ends a task %s as Expired immediately', (_, details) => {
    expect(assessPoll(aTask(details), notExistPoll)).toMatchObject({
      kind: 'Ended',
      taskStatus: 'NotExist',
      ending: { outcome: 'Expired' },
    });
  });

  it.each([
    ['NotFound', { isKnownToAspose: false }, { taskStatus: 'NotExist' }],
    // The record must keep the status that says that the task is known.
    ['Expired', { isKnownToAspose: true }, {}],
  ])('never ends a task submitted less than 30 s ago as %s', (outcome, details, status) => {
    const faultsInARow = { NotExist: 50 };

    expect(assessPoll(aTask({ ageSeconds: 29.9, faultsInARow, ...details }), notExistPoll)).toEqual({
      kind: 'Fault',
      fault: 'NotExist',
      endingIfLast: anEnding(outcome === 'Expired' ? 'Expired' : 'NotFound', {
        responseStatusCode: 'TaskNotFound',
      }),
      ...status,
    });
  });

  it('ends a task that was young before as NotFound at the first poll from the age of 30 s', () => {
    const task = aTask({ ageSeconds: 30, faultsInARow: { NotExist: 1 } });

    expect(assessPoll(task, notExistPoll)).toMatchObject({ kind: 'Ended', ending: { outcome: 'NotFound' } });
  });
});

describe('a faulty poll', () => {
  it.each(['completed', 'COMPLETED', ' Completed', 'Done', '', '__proto__', null])(
    'with the task status %j fails the task with UnknownTaskStatus at the third in a row',
    (taskStatus) => {
      const assessments = assessUntilEnd(aPoll({ taskStatus, results: [decoded('text')] }));

      expect(kinds(assessments)).toEqual(['Fault', 'Fault', 'Ended']);
      expect(assessments.at(-1)).toMatchObject({
        ending: { outcome: 'Failed', reason: 'UnknownTaskStatus', results: [] },
      });
    },
  );

  it("fails the task at the third response with another task's id, which is discarded", () => {
    const poll = aPoll({ id: 'another', results: [decoded('their text')], messages: ['their message'] });

    const assessments = assessUntilEnd(poll);

    const ending = anEnding('Failed', {
      reason: 'ContractViolation',
      messages: ['The response is for another task. It was discarded.'],
    });
    const fault = { kind: 'Fault', fault: 'OtherTask', endingIfLast: ending };
    expect(assessments).toEqual([fault, fault, { kind: 'Ended', ending }]);
  });

  it.each([null, TASK_ID.toUpperCase()])('is not one whose id is %s', (id) => {
    expect(assessPoll(aTask(), aPoll({ id }))).toMatchObject({ ending: { outcome: 'Completed' } });
  });

  it.each([
    ['ContractViolation', 3, { kind: 'Malformed', detail: 'the response is empty' }],
    ['UpstreamUnavailable', 12, unavailablePoll],
  ] as const)('fails the task with %s at number %i of its kind', (reason, polls, poll) => {
    const assessments = assessUntilEnd(poll);

    expect(kinds(assessments)).toEqual([...Array(polls - 1).fill('Fault'), 'Ended']);
    expect(assessments.at(-1)).toEqual({
      kind: 'Ended',
      ending: anEnding('Failed', { reason, messages: [poll.detail] }),
    });
  });

  it('passes on the delay of Retry-After', () => {
    expect(assessPoll(aTask(), { ...unavailablePoll, retryAfterSeconds: 17 })).toMatchObject({
      kind: 'Fault',
      fault: 'Unavailable',
      retryAfterSeconds: 17,
    });
  });

  it.each(['CredentialsRejected', 'QuotaExceeded', 'ContractViolation', 'ResultTooLarge'] as const)(
    'that is refused with %s fails the task immediately',
    (reason) => {
      expect(assessPoll(aTask(), { kind: 'Refused', reason, detail: 'the detail' })).toEqual({
        kind: 'Ended',
        ending: anEnding('Failed', { reason, messages: ['the detail'] }),
      });
    },
  );

  it('counts only faults of its own kind toward its limit', () => {
    const faultsInARow = { Unavailable: 11, UnknownTaskStatus: 2, NotExist: 1, Undecodable: 1 };

    expect(assessPoll(aTask({ faultsInARow }), { kind: 'Malformed', detail: '?' })).toMatchObject({
      kind: 'Fault',
    });
  });
});

describe("the limit on Aspose's texts", () => {
  it.each([
    ['keeps short texts unchanged', ['one', 'two'], ['one', 'two']],
    ['keeps 50 texts', Array.from({ length: 60 }, String), Array.from({ length: 50 }, String)],
    [
      'keeps 4 KB in total, in order',
      ['a'.repeat(4000), 'b'.repeat(4000), 'c'],
      ['a'.repeat(4000), 'b'.repeat(96)],
    ],
    ['counts bytes, not characters', ['漢'.repeat(5000)], ['漢'.repeat(1365)]],
    // Neither DynamoDB nor an event accepts a lone surrogate.
    [
      'never cuts within a character',
      [`a${'\u{1f4c4}'.repeat(4000)}`],
      [expect.toSatisfy((text: string) => text.isWellFormed())],
    ],
    ['replaces a lone surrogate', ['half \ud83d a character'], ['half \ufffd a character']],
  ])('%s', (_, texts, limited) => {
    expect(limitText(texts)).toEqual(limited);
  });

  it("applies to our messages and Aspose's together, ours first", () => {
    const { messages } = ending({
      outcome: 'Failed',
      messages: ['ours'],
      response: { responseStatusCode: null, messages: ['x'.repeat(5000)], warnings: ['w'.repeat(5000)] },
    });

    expect(messages).toEqual(['ours', 'x'.repeat(4092)]);
  });
});
