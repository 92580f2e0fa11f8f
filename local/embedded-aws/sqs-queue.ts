import type { Clock } from '../clock.ts';
import type { Stores } from './s3-and-sqs-stores.ts';

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
  /**
   * Receives visible messages, at most ten. Messages whose receives are used up move to the
   * dead-letter queue instead. Only `release` makes a received message visible, not the time.
   */
  receive(maxMessages: number): ReceivedMessage[];
  delete(receiptHandle: string): void;
  release(receiptHandle: string): void;
  /** Releases all messages in flight, such as those of an earlier process. */
  releaseAll(): void;
  /** Calls back after each message that is sent to the queue. */
  onMessage(listener: () => void): void;
}

/** The maximum of SQS. fauxqs measures it in real time, so it must not end during a run. */
const MAX_VISIBILITY_TIMEOUT_SECONDS = 12 * 3600;

/** Wraps a queue of fauxqs. Its messages get the time of the clock. */
export function createSqsQueue(queue: StoredQueue, store: Stores['sqsStore'], clock: Clock): SqsQueue {
  const listeners = new Set<() => void>();
  const enqueue = queue.enqueue.bind(queue);
  queue.enqueue = (message) => {
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
    onMessage: (listener) => void listeners.add(listener),
  };
}
