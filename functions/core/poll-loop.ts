import { type FetchResultOutput, LOST_STATUS } from '../contracts/fetch-result.ts';
import type { TaskImage } from '../contracts/submit-image.ts';
import type { TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, type Ending, ending } from './assess-poll.ts';
import { pollAgainOutput } from './fetch-result-output.ts';
import { isLost, lostEnding, markLost } from './lost-task.ts';
import { isKnownToAspose, pollOnce } from './poll-once.ts';
import {
  deadlineSeconds,
  type NextPoll,
  nextPoll,
  type PollingPolicy,
  RESULT_LIFETIME_SECONDS,
} from './polling-policy.ts';
import type { FetchResultPorts, PollReport } from './ports.ts';
import {
  closeRecord,
  isExpired,
  LEASE_SECONDS,
  NOTHING_STORED,
  scheduleNextPoll,
  type TerminalRecord,
} from './task-record.ts';
import { expiresInSeconds, hasTimeFor, RECORD_SECONDS, secondsSince } from './task-times.ts';

/** What follows: another invocation, or nothing, because the task has ended. */
export type Handover =
  | FetchResultOutput
  | { readonly ended: TerminalRecord }
  /** Another execution has written the record in the meantime. */
  | 'Superseded';

/**
 * Polls a task that this execution owns, until the task ends or the next poll is left to a later
 * invocation.
 *
 * @param image the task's image, if ocr-courier submitted it
 */
export async function pollUntilHandover(
  claimed: TaskRecord,
  policy: PollingPolicy,
  ports: FetchResultPorts,
  image?: TaskImage,
): Promise<Handover> {
  const lost = lostEnding(claimed, image?.warnings);
  if (lost !== undefined) return await finish(claimed, lost, ports, image);
  if (await ports.isPollingPaused()) return await waitForResume(claimed, ports, image);
  let record = claimed;
  let next = firstPollOfInvocation(record, policy, ports);
  for (let polls = 0; next.kind === 'Poll'; polls += 1) {
    const holds = next.hold && (polls === 0 || hasTimeFor(next.delaySeconds, ports));
    if (polls > 0 || !holds) {
      // Written before each wait, so that polls are counted even if this invocation dies, and a
      // takeover is noticed.
      record = scheduleNextPoll(record, next.delaySeconds, ports.now());
      if (!(await ports.records.write(record))) return 'Superseded';
    }
    if (!holds) return pollAgainOutput(record, next.delaySeconds);
    await ports.sleep(next.delaySeconds);

    const before = pollContext(record, ports);
    const untilDeadlineSeconds = deadlineSeconds(policy, before) - before.elapsedSeconds;
    const polled = await pollOnce(record, untilDeadlineSeconds, ports);
    const { assessment, report } = polled;
    record = polled.record;
    if (assessment.kind === 'Ended') return finish(record, assessment.ending, ports, image, report);
    const retryAfterSeconds = assessment.kind === 'Fault' ? assessment.retryAfterSeconds : undefined;
    next = nextPoll(policy, { ...pollContext(record, ports), retryAfterSeconds }, ports.random());
    if (next.kind === 'Stop')
      return finish(record, endingWithoutResult(record, assessment, next.reason), ports, image, report);
    ports.onPoll({ ...report, nextPollSeconds: next.delaySeconds });
  }
  return finish(record, ending({ outcome: 'TimedOut', reason: next.reason }), ports, image);
}

/**
 * How often a task checks whether polling is still paused. After a pause, tasks resume spread over
 * this time.
 */
const PAUSE_CHECK_SECONDS = 300;

/**
 * Waits while polling is paused, even past the task's deadline: the task gets its poll afterwards.
 * It ends only once Aspose has deleted the result.
 */
async function waitForResume(
  claimed: TaskRecord,
  ports: FetchResultPorts,
  image: TaskImage | undefined,
): Promise<Handover> {
  ports.onPause(expiresInSeconds(claimed, ports));
  if (isExpired(claimed, ports.now())) {
    const message = 'Polling stayed paused until Aspose deleted the result.';
    const timedOut = ending({ outcome: 'TimedOut', reason: 'Deadline', messages: [message] });
    return finish(claimed, timedOut, ports, image);
  }
  const waiting = scheduleNextPoll(claimed, PAUSE_CHECK_SECONDS, ports.now());
  return (await ports.records.write(waiting)) ? pollAgainOutput(waiting, PAUSE_CHECK_SECONDS) : 'Superseded';
}

/** Returns the poll that an earlier invocation scheduled, or else asks the policy. */
function firstPollOfInvocation(record: TaskRecord, policy: PollingPolicy, ports: FetchResultPorts): NextPoll {
  if (record.nextPollAt === undefined) return nextPoll(policy, pollContext(record, ports), ports.random());
  const delaySeconds = Math.max(0, (Date.parse(record.nextPollAt) - ports.now()) / 1000);
  // A Wait state takes whole seconds; the remaining fraction is slept here.
  return { kind: 'Poll', delaySeconds, hold: delaySeconds <= 1 };
}

/** What the policy needs to know about a task. */
function pollContext(record: TaskRecord, ports: FetchResultPorts) {
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

/** The ending of a task that has no time or no poll left. */
function endingWithoutResult(
  record: TaskRecord,
  last: Exclude<Assessment, { kind: 'Ended' }>,
  reason: 'Deadline' | 'PollBudget',
): Ending {
  const saysNothing = last.kind === 'Fault' && (last.fault === 'Unavailable' || last.fault === 'NotExist');
  const isStillRunning = last.kind === 'Unfinished' || (saysNothing && isKnownToAspose(record));
  return isStillRunning ? ending({ outcome: 'TimedOut', reason }) : last.endingIfLast;
}

/**
 * Stores the documents first, then the record. The event follows both, so each step can be
 * repeated. A lost task stays open while its image may be uploaded again.
 */
async function finish(
  record: TaskRecord,
  end: Ending,
  ports: FetchResultPorts,
  image: TaskImage | undefined,
  lastPoll?: PollReport,
): Promise<Handover> {
  const { outcome, results } = end;
  if (lastPoll !== undefined) ports.onPoll({ ...lastPoll, outcome });
  if (image?.isLast === false && isLost(end)) {
    const lost = markLost(record, end, ports.now(), LEASE_SECONDS);
    if (!(await ports.records.write(lost))) return 'Superseded';
    return { taskStatus: LOST_STATUS, attempts: lost.attempts };
  }
  const storeSeconds = Math.max(1, ports.remainingSeconds() - RECORD_SECONDS);
  const stored =
    outcome === 'Completed' || results.length > 0
      ? await ports.documents.store(record, end, storeSeconds)
      : NOTHING_STORED;
  const closed = closeRecord(record, end, stored, ports.now());
  const written = await ports.records.write(closed);
  return written ? { ended: closed } : 'Superseded';
}
