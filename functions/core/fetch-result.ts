import type { ExecutionInput, FetchResultOutput, TaskRecord } from '../contract.ts';
import { type Assessment, assessPoll, type Ending, ended } from './assess-poll.ts';
import type { OperationName } from './operations.ts';
import type { Outcome } from './outcomes.ts';
import {
  nextLook,
  nextPoll,
  type PollingOverrides,
  type PollingPolicy,
  RESULT_LIFETIME_SECONDS,
  resolvePolicy,
} from './polling-policy.ts';
import type { Poll } from './task-answer.ts';
import { endedOutput, isTerminal } from './task-event.ts';
import {
  afterPoll,
  type Claimant,
  claimTask,
  closeRecord,
  type StoredEnding,
  scheduleNextPoll,
  type TaskRecords,
} from './task-record.ts';

/** The id is already in use for a task of another operation. */
export class TaskConflict extends Error {
  override readonly name = 'TaskConflict';

  constructor(taskId: string, wanted: string, found: string) {
    super(
      `taskId: ${taskId} is being or has been collected for ${found}; it cannot be collected for ${wanted} too`,
    );
  }
}

/** Aspose, as far as fetching goes. */
export interface Vendor {
  /** Polls once. Whatever the vendor or the network does comes back as data, within the time given. */
  poll(operation: OperationName, taskId: string, timeoutSeconds: number): Promise<Poll>;
}

export interface DocumentStore {
  readonly bucket: string;
  /** Stores every result of an ending, and the manifest. */
  store(record: TaskRecord, ending: Ending): Promise<StoredEnding>;
}

/** One poll, for the log: nothing foreign in it. */
export interface PollReport {
  readonly taskId: string;
  readonly operation: OperationName;
  readonly attempt: number;
  /** Aspose's status, or what came in its place. */
  readonly saw: string;
  readonly detail?: string;
  /** Either when the next poll follows, or how the task has ended. */
  readonly nextPollSeconds?: number;
  readonly outcome?: Outcome;
}

