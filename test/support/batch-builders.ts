import { type BatchInput, batchInputSchema } from '../../functions/contracts/batch-input.ts';
import type { BatchRecord } from '../../functions/contracts/batch-record.ts';
import { BATCH_RECORD_SECONDS } from '../../functions/core/batch/batch-record.ts';
import { instantAfter, START } from './builders.ts';

/** Builders for the tests of batches. Each takes only the fields that matter to its test. */

export const BATCH_ID = 'scans-2026';
export const BATCH_EXECUTION = `arn:aws:states:eu-central-1:111122223333:execution:Batch:${BATCH_ID}`;

/** Builds the input of an execution of `Collect batch`. By default, a list names its items. */
export function aBatchInput(details: Partial<BatchInput> = {}): BatchInput {
  const list = { bucket: 'scans', key: 'tasks.jsonl' };
  return batchInputSchema.parse({ list, ...details });
}

/** Builds the record of a batch that has just started. */
export function aBatchRecord(details: Partial<BatchRecord> = {}): BatchRecord {
  return {
    batchId: BATCH_ID,
    status: 'Opening',
    messages: [],
    requestDigest: '0'.repeat(64),
    executionArn: BATCH_EXECUTION,
    concurrency: 10,
    startedAt: instantAfter(0),
    expiresAt: START / 1000 + BATCH_RECORD_SECONDS,
    version: 1,
    ...details,
  };
}

/** Builds the record of a batch of two items, of which one has failed. */
export function anEndedBatch(details: Partial<BatchRecord> = {}): BatchRecord {
  const outcome = details.outcome ?? 'Completed';
  return aBatchRecord({
    ...{ total: 2, duplicates: 0, chunks: 1, counts: { Completed: 1, Failed: 1 } },
    ...{ completedAt: instantAfter(60), terminalEvent: 'Published', version: 4 },
    ...details,
    status: outcome,
    outcome,
  });
}
