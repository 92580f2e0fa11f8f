import type { Clock } from '../clock.ts';
import type { ReceivedMessage, SqsQueue } from './sqs-queue.ts';

export interface QueuePollerOptions {
  readonly queue: SqsQueue;
  readonly clock: Clock;
  /** Ends polling. Messages in flight stay in the queue. */
  readonly signal: AbortSignal;
  readonly batchSize: number;
  /** Maximum number of batches that are delivered at the same time. */
  readonly maxConcurrency: number;
  /** Delivers a batch and returns the messages that failed. */
  readonly deliver: (batch: readonly ReceivedMessage[]) => Promise<readonly ReceivedMessage[]>;
  /** Receives deliveries, and waits until failed messages become visible. */
  readonly onWork: (work: Promise<void>) => void;
}

/**
 * Delivers the messages of a queue. Delivered messages are deleted. Failed messages become visible
 * when the visibility timeout, which begins with the receive, has passed on the clock. An empty
 * queue causes no work.
 */
export function startQueuePoller(options: QueuePollerOptions): void {
  const { queue, clock, signal, batchSize, maxConcurrency, deliver, onWork } = options;
  let concurrency = 0;
  let isScheduled = false;

  // Waits until the sender has sent all messages of its request, so that they can share a batch.
  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    onWork(Promise.resolve().then(poll));
  }

  function poll(): void {
    isScheduled = false;
    while (!signal.aborted && concurrency < maxConcurrency) {
      const batch = queue.receive(batchSize);
      if (batch.length === 0) return;
      concurrency += 1;
      onWork(handle(batch));
    }
  }

  async function handle(batch: readonly ReceivedMessage[]): Promise<void> {
    const visibleAt = clock.now() + queue.visibilityTimeoutMilliseconds;
    try {
      const failed = new Set(await deliver(batch));
      if (signal.aborted) return;
      for (const received of batch) if (!failed.has(received)) queue.delete(received.receiptHandle);
      if (failed.size > 0) onWork(releaseAt(visibleAt, failed));
    } finally {
      concurrency -= 1;
      poll();
    }
  }

  async function releaseAt(time: number, failed: ReadonlySet<ReceivedMessage>): Promise<void> {
    await clock.sleep(Math.max(0, time - clock.now()), signal);
    if (signal.aborted) return;
    for (const { receiptHandle } of failed) queue.release(receiptHandle);
    poll();
  }

  queue.onMessage(schedule);
  schedule();
}
