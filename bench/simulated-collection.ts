import type { FetchResultOutput } from '../functions/contracts/fetch-result.ts';
import type { ExecutionInput } from '../functions/contracts/task-input.ts';
import type { TaskRecord } from '../functions/contracts/task-record.ts';
import { fetchResult } from '../functions/core/fetch-result.ts';
import type { PollingOverrides } from '../functions/core/polling-policy.ts';
import type { FetchResultPorts } from '../functions/core/ports.ts';
import type { Poll } from '../functions/core/vendor-response.ts';
import { DEFAULT_FETCH_TIMEOUT } from '../lib/fetch-timeout.ts';
import type { TaskUsage } from './costs/task-cost.ts';

/** Response of Aspose to a poll. `Fault` stands for any unusable response. */
export type SimulatedResponse = 'Pending' | 'Completed' | 'Error' | 'Fault';

/** Assumed durations in seconds. Functions are warm, and no other call takes time. */
export interface AssumedTimes {
  /** From the entry of the state `Fetch result` to the first line of the function. */
  readonly invokeSeconds: number;
  readonly pollSeconds: number;
  readonly readRecordSeconds: number;
  readonly writeRecordSeconds: number;
  /** Stores one document and the manifest. */
  readonly storeSeconds: number;
}

/** All calls take zero time. */
export const ZERO_TIMES = {
  invokeSeconds: 0,
  pollSeconds: 0,
  readRecordSeconds: 0,
  writeRecordSeconds: 0,
  storeSeconds: 0,
} as const satisfies AssumedTimes;

/** Not measured: AWS's own calls take tens of milliseconds, Aspose's a few hundred. */
export const TYPICAL_TIMES = {
  invokeSeconds: 0,
  pollSeconds: 0.3,
  /** Everything in an invocation except polls and storing, including the rare cold starts. */
  readRecordSeconds: 0.1,
  writeRecordSeconds: 0,
  storeSeconds: 0.2,
} as const satisfies AssumedTimes;

interface SimulatedCollectionProps {
  readonly polling: PollingOverrides;
  readonly times: AssumedTimes;
  /** Seconds from submission to start. @default - the input has no submittedAt */
  readonly startedAfterSeconds?: number | undefined;
  respond(atSeconds: number, attempt: number): SimulatedResponse;
  /** Receives each write of the record. */
  onWrite?(atSeconds: number): void;
  /** Returns a number in [0, 1). */
  random(): number;
}

const ZERO_TIME = Date.parse('2026-01-01T00:00:00Z');
const TASK_ID = '6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce';
const EXECUTION_ARN = 'arn:aws:states:us-east-1:111122223333:execution:Collect:task';
/** One document and the manifest. */
export const OBJECTS_PER_TASK = 2;

function responded(taskStatus: string): Poll {
  const empty = { responseStatusCode: null, results: [], messages: [], warnings: [] };
  return { kind: 'Responded', response: { id: TASK_ID, taskStatus, ...empty } };
}

const POLLS: Readonly<Record<SimulatedResponse, Poll>> = {
  Pending: responded('Pending'),
  Completed: responded('Completed'),
  Error: responded('Error'),
  Fault: { kind: 'Unavailable', detail: 'simulated' },
};

/**
 * Prepares one task for the production `fetchResult`. Its clock starts at the submission, or at the
 * start if the submission is unknown. It advances only while `fetchResult` sleeps or waits.
 */
export function simulateCollection(props: SimulatedCollectionProps) {
  const { polling, times, startedAfterSeconds, respond, random } = props;
  const claimant = { executionArn: EXECUTION_ARN, startedAt: ZERO_TIME + (startedAfterSeconds ?? 0) * 1000 };
  const input: ExecutionInput = {
    taskId: TASK_ID,
    operation: 'RecognizeImage',
    ...(startedAfterSeconds !== undefined && { submittedAt: new Date(ZERO_TIME).toISOString() }),
    generation: 1,
  };
  const usage = {
    stateTransitions: 0,
    invocations: 0,
    lambdaSeconds: 0,
    recordReads: 0,
    recordWrites: 0,
    objectsPut: 0,
    polls: 0,
  };
  let nowSeconds = 0;
  let timeoutAtSeconds = 0;
  let record: TaskRecord | undefined;
  const ports: FetchResultPorts = {
    images: { read: async () => undefined, write: async () => true },
    tagSource: async () => {},
    records: {
      async read() {
        nowSeconds += times.readRecordSeconds;
        usage.recordReads += 1;
        return record;
      },
      async write(written) {
        nowSeconds += times.writeRecordSeconds;
        usage.recordWrites += 1;
        props.onWrite?.(nowSeconds);
        record = written;
        return true;
      },
    },
    vendor: {
      async poll() {
        usage.polls += 1;
        const poll = POLLS[respond(nowSeconds, usage.polls)];
        nowSeconds += times.pollSeconds;
        return poll;
      },
    },
    documents: {
      bucket: 'results',
      async store() {
        nowSeconds += times.storeSeconds;
        usage.objectsPut += OBJECTS_PER_TASK;
        return { results: [], warnings: [] };
      },
    },
    now: () => ZERO_TIME + nowSeconds * 1000,
    async sleep(seconds) {
      nowSeconds += seconds;
    },
    random,
    remainingSeconds: () => timeoutAtSeconds - nowSeconds,
    isPollingPaused: async () => false,
    onPoll() {},
    onPause() {},
  };
  return {
    usage,
    /** Invokes `fetchResult` at this time, in seconds. */
    async invoke(atSeconds: number) {
      const startSeconds = atSeconds + times.invokeSeconds;
      nowSeconds = startSeconds;
      timeoutAtSeconds = startSeconds + DEFAULT_FETCH_TIMEOUT.toSeconds();
      const output = await fetchResult(input, claimant, polling, ports);
      usage.invocations += 1;
      usage.lambdaSeconds += nowSeconds - startSeconds;
      usage.stateTransitions += transitionsOf(output);
      return { output, endSeconds: nowSeconds };
    },
  };
}

/**
 * Two transitions for `Fetch result` and `Task status?`, plus one (wait, success) or three
 * (failure).
 */
function transitionsOf(output: FetchResultOutput): number {
  if (!('outcome' in output)) return 3;
  return output.outcome === 'Completed' ? 3 : 5;
}

/** Collects a whole task as the state machine does, without AWS faults. */
export async function collectSimulated(props: SimulatedCollectionProps): Promise<TaskUsage> {
  const { usage, invoke } = simulateCollection(props);
  let atSeconds = props.startedAfterSeconds ?? 0;
  for (;;) {
    const { output, endSeconds } = await invoke(atSeconds);
    if (!('delaySeconds' in output)) return usage;
    atSeconds = endSeconds + output.delaySeconds;
  }
}

/** Collects a task that Aspose completes this long after its start. All random numbers are 0.5. */
export function typicalTask(polling: PollingOverrides, readyAfterSeconds: number): Promise<TaskUsage> {
  return collectSimulated({
    polling,
    times: TYPICAL_TIMES,
    respond: (atSeconds) => (atSeconds >= readyAfterSeconds ? 'Completed' : 'Pending'),
    random: () => 0.5,
  });
}
