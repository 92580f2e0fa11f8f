import type { Outcome, Reason } from '../contracts/outcomes.ts';
import { isTaskStatus, type TaskStatus } from '../contracts/task-statuses.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';
import type { Poll, ReceivedResult, VendorResponse } from './vendor-response.ts';
import { withoutUndefined } from './without-undefined.ts';

/**
 * Faulty responses by kind. The task ends when a kind occurs this often without a good response in
 * between.
 */
const FAULT_LIMITS = {
  // With the backoff of the polling policy, 47 minutes or longer.
  Unavailable: 12,
  // A new permission takes some seconds to apply.
  Unreadable: 3,
  Malformed: 3,
  UnknownTaskStatus: 3,
  // Undecodable data is fetched once more.
  Undecodable: 2,
  // Aspose's documentation shows a response whose id differs from the one asked for.
  OtherTask: 3,
  // One grace poll, because Aspose may list a task some time after its submission.
  NotExist: 2,
} as const;

export type FaultKind = keyof typeof FAULT_LIMITS;

/** A task this young is not deleted yet, so NotExist means that Aspose does not list it yet. */
const LISTED_AFTER_SECONDS = 30;

/** The task's history before a poll is assessed. */
export interface TaskSoFar {
  readonly taskId: string;
  /** Whether Aspose has ever reported Pending, Processing or Completed. */
  readonly isKnownToAspose: boolean;
  /** Seconds since submittedAt; undefined when that is unknown. */
  readonly ageSeconds: number | undefined;
  /** Faulty polls since the last Pending or Processing, by kind. */
  readonly faultsInARow: Readonly<Record<string, number>>;
}

/** How a task ended, and the results to store. */
export interface Ending {
  readonly outcome: Outcome;
  readonly reason?: Reason;
  readonly results: readonly ReceivedResult[];
  readonly partial: boolean;
  readonly empty: boolean;
  readonly messages: readonly string[];
  readonly warnings: readonly string[];
  readonly responseStatusCode: string | null;
}

/** What a poll means for its task. */
export type Assessment =
  | { readonly kind: 'Unfinished'; readonly taskStatus: Extract<TaskStatus, 'Pending' | 'Processing'> }
  | {
      readonly kind: 'Fault';
      readonly fault: FaultKind;
      /** The ending if there is no time for another poll. */
      readonly endingIfLast: Ending;
      readonly taskStatus?: TaskStatus;
      readonly retryAfterSeconds?: number;
    }
  | { readonly kind: 'Ended'; readonly taskStatus?: TaskStatus; readonly ending: Ending };

/** Assesses one poll (docs/design/design.md, "Outcomes"). */
export function assessPoll(task: TaskSoFar, poll: Poll): Assessment {
  switch (poll.kind) {
    case 'Unavailable':
      return fault(
        task,
        'Unavailable',
        ending({ outcome: 'Failed', reason: 'UpstreamUnavailable', messages: [poll.detail] }),
        withoutUndefined({ retryAfterSeconds: poll.retryAfterSeconds }),
      );
    case 'Unreadable':
      return fault(
        task,
        'Unreadable',
        ending({ outcome: 'Failed', reason: 'CredentialsUnreadable', messages: [poll.detail] }),
      );
    case 'Malformed':
      return fault(
        task,
        'Malformed',
        ending({ outcome: 'Failed', reason: 'ContractViolation', messages: [poll.detail] }),
      );
    case 'Refused':
      return {
        kind: 'Ended',
        ending: ending({ outcome: 'Failed', reason: poll.reason, messages: [poll.detail] }),
      };
    case 'Responded':
      return assessResponse(task, poll.response);
  }
}

function assessResponse(task: TaskSoFar, response: VendorResponse): Assessment {
  if (response.id !== null && response.id.toLowerCase() !== task.taskId.toLowerCase()) {
    const message = 'The response is for another task. It was discarded.';
    return fault(
      task,
      'OtherTask',
      ending({ outcome: 'Failed', reason: 'ContractViolation', messages: [message] }),
    );
  }
  const { taskStatus } = response;
  if (!isTaskStatus(taskStatus)) {
    const message = 'The response has a task status that the contract does not list.';
    return fault(
      task,
      'UnknownTaskStatus',
      ending({ outcome: 'Failed', reason: 'UnknownTaskStatus', messages: [message], response }),
    );
  }
  switch (taskStatus) {
    case 'Pending':
    case 'Processing':
      return { kind: 'Unfinished', taskStatus };
    case 'Completed':
      return assessCompleted(task, response);
    case 'Error':
      return {
        kind: 'Ended',
        taskStatus,
        ending: ending({ outcome: 'Failed', reason: 'RecognitionError', response }),
      };
    case 'NotExist':
      return assessNotExist(task, response);
  }
}

