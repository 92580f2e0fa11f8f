import { describe, expect, it } from 'vitest';
import { MAX_LISTED_RESULTS, taskRecordSchema } from '../../../functions/contracts/task-record.ts';
import { RESULT_LIFETIME_SECONDS } from '../../../functions/core/polling-policy.ts';
import {
  afterPoll,
  claimTask,
  closeRecord,
  isExpired,
  LEASE_SECONDS,
  openRecord,
  scheduleNextPoll,
} from '../../../functions/core/task-record.ts';
import {
  anEnding,
  anInput,
  aRecord,
  aTerminalRecord,
  claimant,
  EXECUTION,
  instantAfter,
  longestStoredResults,
  OTHER_EXECUTION,
  otherClaimant,
  START,
  TASK_ID,
} from '../../support/builders.ts';

const at = (seconds: number) => START + seconds * 1000;
const nothingStored = { results: [], warnings: [] };

describe('openRecord', () => {
  it('begins a collection: nothing polled, a lease, a life of 24 hours from the start', () => {
    expect(openRecord(anInput({ correlation: 'invoice 7' }), claimant, START)).toEqual({
      taskId: TASK_ID,
      operation: 'RecognizeImage',
      generation: 1,
      status: 'Collecting',
      attempts: 0,
      faults: 0,
      faultsInARow: {},
      executionArn: EXECUTION,
      startedAt: instantAfter(0),
      leaseExpiresAt: instantAfter(LEASE_SECONDS),
      results: [],
      resultCount: 0,
      resultBytes: 0,
      partial: false,
      empty: false,
      messages: [],
      warnings: [],
      correlation: 'invoice 7',
      expiresAt: START / 1000 + RESULT_LIFETIME_SECONDS,
      version: 1,
    });
  });

  it('counts the 24 hours from the submission where it is known, and keeps it in UTC', () => {
    const record = openRecord(anInput({ submittedAt: '2026-01-01T01:30:00.250+02:00' }), claimant, START);

    expect(record.submittedAt).toBe('2025-12-31T23:30:00.250Z');
    expect(record.expiresAt).toBe(START / 1000 - 1800 + RESULT_LIFETIME_SECONDS);
  });

  it('follows the version of the record it replaces', () => {
    expect(openRecord(anInput(), claimant, START, aTerminalRecord({ version: 7 })).version).toBe(8);
  });

  it('is what the table takes', () => {
    expect(taskRecordSchema.safeParse(openRecord(anInput(), claimant, START)).success).toBe(true);
  });
});

