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
import { until } from '../../support/until.ts';
import { eventBridge, sqs } from './aws-clients.ts';

const eventSchema = z.looseObject({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.looseObject({ taskId: z.string(), idempotencyKey: z.string() }),
});

/** A terminal event that EventBridge delivered. */
export type DeliveredEvent = z.infer<typeof eventSchema>;

/** A subscriber's queue, which receives all terminal events of the courier. */
export interface Subscription extends AsyncDisposable {
  /** Waits for a task's first event. @returns all of the task's events so far */
  eventsOf(taskId: string): Promise<readonly DeliveredEvent[]>;
}

/** Creates a queue and a rule. Deletes both when a later step fails. */
export async function subscribe(busName: string): Promise<Subscription> {
  await using created = new AsyncDisposableStack();
  const name = `ocr-courier-e2e-${crypto.randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  created.defer(async () => {
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
  created.defer(async () => {
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
  created.defer(async () => {
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
  const owned = created.move();
  return {
    async eventsOf(taskId) {
      return await until(`an event about ${taskId}`, { seconds: 60 }, async () => {
        await receive();
        const found = delivered.filter(({ detail }) => detail.taskId === taskId);
        return found.length > 0 ? found : undefined;
      });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
