import type { FetchResultOutput } from '../../functions/contracts/fetch-result.ts';
import type { ExecutionInput } from '../../functions/contracts/task-input.ts';
import type { TaskRecord } from '../../functions/contracts/task-record.ts';
import type { TaskStatus } from '../../functions/contracts/task-statuses.ts';
import { fetchResult } from '../../functions/core/fetch-result.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import type { FetchResultPorts } from '../../functions/core/ports.ts';
import type { Poll } from '../../functions/core/vendor-response.ts';
import {
  INVOCATION_SECONDS,
  INVOKE_SECONDS,
  POLL_SECONDS,
  RECORD_SECONDS,
  STORE_SECONDS,
} from './assumptions.ts';
import type { Collection, Schedule, SimulatedTask } from './schedule.ts';

const SUBMITTED_AT = Date.parse('2026-01-01T00:00:00Z');
const TASK_ID = '6e6fa5c4-2b3c-4d58-a9a4-5ed4e5f3a3ce';
const EXECUTION_ARN = 'arn:aws:states:us-east-1:111122223333:execution:Collect:task';

/** A document and the manifest. */
const OBJECTS = 2;

function answer(taskStatus: TaskStatus): Poll {
  return {
    kind: 'Responded',
    response: {
      id: TASK_ID,
      taskStatus,
      responseStatusCode: null,
      // What it brings is the document store's business.
      results: [],
      messages: [],
      warnings: [],
    },
  };
}
const PENDING = answer('Pending');
const COMPLETED = answer('Completed');

/**
 * ocr-courier itself: the use case of the fetch Lambda, invoked as the state machine does, on a clock that only sleeping and
 * waiting for others moves.
 *
 * @param startedAfterSeconds from the submission to the start of the execution
 */
export function courierSchedule(name: string, polling: PollingOverrides, startedAfterSeconds = 0): Schedule {
  const startedAt = SUBMITTED_AT + startedAfterSeconds * 1000;
  const claimant = { executionArn: EXECUTION_ARN, startedAt };
  const input: ExecutionInput = {
    taskId: TASK_ID,
    operation: 'RecognizeImage',
    submittedAt: new Date(SUBMITTED_AT).toISOString(),
    generation: 1,
  };

  async function collect({ isFinished, random, onPoll }: SimulatedTask): Promise<Collection> {
    let nowSeconds = startedAfterSeconds;
    let invokedAtSeconds = 0;
    let record: TaskRecord | undefined;
    let foundAtSeconds: number | undefined;
    const usage = {
      stateTransitions: 0,
      invocations: 0,
      lambdaSeconds: 0,
      recordReads: 0,
      recordWrites: 0,
      objectsPut: 0,
      polls: 0,
    };
    const ports: FetchResultPorts = {
      records: {
        async read() {
          nowSeconds += RECORD_SECONDS;
          usage.recordReads += 1;
          return record;
        },
        async write(written) {
          nowSeconds += RECORD_SECONDS;
          usage.recordWrites += 1;
          record = written;
          return true;
        },
      },
      vendor: {
        async poll() {
          usage.polls += 1;
          onPoll?.(nowSeconds);
          const finished = isFinished(nowSeconds, usage.polls);
          if (finished) foundAtSeconds = nowSeconds;
          nowSeconds += POLL_SECONDS;
          return finished ? COMPLETED : PENDING;
        },
      },
      documents: {
        bucket: 'results',
        async store() {
          nowSeconds += STORE_SECONDS;
          usage.objectsPut += OBJECTS;
          return { results: [], warnings: [] };
        },
      },
      now: () => SUBMITTED_AT + nowSeconds * 1000,
      async sleep(seconds) {
        nowSeconds += seconds;
      },
      random,
      remainingSeconds: () => invokedAtSeconds + INVOCATION_SECONDS - nowSeconds,
      isPollingPaused: async () => false,
      onPoll() {},
      onPause() {},
    };

    async function invoke(): Promise<FetchResultOutput> {
      nowSeconds += INVOKE_SECONDS;
      invokedAtSeconds = nowSeconds;
      const output = await fetchResult(input, claimant, polling, ports);
      usage.invocations += 1;
      usage.lambdaSeconds += nowSeconds - invokedAtSeconds;
      return output;
    }

    for (;;) {
      const output = await invoke();
      // Fetch result, Task status?
      usage.stateTransitions += 2;
      if ('outcome' in output) {
        // Publish completion; or Publish failure, Outcome? and a Fail state.
        usage.stateTransitions += output.outcome === 'Completed' ? 1 : 3;
        return { foundAtSeconds, usage };
      }
      // Wait before next poll
      usage.stateTransitions += 1;
      nowSeconds += output.delaySeconds;
    }
  }
  return { name, collect };
}
