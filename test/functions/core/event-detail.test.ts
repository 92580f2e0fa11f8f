import { describe, expect, it } from 'vitest';
import { OUTCOME_NAMES, OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import { MAX_LISTED_RESULTS } from '../../../functions/contracts/task-record.ts';
import { taskEventDetail } from '../../../functions/core/event-detail.ts';
import { endedOutput } from '../../../functions/core/fetch-result-output.ts';
import { closeRecord, isTerminal } from '../../../functions/core/task-record.ts';
import {
  anEnding,
  aRecord,
  aTerminalRecord,
  BUCKET,
  EXECUTION,
  instantAfter,
  longestStoredResults,
  START,
  TASK_ID,
} from '../../support/builders.ts';

describe('taskEventDetail', () => {
  it('contains everything a subscriber needs about a collected task', () => {
    const [result] = longestStoredResults(1);
    const record = aTerminalRecord({
      submittedAt: instantAfter(-20),
      results: result === undefined ? [] : [result],
      resultCount: 1,
      resultBytes: 0,
      manifestKey: 'results/RecognizeImage/x/manifest.json',
      warnings: ['w'],
      correlation: 'invoice 7',
    });

    expect(taskEventDetail(record, BUCKET)).toEqual({
      version: '1',
      idempotencyKey: `RecognizeImage/${TASK_ID}/1`,
      taskId: TASK_ID,
      operation: 'RecognizeImage',
      generation: 1,
      outcome: 'Completed',
      messages: [],
      warnings: ['w'],
      results: [result],
      resultCount: 1,
      resultBytes: 0,
      bucket: BUCKET,
      manifest: 'results/RecognizeImage/x/manifest.json',
      partial: false,
      empty: false,
      trial: false,
      attempts: 3,
      completedAt: instantAfter(5),
      durations: { collectingSeconds: 5, sinceSubmittedSeconds: 25 },
      correlation: 'invoice 7',
      executionArn: EXECUTION,
      expiresAt: START / 1000 + 86_400,
    });
  });

  it('omits fields whose values are unknown', () => {
    const detail = taskEventDetail(aTerminalRecord({ outcome: 'TimedOut', reason: 'Deadline' }), BUCKET);

    expect(detail).toMatchObject({ outcome: 'TimedOut', reason: 'Deadline', manifest: null });
    expect(detail.durations).toEqual({ collectingSeconds: 5 });
    expect(detail).not.toHaveProperty('correlation');
  });

  it('does not depend on the version of the record', () => {
    const record = aTerminalRecord();

    expect(taskEventDetail({ ...record, version: 99 }, BUCKET)).toEqual(taskEventDetail(record, BUCKET));
  });

  it('marks the result of a trial operation, whose text is masked', () => {
    expect(taskEventDetail(aTerminalRecord({ operation: 'RecognizeImageTrial' }), BUCKET).trial).toBe(true);
  });

  it('never contains a negative duration, even when clocks disagree', () => {
    const record = aTerminalRecord({ completedAt: instantAfter(-3), submittedAt: instantAfter(60) });

    expect(taskEventDetail(record, BUCKET).durations).toEqual({
      collectingSeconds: 0,
      sinceSubmittedSeconds: 0,
    });
  });

  function largestDetail(character: string) {
    const text = character.repeat(4096);
    const ending = anEnding('Completed', { messages: [text], warnings: [text] });
    const stored = {
      results: longestStoredResults(5000, character === '\0' ? '"' : character),
      warnings: [],
      manifestKey: 'k'.repeat(200),
    };
    const closed = closeRecord(aRecord({ correlation: character.repeat(256) }), ending, stored, START);
    if (!isTerminal(closed)) throw new Error('the record was not closed');
    return taskEventDetail(closed, BUCKET);
  }

  it('stays under 200 kB with 5,000 results, 4 KB of messages and 4 KB of warnings', () => {
    const detail = largestDetail('x');

    expect(detail.resultCount).toBe(5000);
    expect(detail.results).toHaveLength(MAX_LISTED_RESULTS);
    expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThan(200_000);
  });

  it('stays under the 256 KB limit of EventBridge and Step Functions when JSON escapes every character', () => {
    expect(Buffer.byteLength(JSON.stringify(largestDetail('\0')))).toBeLessThan(250_000);
  });
});

describe('endedOutput', () => {
  it.each(OUTCOME_NAMES)('has the detail-type of the outcome %s', (outcome) => {
    const output = endedOutput(aTerminalRecord({ outcome }), BUCKET, true);

    expect(output).toMatchObject({ outcome, publish: true, detailType: OUTCOMES[outcome].detailType });
  });

  it('tells the state machine not to publish when another execution does', () => {
    expect(endedOutput(aTerminalRecord(), BUCKET, false)).toMatchObject({ publish: false });
  });

  it.each([
    [
      'The task ended as Failed (ResultTooLarge) after 3 polls.',
      { outcome: 'Failed', reason: 'ResultTooLarge', attempts: 3 },
    ],
    ['The task ended as NotFound after 1 poll.', { outcome: 'NotFound', attempts: 1 }],
    ['The task ended as Cancelled after 0 polls.', { outcome: 'Cancelled', attempts: 0 }],
  ] as const)('explains the outcome as its cause: %s', (cause, details) => {
    expect(endedOutput(aTerminalRecord(details), BUCKET, true).cause).toBe(cause);
  });
});

it('isTerminal distinguishes ended tasks from open ones', () => {
  expect([aTerminalRecord(), aRecord()].map(isTerminal)).toEqual([true, false]);
});
