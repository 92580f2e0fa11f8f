import { type BatchInput, DEFAULT_BATCH_CONCURRENCY } from '../../contracts/batch-input.ts';
import type { BatchOutcome, BatchReason, BatchRecord } from '../../contracts/batch-record.ts';
import { limitText } from '../assess-poll.ts';
import type { Claimant } from '../task-record.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** The record of a batch that has ended. */
export type EndedBatch = BatchRecord & { readonly outcome: BatchOutcome };

export function isEndedBatch(record: BatchRecord): record is EndedBatch {
  return record.outcome !== undefined;
}

/** How long the records of a batch are kept after its start. */
export const BATCH_RECORD_SECONDS = 14 * 24 * 60 * 60;

/** Every reader treats an expired record as deleted, even before DynamoDB deletes it. */
export function isBatchExpired(record: BatchRecord, now: number): boolean {
  return record.expiresAt * 1000 <= now;
}

/**
 * Returns the digest of a request, which tells a repeated request from another one. An input is
 * parsed before, so that fields left out and their defaults are the same.
 */
export async function batchRequestDigest(input: BatchInput): Promise<string> {
  const { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: _, ...request } = input;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(request)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The record of a batch whose items are about to be listed. */
export async function newBatch(
  batchId: string,
  input: BatchInput,
  { executionArn, startedAt }: Claimant,
): Promise<BatchRecord> {
  const { requestsPerSecond } = input;
  const concurrency = Math.min(input.concurrency, chunksAtRate(requestsPerSecond));
  return unopenedBatch(
    batchId,
    { executionArn, startedAt },
    {
      requestDigest: await batchRequestDigest(input),
      concurrency,
      ...withoutUndefined({ requestsPerSecond }),
    },
  );
}

/** Each round of a chunk, which takes at least this time, sends a request without waiting. */
const SECONDS_PER_REQUEST = 20;

/** The most chunks that keep a rate together. */
function chunksAtRate(requestsPerSecond: number | undefined): number {
  return requestsPerSecond === undefined
    ? Number.POSITIVE_INFINITY
    : Math.max(1, Math.floor(requestsPerSecond * SECONDS_PER_REQUEST));
}

/** The record of a batch that ended before its request was read. */
export function unreadBatch(batchId: string, claimant: Claimant): BatchRecord {
  return unopenedBatch(batchId, claimant, { requestDigest: '', concurrency: DEFAULT_BATCH_CONCURRENCY });
}

function unopenedBatch(
  batchId: string,
  { executionArn, startedAt }: Claimant,
  request: Pick<BatchRecord, 'requestDigest' | 'concurrency' | 'requestsPerSecond'>,
): BatchRecord {
  return {
    batchId,
    status: 'Opening',
    messages: [],
    ...request,
    executionArn,
    startedAt: new Date(startedAt).toISOString(),
    expiresAt: Math.floor(startedAt / 1000) + BATCH_RECORD_SECONDS,
    version: 1,
  };
}

/** The next version of a record, not written yet. */
export function changeBatch<Changes extends Partial<BatchRecord>>(record: BatchRecord, changes: Changes) {
  return { ...record, ...changes, version: record.version + 1 };
}

/** The record of a batch that ends. Its event still has to be published. */
export function endBatch(
  record: BatchRecord,
  outcome: BatchOutcome,
  {
    reason,
    messages = [],
    counts = {},
  }: {
    readonly reason?: BatchReason;
    readonly messages?: readonly string[];
    readonly counts?: BatchRecord['counts'];
  },
  now: number,
): EndedBatch {
  return changeBatch(record, {
    status: outcome,
    outcome,
    ...withoutUndefined({ reason }),
    messages: limitText(messages),
    total: record.total ?? 0,
    duplicates: record.duplicates ?? 0,
    counts,
    completedAt: new Date(now).toISOString(),
    terminalEvent: 'Pending' as const,
  });
}