describe('claimTask', () => {
  const leaseOver = LEASE_SECONDS;
  const expired = RESULT_LIFETIME_SECONDS;

  it('opens a record where there is none', () => {
    expect(claimTask(undefined, anInput(), claimant, START)).toEqual({
      kind: 'Own',
      record: openRecord(anInput(), claimant, START),
    });
  });

  it("goes on with the execution's own task, its lease renewed", () => {
    const found = aRecord({ version: 3, attempts: 9, nextPollAt: instantAfter(500) });

    expect(claimTask(found, anInput(), claimant, at(400))).toEqual({
      kind: 'Own',
      record: { ...found, version: 4, leaseExpiresAt: instantAfter(400 + LEASE_SECONDS) },
    });
  });

  it("goes on with the execution's own task even when its lease and its life are over", () => {
    expect(claimTask(aRecord(), anInput(), claimant, at(expired + 60))).toMatchObject({
      kind: 'Own',
      record: { startedAt: instantAfter(0), version: 2 },
    });
  });

  it('joins the task of another execution while its lease lasts', () => {
    const found = aRecord();

    expect(claimTask(found, anInput(), otherClaimant, at(leaseOver) - 1)).toEqual({
      kind: 'Join',
      record: found,
    });
  });

  it('joins even when it asks for a higher generation: that begins after this one has ended', () => {
    expect(claimTask(aRecord(), anInput({ generation: 2 }), otherClaimant, START)).toMatchObject({
      kind: 'Join',
    });
  });

  it('takes over from an execution whose lease has lapsed, with all that it has counted', () => {
    const found = aRecord({ version: 3, attempts: 9, faults: 2 });

    expect(claimTask(found, anInput(), otherClaimant, at(leaseOver))).toEqual({
      kind: 'Own',
      record: {
        ...found,
        executionArn: OTHER_EXECUTION,
        version: 4,
        leaseExpiresAt: instantAfter(leaseOver + LEASE_SECONDS),
      },
    });
  });

  it('begins anew where the abandoned record has expired, too', () => {
    expect(claimTask(aRecord({ version: 3, attempts: 9 }), anInput(), otherClaimant, at(expired))).toEqual({
      kind: 'Own',
      record: { ...openRecord(anInput(), otherClaimant, at(expired)), version: 4 },
    });
  });

  it("finds its own task ended, as after a crash between the record and the event: it is the event's owner", () => {
    const record = aTerminalRecord();

    expect(claimTask(record, anInput(), claimant, at(60))).toEqual({ kind: 'Ended', record, owned: true });
  });

  it("finds another's task ended, and has no event to publish", () => {
    const record = aTerminalRecord();

    expect(claimTask(record, anInput(), otherClaimant, at(60))).toEqual({
      kind: 'Ended',
      record,
      owned: false,
    });
  });

  it('collects an ended task again for a higher generation', () => {
    const found = aTerminalRecord({ version: 5 });

    expect(claimTask(found, anInput({ generation: 2 }), otherClaimant, at(60))).toEqual({
      kind: 'Own',
      record: { ...openRecord(anInput({ generation: 2 }), otherClaimant, at(60)), version: 6 },
    });
  });

  it.each([1, 2])('does not collect an ended task again for generation %d when it was 2', (generation) => {
    const found = aTerminalRecord({ generation: 2 });

    expect(claimTask(found, anInput({ generation }), otherClaimant, at(60))).toMatchObject({
      kind: 'Ended',
    });
  });

  it('treats an ended record past its life as gone, deleted or not', () => {
    const found = aTerminalRecord({ version: 5, operation: 'RecognizePdf' });

    expect(claimTask(found, anInput(), otherClaimant, at(expired))).toMatchObject({
      kind: 'Own',
      record: { operation: 'RecognizeImage', attempts: 0, version: 6 },
    });
  });

  it('finds a task ended that it waited for, though the record expired with its end', () => {
    const record = aTerminalRecord({ outcome: 'TimedOut', completedAt: instantAfter(expired) });

    expect(claimTask(record, anInput(), otherClaimant, at(expired + 3000))).toEqual({
      kind: 'Ended',
      record,
      owned: false,
    });
  });

  it.each([
    ['collected', aRecord({ operation: 'RecognizePdf' }), 60],
    ['abandoned', aRecord({ operation: 'RecognizePdf' }), leaseOver + 60],
    ['ended', aTerminalRecord({ operation: 'RecognizePdf' }), 60],
  ])('refuses an id that is %s for another operation', (_, found, seconds) => {
    expect(claimTask(found, anInput({ generation: 2 }), otherClaimant, at(seconds))).toEqual({
      kind: 'Conflict',
      operation: 'RecognizePdf',
    });
  });
});

describe('isExpired', () => {
  it('from the second of expiresAt on', () => {
    const record = aRecord({ expiresAt: START / 1000 + 100 });

    expect([at(100) - 1, at(100)].map((now) => isExpired(record, now))).toEqual([false, true]);
  });
});

