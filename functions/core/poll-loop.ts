import type { TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, type Ending, ending } from './assess-poll.ts';
import { endedOutput, type FetchResultOutput, pollAgainOutput } from './fetch-result-output.ts';
import { pollOnce, seenAlive } from './poll-once.ts';
import {
  deadlineSeconds,
  type NextPoll,
  nextPoll,
  type PollingPolicy,
  RESULT_LIFETIME_SECONDS,
} from './polling-policy.ts';
import {
  expiresInSeconds,
  type FetchResultPorts,
  hasTimeFor,
  type PollReport,
  secondsSince,
} from './ports.ts';
import { closeRecord, isExpired, NOTHING_STORED, scheduleNextPoll } from './task-record.ts';

/**
 * Polls for the owner of a task, until it ends or the next poll is better left to a later invocation.
 *
 * @returns `Superseded` when another execution has written the record in the meantime
 */
export async function pollUntilHandover(
  claimed: TaskRecord,
  policy: PollingPolicy,
  ports: FetchResultPorts,
): Promise<FetchResultOutput | 'Superseded'> {
  if (await ports.isPollingPaused()) return await sitOutPause(claimed, ports);
  let record = claimed;
  let next = firstOfInvocation(record, policy, ports);
  for (let polls = 0; next.kind === 'Poll'; polls += 1) {
    const stays = next.hold && (polls === 0 || hasTimeFor(next.delaySeconds, ports));
    if (polls > 0 || !stays) {
      // Before each wait: the polls are counted whatever happens, and a task that was taken away is noticed.
      record = scheduleNextPoll(record, next.delaySeconds, ports.now());
      if (!(await ports.records.write(record))) return 'Superseded';
    }
    if (!stays) return pollAgainOutput(record, next.delaySeconds);
    await ports.sleep(next.delaySeconds);

    const before = pollContext(record, ports);
    const untilDeadlineSeconds = deadlineSeconds(policy, before) - before.elapsedSeconds;
    const polled = await pollOnce(record, untilDeadlineSeconds, ports);
    const { assessment, report } = polled;
    record = polled.record;
    if (assessment.kind === 'Ended') return finish(record, assessment.ending, ports, report);
    const retryAfterSeconds = assessment.kind === 'Fault' ? assessment.retryAfterSeconds : undefined;
    next = nextPoll(policy, { ...pollContext(record, ports), retryAfterSeconds }, ports.random());
    if (next.kind === 'Stop')
      return finish(record, outOfTime(record, assessment, next.reason), ports, report);
    ports.onPoll({ ...report, nextPollSeconds: next.delaySeconds });
  }
  return finish(record, ending({ outcome: 'TimedOut', reason: next.reason }), ports);
}

/**
 * How long a task waits before it looks again whether polling goes on. Resumed, tasks come back spread over this time.
 */
const PAUSE_CHECK_SECONDS = 300;

/**
 * While polling is paused a task waits, past its own deadline, too: it gets its poll afterwards. Only for what Aspose
 * has deleted there is nothing left to wait for.
 */
async function sitOutPause(
  claimed: TaskRecord,
  ports: FetchResultPorts,
): Promise<FetchResultOutput | 'Superseded'> {
  ports.onPause(expiresInSeconds(claimed, ports));
  if (isExpired(claimed, ports.now())) {
    const message = 'Polling was paused until Aspose had deleted the result.';
    return finish(claimed, ending({ outcome: 'TimedOut', reason: 'Deadline', messages: [message] }), ports);
  }
  const waiting = scheduleNextPoll(claimed, PAUSE_CHECK_SECONDS, ports.now());
  return (await ports.records.write(waiting)) ? pollAgainOutput(waiting, PAUSE_CHECK_SECONDS) : 'Superseded';
}

/** A poll that an earlier invocation scheduled is made at its time; else the policy tells. */
function firstOfInvocation(record: TaskRecord, policy: PollingPolicy, ports: FetchResultPorts): NextPoll {
  if (record.nextPollAt === undefined) return nextPoll(policy, pollContext(record, ports), ports.random());
  const delaySeconds = Math.max(0, (Date.parse(record.nextPollAt) - ports.now()) / 1000);
  // Wait states take whole seconds: the rest of one is slept through.
  return { kind: 'Poll', delaySeconds, hold: delaySeconds <= 1 };
}

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

/** What a task ends as when no time or no poll is left for it. */
function outOfTime(
  record: TaskRecord,
  last: Exclude<Assessment, { kind: 'Ended' }>,
  reason: 'Deadline' | 'PollBudget',
): Ending {
  const stillAtWork = last.kind === 'Alive' || (last.fault === 'Unavailable' && seenAlive(record));
  return stillAtWork ? ending({ outcome: 'TimedOut', reason }) : last.lastResort;
}

/** Documents first, then the record, and the event after both: each step can be repeated. */
async function finish(
  record: TaskRecord,
  end: Ending,
  ports: FetchResultPorts,
  lastPoll?: PollReport,
): Promise<FetchResultOutput | 'Superseded'> {
  const { outcome, results } = end;
  if (lastPoll !== undefined) ports.onPoll({ ...lastPoll, outcome });
  const stored =
    outcome === 'Completed' || results.length > 0 ? await ports.documents.store(record, end) : NOTHING_STORED;
  const closed = closeRecord(record, end, stored, ports.now());
  const written = await ports.records.write(closed);
  return written ? endedOutput(closed, ports.documents.bucket, true) : 'Superseded';
}
