import { nextPoll, PRESETS, RESULT_LIFETIME_SECONDS } from '../../functions/core/polling-policy.ts';
import { MAX_WAIT_SECONDS, waitForEnd } from '../../functions/core/wait-for-end.ts';
import { TASK_API_MEMORY } from '../../lib/task-api.ts';
import { TYPICAL_TIMES } from '../simulated-collection.ts';
import { LOG_BYTES, USD_PER } from './task-cost.ts';

/** What requests about one task use on AWS. */
export interface RequestUsage {
  readonly requests: number;
  /** Billed seconds of `task-api`. */
  readonly lambdaSeconds: number;
  readonly recordReads: number;
  /** Slots taken and freed. */
  readonly slotWrites: number;
}

/** A request without waiting. Not measured: the same as in other functions. */
export const PLAIN_REQUEST: RequestUsage = {
  requests: 1,
  lambdaSeconds: TYPICAL_TIMES.readRecordSeconds,
  recordReads: 1,
  slotWrites: 0,
};

/** Time from the start of a poll until its record is written. */
const RECORDED_AFTER_SECONDS = TYPICAL_TIMES.pollSeconds + TYPICAL_TIMES.storeSeconds;

/** The times of the polls of a task with the default policy, in seconds from its start. */
function pollTimes(untilSeconds: number): number[] {
  const times: number[] = [];
  for (let elapsedSeconds = 0; elapsedSeconds < untilSeconds; ) {
    const context = {
      ...{ attempts: times.length, elapsedSeconds, faultsInARow: 0, submittedBeforeStartSeconds: 0 },
      resultLostAfterSeconds: RESULT_LIFETIME_SECONDS,
    };
    const next = nextPoll(PRESETS.balanced, context, 0.5);
    if (next.kind === 'Stop') break;
    elapsedSeconds += next.delaySeconds;
    times.push(elapsedSeconds);
    elapsedSeconds += TYPICAL_TIMES.pollSeconds;
  }
  return times;
}

/**
 * Computes what a request uses that waits for a task from its start, by running the deployed use
 * case.
 *
 * @param doneAfterSeconds when Aspose completes the task
 */
export async function waitUsage(doneAfterSeconds: number): Promise<RequestUsage> {
  const polls = pollTimes(2 * MAX_WAIT_SECONDS);
  const lastPoll = polls.find((at) => at >= doneAfterSeconds) ?? Number.POSITIVE_INFINITY;
  let seconds = 0;
  let recordReads = 0;
  async function read() {
    recordReads += 1;
    const nextPollSeconds = polls.find((at) => at + TYPICAL_TIMES.pollSeconds > seconds) ?? 0;
    return { isEnded: seconds >= lastPoll + RECORDED_AFTER_SECONDS, nextPollSeconds };
  }
  const followed = {
    first: await read(),
    read,
    isEnded: ({ isEnded }: Awaited<ReturnType<typeof read>>) => isEnded,
    nextChangeAt: ({ nextPollSeconds }: Awaited<ReturnType<typeof read>>) =>
      new Date(nextPollSeconds * 1000).toISOString(),
  };
  const { waitedSeconds = 0 } = await waitForEnd(followed, MAX_WAIT_SECONDS, {
    slots: { take: async () => async () => {} },
    now: () => seconds * 1000,
    async sleep(delaySeconds) {
      seconds += delaySeconds;
    },
    remainingSeconds: () => 2 * MAX_WAIT_SECONDS,
  });
  const lambdaSeconds = waitedSeconds + PLAIN_REQUEST.lambdaSeconds;
  return { requests: 1, lambdaSeconds, recordReads, slotWrites: 2 };
}

/** Computes the usage of requests without waiting at a fixed interval, the last one at the end. */
export function repeatedUsage(everySeconds: number, endSeconds: number): RequestUsage {
  const requests = 1 + Math.ceil(endSeconds / everySeconds);
  const { lambdaSeconds, recordReads } = PLAIN_REQUEST;
  return {
    ...{ requests, slotWrites: 0 },
    lambdaSeconds: requests * lambdaSeconds,
    recordReads: requests * recordReads,
  };
}

const TASK_API_GIGABYTES = TASK_API_MEMORY.toMebibytes() / 1024;

/** Computes the cost of requests by AWS service, in US dollars. */
export function costOfRequests({ requests, lambdaSeconds, recordReads, slotWrites }: RequestUsage) {
  return {
    httpApi: requests * USD_PER.httpApiRequest,
    lambda:
      requests * USD_PER.lambdaRequest + lambdaSeconds * TASK_API_GIGABYTES * USD_PER.lambdaGigabyteSecond,
    dynamodb: recordReads * USD_PER.dynamodbReadUnit + slotWrites * USD_PER.dynamodbWriteUnit,
    logs: ((requests * LOG_BYTES.apiRequest) / 1e9) * USD_PER.logGigabyte,
  };
}
