import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import type { EntryPoint, TaskPlan } from './task-plan.ts';

/** Clients of the courier that retry failed requests. */
export interface RetryingClients {
  /** @returns false when every attempt failed */
  start(entryPoint: EntryPoint, plan: TaskPlan): Promise<boolean>;
  /** @returns the status of DELETE /tasks/{taskId}: at least 500 when every attempt failed */
  cancel(taskId: string): Promise<number>;
}

const MAX_ATTEMPTS = 20;
const SECONDS_BETWEEN_ATTEMPTS = 5;

export function createRetryingClients({ stack, clock }: FaultyCourier): RetryingClients {
  const events = new EventBridgeClient({ ...stack.clientConfig('events'), maxAttempts: 1 });
  const api = stack.outputs['ApiUrl'];

  async function retry(send: () => Promise<number>): Promise<number> {
    for (let attempts = 1; ; attempts += 1) {
      const status = await send();
      if (status < 500 || attempts === MAX_ATTEMPTS) return status;
      await clock.sleep(SECONDS_BETWEEN_ATTEMPTS * 1000);
    }
  }

  async function publish(input: object): Promise<number> {
    const entry = {
      EventBusName: stack.outputs['EventBusName'],
      Source: 'com.example.soak',
      DetailType: 'OCR Task Submitted',
      Detail: JSON.stringify(input),
    };
    return await events.send(new PutEventsCommand({ Entries: [entry] })).then(
      ({ FailedEntryCount }) => (FailedEntryCount === 0 ? 200 : 500),
      () => 500,
    );
  }

  async function call(method: string, path: string, body?: object): Promise<number> {
    const response = await fetch(`${api}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  return {
    async start(entryPoint, { input }) {
      switch (entryPoint) {
        case 'StartExecution':
          await stack.startExecution({ input });
          return true;
        case 'OCR Task Submitted':
          return (await retry(() => publish(input))) < 300;
        case 'POST /tasks':
          return (await retry(() => call('POST', '/tasks', input))) < 300;
      }
    },
    cancel: (taskId) => retry(() => call('DELETE', `/tasks/${taskId}`)),
  };
}
