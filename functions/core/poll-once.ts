import type { TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, assessPoll } from './assess-poll.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';
import { expiresInSeconds, type FetchResultPorts, type PollReport, secondsSince } from './ports.ts';
import { afterPoll } from './task-record.ts';
import type { Poll } from './vendor-response.ts';

/** A task after one more poll. */
export interface PolledTask {
  /** Not written yet. */
  readonly record: TaskRecord;
  readonly assessment: Assessment;
  readonly report: PollReport;
}

/** This much of the invocation is kept for storing what a poll brings. */
const STORE_RESERVE_SECONDS = 30;

/** A fetch may block for a while, and a large result takes its time. */
const MAX_POLL_SECONDS = 150;
/** What a poll gets even if the deadline is nearer: the last one is made at the deadline itself. */
const MIN_POLL_SECONDS = 10;

/**
 * Polls once, and says what that means for the task.
 *
 * @param untilDeadlineSeconds a vendor that does not answer is not waited for much longer
 */
export async function pollOnce(
  before: TaskRecord,
  untilDeadlineSeconds: number,
  ports: FetchResultPorts,
): Promise<PolledTask> {
  const { taskId, operation, submittedAt, faultsInARow } = before;
  const timeoutSeconds = Math.min(
    MAX_POLL_SECONDS,
    Math.max(MIN_POLL_SECONDS, untilDeadlineSeconds),
    Math.max(1, ports.remainingSeconds() - STORE_RESERVE_SECONDS),
  );
  const poll = await ports.vendor.poll(operation, taskId, timeoutSeconds);
  const resultLifetimeOver =
    submittedAt !== undefined && secondsSince(submittedAt, ports) >= RESULT_LIFETIME_SECONDS;
  const assessment = assessPoll(
    { taskId, seenAlive: seenAlive(before), resultLifetimeOver, faultsInARow },
    poll,
  );
  const record = afterPoll(before, assessment);
  return { record, assessment, report: describePoll(record, poll, assessment, ports) };
}

/** Whether Aspose has ever been at work on the task, as its last known status tells. */
export function seenAlive({ taskStatus }: TaskRecord): boolean {
  return taskStatus === 'Pending' || taskStatus === 'Processing' || taskStatus === 'Completed';
}

function describePoll(
  record: TaskRecord,
  poll: Poll,
  assessment: Assessment,
  ports: FetchResultPorts,
): PollReport {
  const { taskId, operation, attempts } = record;
  const known = assessment.kind === 'Fault' ? assessment.fault : assessment.taskStatus;
  return {
    taskId,
    operation,
    attempt: attempts,
    expiresInSeconds: expiresInSeconds(record, ports),
    observed: known ?? poll.kind,
    ...('detail' in poll && { detail: poll.detail }),
  };
}
