import { type LineReason, STOP_REASONS, type StopReason } from '../../contracts/batch-record.ts';
import type { TaskImage } from '../../contracts/submit-image.ts';
import type { TaskRecord } from '../../contracts/task-record.ts';
import { type Ending, ending } from '../assess-poll.ts';
import { isTooOld } from '../execution-input.ts';
import { finishTask } from '../finish-task.ts';
import { lostEnding } from '../lost-task.ts';
import { firstPollOfInvocation, pollContext, pollStep } from '../poll-step.ts';
import {
  deadlineSeconds,
  nextCheck,
  type PollingOverrides,
  type PollingPolicy,
  resolvePolicy,
} from '../polling-policy.ts';
import type { FetchResultPorts, PollReport, VendorClient } from '../ports.ts';
import { type Claimant, claimTask, type TaskToCollect, type TerminalRecord } from '../task-record.ts';
import { secondsSince } from '../task-times.ts';
import type { ChunkRun } from './chunk-run.ts';

/** Fetches results for one poll. Its documents exist until it is released. */
export interface OpenedVendor {
  readonly vendor: VendorClient;
  release(): void;
}

export interface ChunkTaskPorts
  extends Pick<FetchResultPorts, 'records' | 'documents' | 'now' | 'random' | 'remainingSeconds' | 'onPoll'> {
  /** Opens a client for one poll, because polls in flight cannot share their documents' memory. */
  openVendor(): OpenedVendor;
  /** The stack's polling configuration. */
  readonly polling: PollingOverrides;
}

/** An item that is left to a later invocation of its chunk. */
export interface LeftItem {
  readonly kind: 'Left';
  /** When its next request is due, in epoch milliseconds. */
  readonly dueAt: number;
  readonly deadlineAt?: number;
  /** The record with the polls of this invocation, not written yet. Absent without a claim. */
  readonly record?: TaskRecord;
}

/** What became of a task in an invocation of its chunk. */
export type ChunkTask =
  | { readonly kind: 'Ended'; readonly record: TerminalRecord; readonly isOwned: boolean }
  /** Aspose has lost it, and its image may be uploaded again. */
  | { readonly kind: 'Lost' }
  | { readonly kind: 'NotStarted'; readonly reason: LineReason }
  /** Aspose had deleted its result before the chunk started. */
  | { readonly kind: 'TooOld' }
  | LeftItem;

/**
 * Collects a task of a chunk: claims it, and polls it until it ends or is left to a later
 * invocation. The record is written when the task is claimed and when it ends, not at each poll.
 *
 * @param image the task's image, if the chunk submitted it
 * @throws the errors of the record and document stores
 */
export async function collectChunkTask(
  task: TaskToCollect,
  claimant: Claimant,
  run: ChunkRun,
  ports: ChunkTaskPorts,
  image?: TaskImage,
): Promise<ChunkTask> {
  const resolved = resolvePolicy(ports.polling, task.polling);
  const policy = { ...resolved, maxPolls: Math.min(resolved.maxPolls, image?.maxPolls ?? resolved.maxPolls) };
  let input = task;
  for (;;) {
    const found = await ports.records.read(input.taskId);
    const claim = claimTask(found, input, claimant, ports.now());
    switch (claim.kind) {
      case 'Conflict':
        return { kind: 'NotStarted', reason: 'TaskConflict' };
      case 'Ended':
        if (claim.record.replacedBy === undefined || claim.owned)
          return { kind: 'Ended', record: claim.record, isOwned: claim.owned };
        input = { ...input, taskId: claim.record.replacedBy };
        break;
      case 'Join': {
        const stopping = run.stopping();
        if (stopping !== undefined) return { kind: 'NotStarted', reason: stopping };
        const check = nextCheck(policy, secondsSince(claim.record.startedAt, ports), ports.random());
        const dueAt = ports.now() + check.delaySeconds * 1000;
        if (!(await run.sleepUntil(dueAt))) return { kind: 'Left', dueAt };
        break;
      }
      case 'Own': {
        if (found?.executionArn !== claimant.executionArn) {
          const stopping = run.stopping();
          if (stopping !== undefined) return { kind: 'NotStarted', reason: stopping };
          // Judged at the start: a task that the chunk has begun ends with an event.
          if (isTooOld(input, run.claimant.startedAt)) return { kind: 'TooOld' };
        }
        if (!(await ports.records.write(claim.record))) break;
        const collected = await pollTask(claim.record, policy, run, ports, image);
        if (collected.kind === 'Superseded') break;
        return collected.kind === 'Ended' ? { ...collected, isOwned: true } : collected;
      }
    }
  }
}

type PolledTask =
  | { readonly kind: 'Ended'; readonly record: TerminalRecord }
  | { readonly kind: 'Lost' }
  | { readonly kind: 'Superseded' }
  | LeftItem;

/** Polls a claimed task until it ends or is left to a later invocation. */
async function pollTask(
  claimed: TaskRecord,
  policy: PollingPolicy,
  run: ChunkRun,
  ports: ChunkTaskPorts,
  image: TaskImage | undefined,
): Promise<PolledTask> {
  async function finish(record: TaskRecord, end: Ending, lastPoll?: PollReport): Promise<PolledTask> {
    const finished = await finishTask(record, end, ports, image, lastPoll);
    if (finished.kind === 'Ended' && isStopReason(end.reason)) await run.stop(end.reason);
    return finished;
  }

  const lost = lostEnding(claimed, image?.warnings);
  if (lost !== undefined) return await finish(claimed, lost);
  let record = claimed;
  let next = firstPollOfInvocation(record, policy, ports);
  while (next.kind === 'Poll') {
    const dueAt = ports.now() + next.delaySeconds * 1000;
    const deadlineAt =
      Date.parse(record.startedAt) + deadlineSeconds(policy, pollContext(record, ports)) * 1000;
    if (!(await run.takeTurn(dueAt, deadlineAt))) {
      return { kind: 'Left', dueAt: Math.min(run.notBefore(dueAt), deadlineAt), deadlineAt, record };
    }
    if (run.stopping() === 'Cancelled') return await finish(record, ending({ outcome: 'Cancelled' }));
    const { vendor, release } = ports.openVendor();
    try {
      const step = await pollStep(record, policy, { ...ports, vendor });
      record = step.record;
      if (step.kind === 'End') return await finish(record, step.ending, step.report);
      if (step.retryAfterSeconds !== undefined) run.slowDown(step.retryAfterSeconds);
      next = step.next;
    } finally {
      release();
    }
  }
  return await finish(record, ending({ outcome: 'TimedOut', reason: next.reason }));
}

/** Whether every other task would end for the same reason. */
export function isStopReason(reason: string | undefined): reason is StopReason {
  return STOP_REASONS.some((stopReason) => stopReason === reason);
}
