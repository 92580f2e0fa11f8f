import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import { publishSubmitted } from '../support/submissions.ts';
import { type BatchPlan, batchRequest } from './batch-plan.ts';
import type { EntryPoint, TaskPlan } from './task-plan.ts';

/** Clients of the courier that retry failed requests. */
export interface RetryingClients {
  /** @returns false when every attempt failed */
  start(entryPoint: Exclude<EntryPoint, 'POST /batches'>, plan: TaskPlan): Promise<boolean>;
  /** @returns false when every attempt failed */
  startBatch(plan: BatchPlan): Promise<boolean>;
  /** Sends `DELETE /batches/{batchId}`. */
  cancelBatch(batchId: string): Promise<number>;
  /** @returns the status of DELETE /tasks/{taskId}: at least 500 when every attempt failed */
  cancel(taskId: string): Promise<number>;
}

const MAX_ATTEMPTS = 20;
const SECONDS_BETWEEN_ATTEMPTS = 5;

export function createRetryingClients(courier: FaultyCourier): RetryingClients {
  async function retry(send: () => Promise<number>): Promise<number> {
    for (let attempts = 1; ; attempts += 1) {
      const status = await send();
      if (status < 500 || attempts === MAX_ATTEMPTS) return status;
      await courier.clock.sleep(SECONDS_BETWEEN_ATTEMPTS * 1000);
    }
  }
  const publish = (input: object) =>
    publishSubmitted(courier, input).then(
      () => 200,
      () => 500,
    );
  const call = async (method: string, path: string, body?: object) =>
    (await courier.request(method, path, body)).status;

  return {
    async start(entryPoint, { input }) {
      switch (entryPoint) {
        case 'StartExecution':
          await courier.start(input);
          return true;
        case 'OCR Task Submitted':
          return (await retry(() => publish(input))) < 300;
        case 'POST /tasks':
          return (await retry(() => call('POST', '/tasks', input))) < 300;
      }
    },
    async startBatch(plan) {
      const body = batchRequest(plan, courier.stack.resource('AWS::S3::Bucket').name);
      return (await retry(() => call('POST', '/batches', body))) < 300;
    },
    cancelBatch: (batchId) => retry(() => call('DELETE', `/batches/${batchId}`)),
    cancel: (taskId) => retry(() => call('DELETE', `/tasks/${taskId}`)),
  };
}
