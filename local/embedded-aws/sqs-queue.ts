import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Stores } from './s3-and-sqs-stores.ts';
import { UnsupportedError } from './unsupported-error.ts';

type StoredQueue = NonNullable<ReturnType<Stores['sqsStore']['getQueueByName']>>;
type StoredMessage = StoredQueue['messages'][number];

/** A message that a consumer has received, and must delete or release. */
export interface ReceivedMessage {
  readonly message: Readonly<StoredMessage>;
  readonly receiptHandle: string;
}

/** A queue, as a consumer inside this process uses it. */
export interface SqsQueue {
  readonly arn: string;
  readonly visibilityTimeoutMilliseconds: number;
  /** The ARN of its dead-letter queue. */
  readonly deadLetterQueueArn: string | undefined;
  /**
   * Receives visible messages, at most ten. Messages whose receives are used up move to the
   * dead-letter queue instead. Only `release` makes a received message visible, not the time.
   */
  receive(maxMessages: number): ReceivedMessage[];
  delete(receiptHandle: string): void;
  release(receiptHandle: string): void;
  /** Releases all messages in flight, such as those of an earlier process. */
  releaseAll(): void;
  /** Sends a copy of a message, with a new id and time. */
  resend(message: ReceivedMessage['message']): void;
  /** Calls back after each message that is sent to the queue. */
  onMessage(listener: () => void): void;
}

/** The maximum of SQS. fauxqs measures it in real time, so it must not end during a run. */
const MAX_VISIBILITY_TIMEOUT_SECONDS = 12 * 3600;

const redrivePolicySchema = z.object({ deadLetterTargetArn: z.string().optional() });

/** Wraps a queue of fauxqs. Its messages get the time of the clock. */
export function createSqsQueue(queue: StoredQueue, store: Stores['sqsStore'], clock: Clock): SqsQueue {
  const listeners = new Set<() => void>();
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
    // fauxqs delays in real time, and nothing would start a poll afterwards.
    if (message.delayUntil !== undefined) {
      throw new UnsupportedError('DelaySeconds of a message: got a delay; allowed: 0');
    }
    // A message that moves to a dead-letter queue keeps its time.
    if (message.approximateReceiveCount === 0) message.sentTimestamp = clock.now();
    enqueue(message);
    for (const listener of listeners) listener();
  };

  return {
    arn: queue.arn,
    get visibilityTimeoutMilliseconds() {
      return Number(queue.attributes['VisibilityTimeout']) * 1000;
    },
    get deadLetterQueueArn() {
      return redrivePolicySchema.parse(JSON.parse(queue.attributes['RedrivePolicy'] ?? '{}'))
        .deadLetterTargetArn;
    },
    receive(maxMessages) {
      const received = queue.dequeue(maxMessages, MAX_VISIBILITY_TIMEOUT_SECONDS, (arn) =>
        store.getQueueByArn(arn),
      );
      return received.flatMap(({ ReceiptHandle }) => {
        const message = queue.inflightMessages.get(ReceiptHandle)?.message;
        if (message === undefined) return [];
        if (message.approximateReceiveCount === 1) message.approximateFirstReceiveTimestamp = clock.now();
        return [{ message, receiptHandle: ReceiptHandle }];
      });
    },
    delete: (receiptHandle) => void queue.deleteMessage(receiptHandle),
    release: (receiptHandle) => queue.changeVisibility(receiptHandle, 0),
    releaseAll() {
      for (const receiptHandle of [...queue.inflightMessages.keys()])
        queue.changeVisibility(receiptHandle, 0);
    },
    resend({ approximateFirstReceiveTimestamp: _, ...message }) {
      queue.enqueue({ ...message, messageId: randomUUID(), approximateReceiveCount: 0 });
    },
    onMessage: (listener) => void listeners.add(listener),
  };
}

/** Receives all visible messages of a queue, in batches. */
export function receiveAll(queue: SqsQueue, batchSize: number): ReceivedMessage[][] {
  const batches: ReceivedMessage[][] = [];
  for (let batch = queue.receive(batchSize); batch.length > 0; batch = queue.receive(batchSize)) {
    batches.push(batch);
  }
  return batches;
}
