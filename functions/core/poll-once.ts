import type { TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, assessPoll } from './assess-poll.ts';
import type { FetchResultPorts, PollReport } from './ports.ts';
import { afterPoll } from './task-record.ts';
import { expiresInSeconds, POLL_SECONDS, STORE_SECONDS, secondsSince } from './task-times.ts';
import type { Poll } from './vendor-response.ts';

/** A task after one more poll. */
export interface PolledTask {
  /** Not written yet. */
  readonly record: TaskRecord;
  readonly assessment: Assessment;
  readonly report: PollReport;
}

/** Applies even past the deadline, because the last poll is made at the deadline itself. */
const MIN_POLL_SECONDS = 10;

/**
 * Polls once and assesses the response.
 *
 * @param untilDeadlineSeconds shortens the poll's timeout near the task's deadline
 */
export async function pollOnce(
  before: TaskRecord,
  untilDeadlineSeconds: number,
  ports: Pick<FetchResultPorts, 'vendor' | 'now' | 'remainingSeconds'>,
): Promise<PolledTask> {
  const { taskId, operation, submittedAt, faultsInARow } = before;
  const timeoutSeconds = Math.min(
    POLL_SECONDS,
    Math.max(MIN_POLL_SECONDS, untilDeadlineSeconds),
    Math.max(1, ports.remainingSeconds() - STORE_SECONDS),
  );
  const poll = await ports.vendor.poll(operation, taskId, timeoutSeconds);
  const ageSeconds = submittedAt === undefined ? undefined : secondsSince(submittedAt, ports);
  const assessment = assessPoll(
    { taskId, isKnownToAspose: isKnownToAspose(before), ageSeconds, faultsInARow },
    poll,
  );
  const record = afterPoll(before, assessment);
  return { record, assessment, report: describePoll(record, poll, assessment, ports) };
}

/** Whether Aspose has ever reported the task as known: Pending, Processing or Completed. */
export function isKnownToAspose({ taskStatus }: TaskRecord): boolean {
  return taskStatus === 'Pending' || taskStatus === 'Processing' || taskStatus === 'Completed';
}

function describePoll(
  record: TaskRecord,
  poll: Poll,
  assessment: Assessment,
  ports: Pick<FetchResultPorts, 'now'>,
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
