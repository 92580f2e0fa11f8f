import {
  DeleteRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { BATCH_COMPLETED_DETAIL_TYPE } from '../../../functions/contracts/batch-event.ts';
import { steadyClock, until, type WaitingClock } from '../../support/until.ts';
import { eventBridge, sqs } from './aws-clients.ts';

const eventSchema = z.looseObject({
  source: z.string(),
  'detail-type': z.string(),
  detail: z.looseObject({
    /** Absent from `OCR Image Refused` and `OCR Batch Completed`. */
    taskId: z.string().optional(),
    imageId: z.string().optional(),
    batchId: z.string().optional(),
    idempotencyKey: z.string(),
  }),
});

/** An event that only tests whether events arrive. */
const probeSchema = z.looseObject({ source: z.string() });

/** A terminal event that EventBridge delivered. */
export type DeliveredEvent = z.infer<typeof eventSchema>;

/** A subscriber's queue, which receives all terminal events of the courier. */
export interface Subscription extends AsyncDisposable {
  /** Waits for a task's first event. @returns all of the task's events so far */
  eventsOf(taskId: string): Promise<readonly DeliveredEvent[]>;
  /** Waits for an image's first event. @returns all of the image's events so far */
  eventsOfImage(imageId: string): Promise<readonly DeliveredEvent[]>;
  /** Waits for the event that ends a batch. @returns all such events so far */
  eventsOfBatch(batchId: string): Promise<readonly DeliveredEvent[]>;
}

/** On MiniStack, a refused image or list is tried for two minutes: limits.ts, `errorNames`. */
const REFUSAL_SECONDS = 240;

/** AWS applies a new rule and a new queue policy within a minute. */
const DELIVERY_SECONDS = 90;

/**
 * Creates a queue and a rule, and waits until events arrive. Deletes both when a later step fails.
 *
 * @throws Error when no probe arrives within 90 seconds
 */
export async function subscribe(busName: string, clock: WaitingClock = steadyClock): Promise<Subscription> {
  await using created = new AsyncDisposableStack();
  const name = `ocr-courier-e2e-${crypto.randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  created.defer(async () => {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });
  const patience = { seconds: DELIVERY_SECONDS, everyMilliseconds: 1000, clock };
  const QueueArn = await until(`the queue ${name}`, patience, async () => await arnOf(QueueUrl));
  const rule = { Name: name, EventBusName: busName };
  const { RuleArn } = await eventBridge.send(
    new PutRuleCommand({ ...rule, EventPattern: JSON.stringify({ source: ['ocr-courier', name] }) }),
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
  let probes = 0;
  async function receive(): Promise<void> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    for (const { Body = '' } of Messages) {
      const event: unknown = JSON.parse(Body);
      if (probeSchema.safeParse(event).data?.source === name) probes += 1;
      else delivered.push(eventSchema.parse(event));
    }
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    if (Entries.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  // Its source is the name of this rule, so that no other rule matches it.
  const probe = { EventBusName: busName, Source: name, DetailType: 'Probe', Detail: '{}' };
  await until(`a probe event from ${busName}`, patience, async () => {
    await eventBridge.send(new PutEventsCommand({ Entries: [probe] }));
    await receive();
    return probes > 0 || undefined;
  });
  async function eventsWith(id: string, isAbout: (event: DeliveredEvent) => boolean, seconds: number) {
    return await until(`an event about ${id}`, { seconds }, async () => {
      await receive();
      const found = delivered.filter(isAbout);
      return found.length > 0 ? found : undefined;
    });
  }

  const owned = created.move();
  return {
    eventsOf: (taskId) => eventsWith(taskId, ({ detail }) => detail.taskId === taskId, 60),
    eventsOfImage: (imageId) =>
      eventsWith(imageId, ({ detail }) => detail.imageId === imageId, REFUSAL_SECONDS),
    eventsOfBatch: (batchId) =>
      eventsWith(
        batchId,
        (event) => event['detail-type'] === BATCH_COMPLETED_DETAIL_TYPE && event.detail.batchId === batchId,
        REFUSAL_SECONDS,
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Returns undefined for an unknown queue: a new one may be unknown for a second. */
async function arnOf(QueueUrl: string | undefined): Promise<string | undefined> {
  try {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return Attributes?.['QueueArn'];
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}
