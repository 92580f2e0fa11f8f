import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Outcome, Reason } from '../../functions/contracts/outcomes.ts';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import type { StoredResult, TaskRecord } from '../../functions/contracts/task-record.ts';
import { type Ending, ending } from '../../functions/core/assess-poll.ts';
import type { TerminalRecord } from '../../functions/core/task-record.ts';
import { type Claimant, openRecord } from '../../functions/core/task-record.ts';
import type { Content, Poll, ReceivedResult, VendorResponse } from '../../functions/core/vendor-response.ts';

/** Builders for the tests of `functions/`. Each takes only the fields that matter to its test. */

export const TASK_ID = 'c4b60313-4f78-45f8-b708-069eb98dc22e';
export const EXECUTION = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:first';
export const OTHER_EXECUTION = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:second';
export const BUCKET = 'results-bucket';

/** Default start of collections, in epoch milliseconds. */
export const START = Date.parse('2026-01-01T00:00:00Z');

/** The execution that collects a task, and one that starts a minute later. */
export const claimant: Claimant = { executionArn: EXECUTION, startedAt: START };
export const otherClaimant: Claimant = { executionArn: OTHER_EXECUTION, startedAt: START + 60_000 };

/** Returns the instant that many seconds after `START`. */
export function instantAfter(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

export function anInput(details: Partial<ExecutionInput> = {}): ExecutionInput {
  return { taskId: TASK_ID, operation: 'RecognizeImage', generation: 1, ...details };
}

/** Builds the record of a collection that has just started. */
export function aRecord(details: Partial<TaskRecord> = {}): TaskRecord {
  return { ...openRecord(anInput(), claimant, START), ...details };
}

export function aTerminalRecord(
  details: Partial<TaskRecord> & { readonly outcome?: Outcome } = {},
): TerminalRecord {
  const outcome = details.outcome ?? 'Completed';
  return { ...aRecord({ completedAt: instantAfter(5), attempts: 3, ...details }), status: outcome, outcome };
}

export function contentOf(bytes: string | Uint8Array): Content {
  const buffer = Buffer.from(bytes);
  return {
    bytes: buffer.length,
    sha256: createHash('sha256').update(buffer).digest('hex'),
    head: buffer.subarray(0, 8),
    utf8: isUtf8(buffer),
    open: () => buffer,
  };
}

export function decoded(bytes: string | Uint8Array, type: string | null = 'Text'): ReceivedResult {
  return { type, data: { kind: 'decoded', content: contentOf(bytes) } };
}

export function undecodable(characters: string, type: string | null = 'Text'): ReceivedResult {
  return { type, data: { kind: 'undecodable', content: contentOf(characters) } };
}

export function missing(type: string | null = 'Text'): ReceivedResult {
  return { type, data: { kind: 'missing' } };
}

export function aResponse(details: Partial<VendorResponse> = {}): VendorResponse {
  return {
    id: TASK_ID,
    taskStatus: 'Completed',
    responseStatusCode: 'Ok',
    results: [],
    messages: [],
    warnings: [],
    ...details,
  };
}

export function aPoll(details: Partial<VendorResponse> = {}): Poll {
  return { kind: 'Responded', response: aResponse(details) };
}

export const pendingPoll = aPoll({ taskStatus: 'Pending', responseStatusCode: 'NotReady' });
export const processingPoll = aPoll({ taskStatus: 'Processing', responseStatusCode: 'NotReady' });
export const notExistPoll = aPoll({ taskStatus: 'NotExist', responseStatusCode: 'TaskNotFound' });
export const unavailablePoll = {
  kind: 'Unavailable',
  detail: 'Aspose returned HTTP 503',
} as const satisfies Poll;

export function completedPoll(...results: readonly ReceivedResult[]): Poll {
  return aPoll({ results });
}

export function anEnding(
  outcome: Outcome,
  details: Partial<Ending> & { readonly reason?: Reason } = {},
): Ending {
  return { ...ending({ outcome }), ...details };
}

/** Builds results of the greatest possible length, whose type repeats one character. */
export function longestStoredResults(count: number, typeCharacter = 'x'): StoredResult[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    type: typeCharacter.repeat(64),
    contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    key: `results/RecognizeAndParseInvoice/${'f'.repeat(64)}/${index}.xlsx`,
    bytes: 123_456_789,
    sha256: 'a'.repeat(64),
    empty: false,
  }));
}