export interface FetchResultPorts {
  readonly records: TaskRecords;
  readonly vendor: Vendor;
  readonly documents: DocumentStore;
  /** Epoch milliseconds. */
  now(): number;
  sleep(seconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
  /** What is left of this invocation. */
  remainingSeconds(): number;
  onPoll(report: PollReport): void;
}

/** A poll is begun only with this much of the invocation left, to download and to store what it brings. */
const POLL_RESERVE_SECONDS = 90;
/** Of which this is kept for storing. */
const STORE_RESERVE_SECONDS = 30;

/** A fetch may block for a while, yet not be what a task's deadline is spent on. */
const MAX_POLL_SECONDS = 150;

/**
 * One invocation of the state machine's Lambda: claims the task, polls as long as the policy holds the invocation,
 * stores and records an end.
 *
 * @returns what the state machine does next: wait and come again, or publish and end
 * @throws TaskConflict, and whatever the record and document stores throw: those faults are the state machine's
 */
export async function fetchResult(
  input: ExecutionInput,
  claimant: Claimant,
  configured: PollingOverrides,
  ports: FetchResultPorts,
): Promise<FetchResultOutput> {
  const policy = resolvePolicy(configured, input.polling);
  for (;;) {
    const claim = claimTask(await ports.records.read(input.taskId), input, claimant, ports.now());
    switch (claim.kind) {
      case 'Conflict':
        throw new TaskConflict(input.taskId, input.operation, claim.operation);
      case 'Ended':
        if (!isTerminal(claim.record)) throw new TypeError('an ended record has an outcome');
        return endedOutput(claim.record, ports.documents.bucket, claim.owned);
      case 'Own': {
        if (!(await ports.records.write(claim.record))) break;
        const output = await collect(claim.record, policy, ports);
        if (output !== 'Superseded') return output;
        break;
      }
      case 'Join': {
        const look = nextLook(policy, secondsSince(claim.record.startedAt, ports), ports.random());
        if (!look.hold || !hasTimeFor(look.delaySeconds, ports))
          return pollAgain(claim.record, look.delaySeconds);
        await ports.sleep(look.delaySeconds);
      }
    }
  }
}

/** Polls for the owner of the task. `Superseded`: another execution has written the record in the meantime. */
async function collect(
  claimed: TaskRecord,
  policy: PollingPolicy,
  ports: FetchResultPorts,
): Promise<FetchResultOutput | 'Superseded'> {
  let record = claimed;
  let next = firstOfInvocation(record, policy, ports);
  for (let polls = 0; next.kind === 'Poll'; polls += 1) {
    if (!next.hold || (polls > 0 && !hasTimeFor(next.delaySeconds, ports))) {
      const scheduled = scheduleNextPoll(record, next.delaySeconds, ports.now());
      return (await ports.records.write(scheduled)) ? pollAgain(scheduled, next.delaySeconds) : 'Superseded';
    }
    await ports.sleep(next.delaySeconds);

    const { poll, assessment } = await pollOnce(record, ports);
    record = afterPoll(record, assessment);
    if (assessment.kind === 'Ended') {
      const { ending } = assessment;
      ports.onPoll({ ...describePoll(record, poll, assessment), outcome: ending.outcome });
      return finish(record, ending, ports);
    }
    const retryAfterSeconds = assessment.kind === 'Fault' ? assessment.retryAfterSeconds : undefined;
    next = nextPoll(policy, { ...situation(record, ports), retryAfterSeconds }, ports.random());
    if (next.kind === 'Stop') {
      const ending = outOfTime(record, assessment, next.reason);
      ports.onPoll({ ...describePoll(record, poll, assessment), outcome: ending.outcome });
      return finish(record, ending, ports);
    }
    ports.onPoll({ ...describePoll(record, poll, assessment), nextPollSeconds: next.delaySeconds });
  }
  return finish(record, ended('TimedOut', next.reason, []), ports);
}

/** A poll that an earlier invocation scheduled is made at its time; else the policy tells. */
function firstOfInvocation(record: TaskRecord, policy: PollingPolicy, ports: FetchResultPorts) {
  if (record.nextPollAt === undefined) return nextPoll(policy, situation(record, ports), ports.random());
  const delaySeconds = Math.max(0, (Date.parse(record.nextPollAt) - ports.now()) / 1000);
  return delaySeconds <= 1
    ? ({ kind: 'Poll', delaySeconds, hold: true } as const)
    : ({ kind: 'Poll', delaySeconds: Math.ceil(delaySeconds), hold: false } as const);
}

async function pollOnce(
  record: TaskRecord,
  ports: FetchResultPorts,
): Promise<{ poll: Poll; assessment: Assessment }> {
  const timeoutSeconds = Math.min(
    MAX_POLL_SECONDS,
    Math.max(1, ports.remainingSeconds() - STORE_RESERVE_SECONDS),
  );
  const poll = await ports.vendor.poll(record.operation, record.taskId, timeoutSeconds);
  const { taskStatus, submittedAt, faultsInARow } = record;
  const assessment = assessPoll(
    {
      taskId: record.taskId,
      seenAlive: isAlive(taskStatus),
      resultLifetimeOver:
        submittedAt !== undefined && secondsSince(submittedAt, ports) >= RESULT_LIFETIME_SECONDS,
      faultsInARow,
    },
    poll,
  );
  return { poll, assessment };
}

function isAlive(taskStatus: string | undefined): boolean {
  return taskStatus === 'Pending' || taskStatus === 'Processing' || taskStatus === 'Completed';
}

/** What a task ends as when no time or no poll is left for it. */
function outOfTime(
  record: TaskRecord,
  last: Exclude<Assessment, { kind: 'Ended' }>,
  reason: 'Deadline' | 'PollBudget',
) {
  const stillAtWork = last.kind === 'Alive' || (last.fault === 'Unavailable' && isAlive(record.taskStatus));
  return stillAtWork ? ended('TimedOut', reason, []) : last.lastResort;
}

/** Documents first, then the record, and the event after both: each step can be repeated. */
async function finish(
  record: TaskRecord,
  ending: Ending,
  ports: FetchResultPorts,
): Promise<FetchResultOutput | 'Superseded'> {
  const stored =
    ending.outcome === 'Completed' || ending.results.length > 0
      ? await ports.documents.store(record, ending)
      : { results: [], warnings: [] };
  const closed = closeRecord(record, ending, stored, ports.now());
  if (!isTerminal(closed)) throw new TypeError('a closed record has an outcome');
  return (await ports.records.write(closed))
    ? endedOutput(closed, ports.documents.bucket, true)
    : 'Superseded';
}

function pollAgain(record: TaskRecord, delaySeconds: number): FetchResultOutput {
  const { attempts, taskStatus } = record;
  return {
    // Error ends a task: no open record has it.
    taskStatus: taskStatus === undefined || taskStatus === 'Error' ? 'Unseen' : taskStatus,
    attempts,
    delaySeconds: Math.max(1, Math.ceil(delaySeconds)),
  };
}

function situation(record: TaskRecord, ports: FetchResultPorts) {
  const { attempts, startedAt, submittedAt, faultsInARow } = record;
  const submittedBeforeStartSeconds =
    submittedAt === undefined ? 0 : Math.max(0, (Date.parse(startedAt) - Date.parse(submittedAt)) / 1000);
  return {
    attempts,
    elapsedSeconds: secondsSince(startedAt, ports),
    submittedBeforeStartSeconds,
    resultLostAfterSeconds: RESULT_LIFETIME_SECONDS - submittedBeforeStartSeconds,
    faultsInARow: Object.values(faultsInARow).reduce((sum, count) => sum + count, 0),
  };
}

/** Never negative: the clocks of two environments may disagree. */
function secondsSince(instant: string, { now }: FetchResultPorts): number {
  return Math.max(0, (now() - Date.parse(instant)) / 1000);
}

function hasTimeFor(delaySeconds: number, { remainingSeconds }: FetchResultPorts): boolean {
  return remainingSeconds() - delaySeconds >= POLL_RESERVE_SECONDS;
}

function describePoll(record: TaskRecord, poll: Poll, assessment: Assessment): PollReport {
  const { taskId, operation, attempts } = record;
  const known = assessment.kind === 'Fault' ? assessment.fault : assessment.taskStatus;
  return {
    taskId,
    operation,
    attempt: attempts,
    saw: known ?? poll.kind,
    ...('detail' in poll && { detail: poll.detail }),
  };
}
