import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { FaultyCourier } from '../faults/layers/faulty-courier.ts';
import type { Door, TaskPlan } from './task-plan.ts';

/** The ways in, as clients use them who repeat what fails. */
export interface Doors {
  /** @returns false when the door would not take the task however often it was asked */
  start(door: Door, plan: TaskPlan): Promise<boolean>;
  /** @returns the status of DELETE /tasks/{id}; 500 or more when it never got through */
  cancel(taskId: string): Promise<number>;
}

const MOST_TRIES = 20;
const SECONDS_BETWEEN_TRIES = 5;

export function openDoors({ stack, clock }: FaultyCourier): Doors {
  const events = new EventBridgeClient({ ...stack.clientConfig('events'), maxAttempts: 1 });
  const api = stack.outputs['ApiUrl'];

  /** Asks again as long as the answer is 500 or more. */
  async function insist(ask: () => Promise<number>): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      const status = await ask();
      if (status < 500 || tries === MOST_TRIES) return status;
      await clock.sleep(SECONDS_BETWEEN_TRIES * 1000);
    }
  }

  async function publish(input: object): Promise<number> {
    const Entries = [
      {
        EventBusName: stack.outputs['EventBusName'],
        Source: 'com.example.soak',
        DetailType: 'OCR Task Submitted',
        Detail: JSON.stringify(input),
      },
    ];
    return await events.send(new PutEventsCommand({ Entries })).then(
      ({ FailedEntryCount }) => (FailedEntryCount === 0 ? 200 : 500),
      () => 500,
    );
  }

  async function call(method: string, path: string, body?: object): Promise<number> {
    const answer = await fetch(`${api}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  return {
    async start(door, { input }) {
      switch (door) {
        case 'StartExecution':
          await stack.startExecution({ input });
          return true;
        case 'OCR Task Submitted':
          return (await insist(() => publish(input))) < 300;
        case 'POST /tasks':
          return (await insist(() => call('POST', '/tasks', input))) < 300;
      }
    },
    cancel: (taskId) => insist(() => call('DELETE', `/tasks/${taskId}`)),
  };
}
