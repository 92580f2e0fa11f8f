import { describe, expect, it } from 'vitest';
import { MAX_LISTED_RESULTS } from '../../../functions/contracts/task-record.ts';
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
  it('returns an unpolled record with a lease that expires 24 hours after the start', () => {
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

  it('counts the 24 hours from a known submission, which it converts to UTC', () => {
    const record = openRecord(anInput({ submittedAt: '2026-01-01T01:30:00.250+02:00' }), claimant, START);

    expect(record.submittedAt).toBe('2025-12-31T23:30:00.250Z');
    expect(record.expiresAt).toBe(START / 1000 - 1800 + RESULT_LIFETIME_SECONDS);
  });

  it('increments the version of the record that it replaces', () => {
    expect(openRecord(anInput(), claimant, START, aTerminalRecord({ version: 7 })).version).toBe(8);
  });
});

describe('claimTask', () => {
  const leaseOver = LEASE_SECONDS;
  const expired = RESULT_LIFETIME_SECONDS;

  it('opens a record when there is none', () => {
    expect(claimTask(undefined, anInput(), claimant, START)).toEqual({
      kind: 'Own',
      record: openRecord(anInput(), claimant, START),
    });
  });

  it("keeps the execution's own task and renews its lease", () => {
    const found = aRecord({ version: 3, attempts: 9, nextPollAt: instantAfter(500) });

    expect(claimTask(found, anInput(), claimant, at(400))).toEqual({
      kind: 'Own',
      record: { ...found, version: 4, leaseExpiresAt: instantAfter(400 + LEASE_SECONDS) },
    });
  });

  it("keeps the execution's own task even after its lease and its record have expired", () => {
    expect(claimTask(aRecord(), anInput(), claimant, at(expired + 60))).toMatchObject({
      kind: 'Own',
      record: { startedAt: instantAfter(0), version: 2 },
    });
  });

  it.each([1, 2])('joins a task that another execution has leased, for generation %i', (generation) => {
    const record = aRecord();

    const claim = claimTask(record, anInput({ generation }), otherClaimant, at(leaseOver) - 1);

    expect(claim).toEqual({ kind: 'Join', record });
  });

  it('takes over the task and its counters when the lease of another execution has expired', () => {
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

  it('opens a new record when an abandoned record has expired', () => {
    const late = { ...otherClaimant, startedAt: at(expired) };

    expect(claimTask(aRecord({ version: 3, attempts: 9 }), anInput(), late, at(expired))).toEqual({
      kind: 'Own',
      record: { ...openRecord(anInput(), late, at(expired)), version: 4 },
    });
  });

  it('takes an abandoned record over when this execution started before it expired', () => {
    const claim = claimTask(aRecord({ version: 3, attempts: 9 }), anInput(), otherClaimant, at(expired + 60));

    expect(claim).toMatchObject({ kind: 'Own', record: { attempts: 9, version: 4 } });
  });

  const expiredRecord = aTerminalRecord({ outcome: 'TimedOut', completedAt: instantAfter(expired) });

  it.each([
    ['owns', 'its own ended task, as after a crash before publishing', claimant, aTerminalRecord(), 60, true],
    ['does not own', 'a task that another execution ended', otherClaimant, aTerminalRecord(), 60, false],
    // The execution waited for this task, so the expiry of the record must not hide its outcome.
    ['does not own', 'a task that ended at its expiry', otherClaimant, expiredRecord, expired + 3000, false],
    // The first invocation of the execution failed until the record had expired.
    ['does not own', 'a task that expired meanwhile', otherClaimant, aTerminalRecord(), expired + 60, false],
  ])('%s the event of %s', (_, __, by, record, seconds, owned) => {
    expect(claimTask(record, anInput(), by, at(seconds))).toEqual({ kind: 'Ended', record, owned });
  });

  it('collects an ended task once more for a higher generation', () => {
    const found = aTerminalRecord({ version: 5 });

    expect(claimTask(found, anInput({ generation: 2 }), otherClaimant, at(60))).toEqual({
      kind: 'Own',
      record: { ...openRecord(anInput({ generation: 2 }), otherClaimant, at(60)), version: 6 },
    });
  });

  it.each([1, 2])('does not collect ended generation 2 once more for generation %i', (generation) => {
    const found = aTerminalRecord({ generation: 2 });

    expect(claimTask(found, anInput({ generation }), otherClaimant, at(60))).toMatchObject({
      kind: 'Ended',
    });
  });

  it('ignores an ended record that has expired but was not deleted yet', () => {
    const found = aTerminalRecord({ version: 5, operation: 'RecognizePdf' });

    expect(
      claimTask(found, anInput(), { ...otherClaimant, startedAt: at(expired) }, at(expired)),
    ).toMatchObject({
      kind: 'Own',
      record: { operation: 'RecognizeImage', attempts: 0, version: 6 },
    });
  });

  it.each([
    ['being collected', aRecord({ operation: 'RecognizePdf' }), 60],
    ['abandoned', aRecord({ operation: 'RecognizePdf' }), leaseOver + 60],
    ['ended', aTerminalRecord({ operation: 'RecognizePdf' }), 60],
  ])('returns a conflict when the task is %s for another operation', (_, found, seconds) => {
    expect(claimTask(found, anInput({ generation: 2 }), otherClaimant, at(seconds))).toEqual({
      kind: 'Conflict',
      operation: 'RecognizePdf',
    });
  });
});

it('isExpired is true from the second of expiresAt', () => {
  const record = aRecord({ expiresAt: START / 1000 + 100 });

  expect([at(100) - 1, at(100)].map((now) => isExpired(record, now))).toEqual([false, true]);
});

describe('afterPoll', () => {
  const fault = (kind: 'Unavailable' | 'NotExist', taskStatus?: 'NotExist') =>
    ({
      kind: 'Fault',
      fault: kind,
      endingIfLast: anEnding('Failed'),
      ...(taskStatus !== undefined && { taskStatus }),
    }) as const;

  it('counts a valid response, records its status and resets the faults in a row', () => {
    const record = aRecord({ attempts: 4, faults: 3, faultsInARow: { Unavailable: 2 } });

    expect(afterPoll(record, { kind: 'Unfinished', taskStatus: 'Processing' })).toEqual({
      ...record,
      attempts: 5,
      taskStatus: 'Processing',
      faultsInARow: {},
    });
  });

  it('counts faults in total, and in a row by kind, and keeps the last status', () => {
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

  it('records a status that came with a fault', () => {
    expect(afterPoll(aRecord(), fault('NotExist', 'NotExist'))).toMatchObject({
      taskStatus: 'NotExist',
      faultsInARow: { NotExist: 1 },
    });
  });

  it('records the status that ended the task', () => {
    const ending = anEnding('Completed');

    expect(afterPoll(aRecord(), { kind: 'Ended', taskStatus: 'Completed', ending })).toMatchObject({
      attempts: 1,
      faults: 0,
      taskStatus: 'Completed',
    });
  });
});

it('scheduleNextPoll sets the time of the next poll and a lease that outlasts it', () => {
  const record = aRecord({ version: 2 });

  expect(scheduleNextPoll(record, 3600, at(60))).toEqual({
    ...record,
    nextPollAt: instantAfter(3660),
    leaseExpiresAt: instantAfter(3660 + LEASE_SECONDS),
    version: 3,
  });
});

describe('closeRecord', () => {
  it('records the outcome and its details, and removes the next poll', () => {
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

  it('records the reason of a failure', () => {
    const ending = anEnding('Failed', { reason: 'RecognitionError' });

    expect(closeRecord(aRecord(), ending, nothingStored, at(1))).toMatchObject({
      status: 'Failed',
      outcome: 'Failed',
      reason: 'RecognitionError',
    });
  });

  it('lists only the first results, but counts every result', () => {
    const results = longestStoredResults(MAX_LISTED_RESULTS + 600);

    const closed = closeRecord(aRecord(), anEnding('Completed'), { results, warnings: [] }, at(1));

    expect(closed.results).toEqual(results.slice(0, MAX_LISTED_RESULTS));
    expect(closed.resultCount).toBe(MAX_LISTED_RESULTS + 600);
  });

  it('turns the response status code into printable ASCII', () => {
    const ending = anEnding('Completed', { responseStatusCode: `O\r\nk${'!'.repeat(100)}` });

    expect(closeRecord(aRecord(), ending, nothingStored, at(1)).responseStatusCode).toBe(
      `O??k${'!'.repeat(60)}`,
    );
  });

  it('keeps 50 of a thousand warnings', () => {
    const warnings = Array.from({ length: 1000 }, (_, index) => `results[${index}]: Aspose sent no data`);

    const closed = closeRecord(aRecord(), anEnding('Completed'), { results: [], warnings }, at(1));

    expect(closed.warnings).toEqual(warnings.slice(0, 50));
  });
});
