import type { TaskRecord } from '../contracts/task-record.ts';
import { type Assessment, type Ending, ending } from './assess-poll.ts';
import { isKnownToAspose, pollOnce } from './poll-once.ts';
import {
  deadlineSeconds,
  type NextPoll,
  nextPoll,
  type PollContext,
  type PollingPolicy,
  RESULT_LIFETIME_SECONDS,
} from './polling-policy.ts';
import type { FetchResultPorts, PollReport } from './ports.ts';
import { secondsSince } from './task-times.ts';

/** What follows a poll. `record` is the record after it, not written yet. */
export type PollStep =
  | {
      readonly kind: 'End';
      readonly record: TaskRecord;
      readonly ending: Ending;
      readonly report: PollReport;
    }
  | {
      readonly kind: 'Next';
      readonly record: TaskRecord;
      readonly next: Extract<NextPoll, { kind: 'Poll' }>;
      /** The Retry-After header of the response. */
      readonly retryAfterSeconds?: number | undefined;
    };

type PollPorts = Pick<FetchResultPorts, 'vendor' | 'now' | 'random' | 'remainingSeconds' | 'onPoll'>;

/** Polls a task once, and decides whether and when it is polled again. */
export async function pollStep(
  before: TaskRecord,
  policy: PollingPolicy,
  ports: PollPorts,
): Promise<PollStep> {
  const context = pollContext(before, ports);
  const untilDeadlineSeconds = deadlineSeconds(policy, context) - context.elapsedSeconds;
  const { record, assessment, report } = await pollOnce(before, untilDeadlineSeconds, ports);
  if (assessment.kind === 'Ended') return { kind: 'End', record, ending: assessment.ending, report };
  const retryAfterSeconds = assessment.kind === 'Fault' ? assessment.retryAfterSeconds : undefined;
  const next = nextPoll(policy, { ...pollContext(record, ports), retryAfterSeconds }, ports.random());
  if (next.kind === 'Stop') {
    return { kind: 'End', record, ending: endingWithoutResult(record, assessment, next.reason), report };
  }
  ports.onPoll({ ...report, nextPollSeconds: next.delaySeconds });
  return { kind: 'Next', record, next, retryAfterSeconds };
}

/** What the policy needs to know about a task. */
export function pollContext(record: TaskRecord, ports: Pick<FetchResultPorts, 'now'>): PollContext {
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

/** Returns the poll that an earlier invocation scheduled, or else asks the policy. */
export function firstPollOfInvocation(
  record: TaskRecord,
  policy: PollingPolicy,
  ports: Pick<FetchResultPorts, 'now' | 'random'>,
): NextPoll {
  if (record.nextPollAt === undefined) return nextPoll(policy, pollContext(record, ports), ports.random());
  const delaySeconds = Math.max(0, (Date.parse(record.nextPollAt) - ports.now()) / 1000);
  // A Wait state takes whole seconds; the remaining fraction is slept in the invocation.
  return { kind: 'Poll', delaySeconds, hold: delaySeconds <= 1 };
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
