import { receiveAll, type SqsQueue } from './sqs-queue.ts';

/**
 * Moves the visible messages of a dead-letter queue back to its source queue, as SQS does after
 * StartMessageMoveTask. On AWS, messages that came from elsewhere stay in the dead-letter queue.
 *
 * @param deadLetterQueue a name or an ARN
 * @returns the number of moved messages
 */
export function moveToSource(deadLetterQueue: string, queues: ReadonlyMap<string, SqsQueue>): number {
  const [source, ...others] = [...queues.values()].filter(({ deadLetterQueueArn = '' }) =>
    [deadLetterQueueArn, deadLetterQueueArn.replace(/^.*:/, '')].includes(deadLetterQueue),
  );
  const from = queues.get(deadLetterQueue.replace(/^.*:/, ''));
  if (from === undefined || source === undefined || others.length > 0) {
    throw new Error(
      `dead-letter queue: got ${deadLetterQueue}; allowed: the name or ARN of one with one source queue`,
    );
  }
  const received = receiveAll(from, 10).flat();
  for (const { message, receiptHandle } of received) {
    source.resend(message);
    from.delete(receiptHandle);
  }
  return received.length;
}