describe('afterPoll', () => {
  const fault = (kind: 'Unavailable' | 'NotExist', taskStatus?: 'NotExist') =>
    ({
      kind: 'Fault',
      fault: kind,
      lastResort: anEnding('Failed'),
      ...(taskStatus !== undefined && { taskStatus }),
    }) as const;

  it('counts the poll, keeps the status, and forgets the faults before a good answer', () => {
    const record = aRecord({ attempts: 4, faults: 3, faultsInARow: { Unavailable: 2 } });

    expect(afterPoll(record, { kind: 'Alive', taskStatus: 'Processing' })).toEqual({
      ...record,
      attempts: 5,
      taskStatus: 'Processing',
      faultsInARow: {},
    });
  });

  it('counts faults in all and in a row by kind, and keeps the last status', () => {
    const record = aRecord({
      taskStatus: 'Pending',
      faults: 3,
      faultsInARow: { Unavailable: 1, Malformed: 1 },
    });

    expect(afterPoll(record, fault('Unavailable'))).toEqual({
      ...record,
      attempts: 1,
      faults: 4,
      faultsInARow: { Unavailable: 2, Malformed: 1 },
    });
  });

  it('keeps the status that came with a fault', () => {
    expect(afterPoll(aRecord(), fault('NotExist', 'NotExist'))).toMatchObject({
      taskStatus: 'NotExist',
      faultsInARow: { NotExist: 1 },
    });
  });

  it('keeps the status that came with the end', () => {
    const ending = anEnding('Completed');

    expect(afterPoll(aRecord(), { kind: 'Ended', taskStatus: 'Completed', ending })).toMatchObject({
      attempts: 1,
      faults: 0,
      taskStatus: 'Completed',
    });
  });

  it('is not a write of its own: the version stays', () => {
    expect(afterPoll(aRecord({ version: 6 }), { kind: 'Alive', taskStatus: 'Pending' }).version).toBe(6);
  });
});

describe('scheduleNextPoll', () => {
  it('notes the time of the next poll, and keeps the lease for as long and for a repeat', () => {
    const record = aRecord({ version: 2 });

    expect(scheduleNextPoll(record, 3600, at(60))).toEqual({
      ...record,
      nextPollAt: instantAfter(3660),
      leaseExpiresAt: instantAfter(3660 + LEASE_SECONDS),
      version: 3,
    });
  });
});

describe('closeRecord', () => {
  it('keeps what the task ended with, and no next poll', () => {
    const record = aRecord({ version: 2, attempts: 3, nextPollAt: instantAfter(30) });
    const ending = anEnding('Completed', {
      partial: true,
      messages: ['m'],
      warnings: ['theirs'],
      responseStatusCode: 'PartiallyNotFound',
    });
    const results = longestStoredResults(2);

    const closed = closeRecord(
      record,
      ending,
      { results, manifestKey: 'manifest', warnings: ['ours'] },
      at(31),
    );

    const { nextPollAt: _, ...kept } = record;
    expect(closed).toEqual({
      ...kept,
      status: 'Completed',
      outcome: 'Completed',
      responseStatusCode: 'PartiallyNotFound',
      completedAt: instantAfter(31),
      results,
      resultCount: 2,
      resultBytes: 246913578,
      manifestKey: 'manifest',
      partial: true,
      messages: ['m'],
      warnings: ['theirs', 'ours'],
      version: 3,
    });
    expect(closed).not.toHaveProperty('nextPollAt');
  });

  it('keeps the reason of a failure', () => {
    const ending = anEnding('Failed', { reason: 'RecognitionError' });

    expect(closeRecord(aRecord(), ending, nothingStored, at(1))).toMatchObject({
      status: 'Failed',
      outcome: 'Failed',
      reason: 'RecognitionError',
      results: [],
      resultCount: 0,
      resultBytes: 0,
    });
  });

  it('lists the first results, and counts all', () => {
    const results = longestStoredResults(MAX_LISTED_RESULTS + 600);

    const closed = closeRecord(aRecord(), anEnding('Completed'), { results, warnings: [] }, at(1));

    expect(closed.results).toEqual(results.slice(0, MAX_LISTED_RESULTS));
    expect(closed.resultCount).toBe(MAX_LISTED_RESULTS + 600);
  });

  it('makes a foreign response status code printable', () => {
    const ending = anEnding('Completed', { responseStatusCode: `O\r\nk${'!'.repeat(100)}` });

    expect(closeRecord(aRecord(), ending, nothingStored, at(1)).responseStatusCode).toBe(
      `O??k${'!'.repeat(60)}`,
    );
  });

  it('limits the warnings of a thousand odd documents', () => {
    const warnings = Array.from({ length: 1000 }, (_, index) => `results[${index}]: Aspose sent no data`);

    const closed = closeRecord(aRecord(), anEnding('Completed'), { results: [], warnings }, at(1));

    expect(closed.warnings).toEqual(warnings.slice(0, 50));
  });
});