function assessNotExist(task: TaskSoFar, response: VendorResponse): Assessment {
  const { ageSeconds, isKnownToAspose } = task;
  const taskStatus: TaskStatus = 'NotExist';
  const isDeleted = isKnownToAspose || (ageSeconds !== undefined && ageSeconds >= RESULT_LIFETIME_SECONDS);
  const notExist = ending({ outcome: isDeleted ? 'Expired' : 'NotFound', response });
  if (ageSeconds !== undefined && ageSeconds < LISTED_AFTER_SECONDS) {
    // The record keeps an earlier status, which says that the task is known.
    const status = isKnownToAspose ? {} : { taskStatus };
    return { kind: 'Fault', fault: 'NotExist', endingIfLast: notExist, ...status };
  }
  if (isDeleted) return { kind: 'Ended', taskStatus, ending: notExist };
  return fault(task, 'NotExist', notExist, { taskStatus });
}

const LOST_DATA_CODES: readonly (string | null)[] = [
  'NoAnyResultData',
  'ResultDataLost',
  'PartiallyNotFound',
];

function assessCompleted(task: TaskSoFar, response: VendorResponse): Assessment {
  const taskStatus = 'Completed';
  const { results, responseStatusCode } = response;
  const empty = results.every(isEmpty);
  if (empty && LOST_DATA_CODES.includes(responseStatusCode)) {
    return {
      kind: 'Ended',
      taskStatus,
      ending: ending({ outcome: 'Failed', reason: 'ResultDataLost', response }),
    };
  }
  const undecodable = results.flatMap((result, index) => (result.data.kind === 'undecodable' ? [index] : []));
  if (undecodable.length > 0) {
    const places = undecodable.slice(0, 10).map((index) => `results[${index}]`);
    const message = `Not valid base64: ${places.join(', ')}${undecodable.length > 10 ? ', ...' : ''}.`;
    const undecoded = ending({
      outcome: 'Failed',
      reason: 'UndecodableResult',
      messages: [message],
      response,
    });
    return fault(task, 'Undecodable', { ...undecoded, results, partial: true }, { taskStatus });
  }
  const partial =
    (responseStatusCode !== null && responseStatusCode !== 'Ok') ||
    results.some((result) => result.data.kind === 'missing');
  const completed = { ...ending({ outcome: 'Completed', response }), results, partial, empty };
  return { kind: 'Ended', taskStatus, ending: completed };
}

function isEmpty({ data }: ReceivedResult): boolean {
  return data.kind === 'missing' || (data.kind === 'decoded' && data.content.bytes === 0);
}

/** A fault, or its ending when the fault has occurred too often in a row. */
function fault(
  task: TaskSoFar,
  kind: FaultKind,
  endingIfLast: Ending,
  details: { readonly taskStatus?: TaskStatus; readonly retryAfterSeconds?: number } = {},
): Assessment {
  const inARow = (task.faultsInARow[kind] ?? 0) + 1;
  if (inARow < FAULT_LIMITS[kind]) return { kind: 'Fault', fault: kind, endingIfLast, ...details };
  const { taskStatus } = details;
  return { kind: 'Ended', ...withoutUndefined({ taskStatus }), ending: endingIfLast };
}

/** An ending without documents. Aspose's own messages follow ours. */
export function ending({
  outcome,
  reason,
  messages = [],
  response,
}: {
  readonly outcome: Outcome;
  readonly reason?: Reason;
  readonly messages?: readonly string[];
  readonly response?: Pick<VendorResponse, 'messages' | 'warnings' | 'responseStatusCode'>;
}): Ending {
  return {
    outcome,
    ...withoutUndefined({ reason }),
    results: [],
    partial: false,
    empty: false,
    messages: limitText([...messages, ...(response?.messages ?? [])]),
    warnings: limitText(response?.warnings ?? []),
    responseStatusCode: response?.responseStatusCode ?? null,
  };
}

/**
 * Keeps the first 50 texts, and at most 4096 UTF-8 bytes of them in total, so that record and event
 * stay within their size limits.
 */
export function limitText(texts: readonly string[]): string[] {
  const kept: string[] = [];
  let left = 4096;
  for (const received of texts.slice(0, 50)) {
    const text = received.toWellFormed();
    // encodeInto counts bytes and never splits a character.
    const { read, written } = new TextEncoder().encodeInto(text, new Uint8Array(left));
    if (read > 0) kept.push(text.slice(0, read));
    left -= written;
  }
  return kept;
}
