import type { BatchEventDetail } from '../../contracts/batch-event.ts';
import { batchKeys } from '../../contracts/batch-keys.ts';
import type { BatchRecord } from '../../contracts/batch-record.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { EndedBatch } from './batch-record.ts';

/** Whether the items of the batch were listed, and their result lines are not lost. */
export function hasBatchResults({ chunks = 0 }: BatchRecord): boolean {
  return chunks > 0;
}

/**
 * The detail of `OCR Batch Completed`. It depends on the record alone, so every publisher sends the
 * same.
 */
export function batchEventDetail(record: EndedBatch, bucket: string): BatchEventDetail {
  const { batchId, outcome, reason, messages, startedAt, executionArn } = record;
  const { total = 0, counts = {}, duplicates = 0, completedAt = startedAt } = record;
  const keys = hasBatchResults(record) ? batchKeys(batchId) : undefined;
  return {
    version: '1',
    idempotencyKey: `batch/${batchId}`,
    batchId,
    outcome,
    ...withoutUndefined({ reason }),
    messages,
    total,
    counts,
    duplicates,
    bucket,
    results: keys?.lines ?? null,
    resultsCsv: keys?.csv ?? null,
    summary: keys?.summary ?? null,
    durations: { totalSeconds: Math.max(0, (Date.parse(completedAt) - Date.parse(startedAt)) / 1000) },
    executionArn,
  };
}

/** The cause of an execution whose batch did not end as Completed: one sentence. */
export function batchEndCause({ outcome, reason, total, counts }: BatchEventDetail): string {
  const end = `The batch ended as ${outcome}${reason === undefined ? '' : ` (${reason})`}`;
  const tried = total - (counts['NotStarted'] ?? 0);
  return total === 0 ? `${end} before its items were listed.` : `${end} after ${tried} of ${total} items.`;
}
