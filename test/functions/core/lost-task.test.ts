import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../functions/contracts/outcomes.ts';
import {
  endReplaced,
  endUnendedReplaced,
  isLost,
  lostEnding,
  markLost,
} from '../../../functions/core/lost-task.ts';
import { anEnding, aRecord, aTerminalRecord, instantAfter, START } from '../../support/builders.ts';
import { memoryRecords } from '../../support/memory-records.ts';

const lost = markLost(
  aRecord({ taskId: 'lost', nextPollAt: instantAfter(7) }),
  anEnding('TimedOut', { reason: 'Deadline', warnings: ['w'] }),
  START,
  900,
);

describe('a lost task', () => {
  it.each<[Outcome, boolean]>([
    ['NotFound', true],
    ['Expired', true],
    ['TimedOut', true],
    ['Failed', false],
    ['Cancelled', false],
    ['Completed', false],
  ])('has the outcome %s: %s', (outcome, expected) => {
    expect(isLost(anEnding(outcome))).toBe(expected);
  });

  it('stays open, with a lease and without a next poll', () => {
    expect(lost).toMatchObject({ status: 'Collecting', leaseExpiresAt: instantAfter(900), version: 2 });
    expect(lost.outcome).toBeUndefined();
    expect(lost.nextPollAt).toBeUndefined();
  });

  it('ends as it is when nothing replaces it', () => {
    expect(lostEnding(lost, ['not submitted again'])).toMatchObject({
      outcome: 'TimedOut',
      reason: 'Deadline',
      warnings: ['w', 'not submitted again'],
    });
    expect(lostEnding(aRecord())).toBeUndefined();
  });

  it('ends with the id of the task that replaces it, and without an event', () => {
    const ended = endReplaced(lost, 'next', START);

    expect(ended).toMatchObject({ outcome: 'TimedOut', replacedBy: 'next', version: 3 });
    expect(ended?.terminalEvent).toBeUndefined();
    expect(ended?.lostAs).toBeUndefined();
  });
});

describe('endUnendedReplaced', () => {
  it('ends the lost task before the last one', async () => {
    const records = memoryRecords(lost);

    await endUnendedReplaced({ taskIds: ['lost', 'next'] }, records, START);

    expect(records.current()).toMatchObject({ outcome: 'TimedOut', replacedBy: 'next' });
  });

  it.each([
    ['the last one', lost, ['lost']],
    ['a task that has ended', aTerminalRecord({ taskId: 'lost', outcome: 'Expired' }), ['lost', 'next']],
    ['a task that is not lost', aRecord({ taskId: 'lost' }), ['lost', 'next']],
  ])('leaves %s alone', async (_, record, taskIds) => {
    const records = memoryRecords(record);

    await endUnendedReplaced({ taskIds }, records, START);

    expect(records.current()).toEqual(record);
  });
});
