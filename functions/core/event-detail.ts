import { OPERATIONS } from '../contracts/operations.ts';
import type { TaskEventDetail } from '../contracts/task-event.ts';
import type { TerminalRecord } from './task-record.ts';
import { withoutUndefined } from './without-undefined.ts';

/**
 * The detail of a task's terminal event. It depends on the record alone, so every publisher sends
 * the same.
 */
export function taskEventDetail(record: TerminalRecord, bucket: string): TaskEventDetail {
  const { taskId, operation, generation, outcome, reason, submittedAt, startedAt, completedAt } = record;
  const { correlation, batchId, imageId, source, uploads } = record;
  const end = Date.parse(completedAt ?? startedAt);
  const secondsUntilEnd = (from: string) => Math.max(0, (end - Date.parse(from)) / 1000);
  return {
    version: '1',
    idempotencyKey: `${operation}/${taskId}/${generation}`,
    taskId,
    operation,
    generation,
    outcome,
    ...withoutUndefined({ reason, correlation, batchId, imageId, source, uploads, completedAt }),
    messages: record.messages,
    warnings: record.warnings,
    results: record.results,
    resultCount: record.resultCount,
    resultBytes: record.resultBytes,
    bucket,
    manifest: record.manifestKey ?? null,
    partial: record.partial,
    empty: record.empty,
    trial: OPERATIONS[operation].trial,
    attempts: record.attempts,
    durations: {
      collectingSeconds: secondsUntilEnd(startedAt),
      ...(submittedAt !== undefined && { sinceSubmittedSeconds: secondsUntilEnd(submittedAt) }),
    },
    executionArn: record.executionArn,
    expiresAt: record.expiresAt,
  };
}
