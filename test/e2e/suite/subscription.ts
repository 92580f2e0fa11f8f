import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { until } from '../until.ts';
import { eventBridge, sqs } from './aws-clients.ts';

const eventSchema = z.looseObject({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.looseObject({ taskId: z.string(), idempotencyKey: z.string() }),
});

/** A terminal event, as EventBridge delivered it. */
export type DeliveredEvent = z.infer<typeof eventSchema>;

/** A queue that hears all terminal events of the courier, as a subscriber's would. */
export interface Subscription extends AsyncDisposable {
  /** Waits for a task's first event. @returns all that have come */
  eventsOf(taskId: string): Promise<readonly DeliveredEvent[]>;
}

/** Makes queue and rule. What could be made is taken away again, also when the rest could not. */
export async function subscribe(busName: string): Promise<Subscription> {
  await using made = new AsyncDisposableStack();
  const name = `ocr-courier-e2e-${crypto.randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  made.defer(async () => {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const QueueArn = Attributes?.['QueueArn'];
  const rule = { Name: name, EventBusName: busName };
  const { RuleArn } = await eventBridge.send(
    new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ['ocr-courier'] }) }),
  );
  made.defer(async () => {
    await eventBridge.send(new DeleteRuleCommand(rule));
  });
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: QueueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
  };
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl,
      Attributes: { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) },
    }),
  );
  await eventBridge.send(
    new PutTargetsCommand({ Rule: name, EventBusName: busName, Targets: [{ Id: 'queue', Arn: QueueArn }] }),
  );
  made.defer(async () => {
    await eventBridge.send(new RemoveTargetsCommand({ Rule: name, EventBusName: busName, Ids: ['queue'] }));
  });

  const delivered: DeliveredEvent[] = [];
  async function receive(): Promise<void> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    delivered.push(...Messages.map(({ Body = '' }) => eventSchema.parse(JSON.parse(Body))));
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
  const kept = made.move();
  return {
    async eventsOf(taskId) {
      return await until(`an event about ${taskId}`, { seconds: 60 }, async () => {
        await receive();
        const found = delivered.filter(({ detail }) => detail.taskId === taskId);
        return found.length > 0 ? found : undefined;
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
