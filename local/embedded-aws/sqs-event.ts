import { z } from 'zod';
import { REGION } from './aws-account.ts';
import type { ReceivedMessage, SqsQueue } from './sqs-queue.ts';

/** The event with which Lambda invokes a function for a batch (source: the Lambda guide). */
export function sqsEvent(batch: readonly ReceivedMessage[], { arn }: Pick<SqsQueue, 'arn'>): object {
  return {
    Records: batch.map(({ message, receiptHandle }) => ({
      messageId: message.messageId,
      receiptHandle,
      body: message.body,
      attributes: {
        ApproximateReceiveCount: String(message.approximateReceiveCount),
        SentTimestamp: String(message.sentTimestamp),
        SenderId: 'embedded',
        ApproximateFirstReceiveTimestamp: String(message.approximateFirstReceiveTimestamp),
      },
      messageAttributes: Object.fromEntries(
        Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          {
            stringValue: StringValue,
            binaryValue: BinaryValue,
            stringListValues: [],
            binaryListValues: [],
            dataType: DataType,
          },
        ]),
      ),
      ...(message.md5OfMessageAttributes !== '' && {
        md5OfMessageAttributes: message.md5OfMessageAttributes,
      }),
      md5OfBody: message.md5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: arn,
      awsRegion: REGION,
    })),
  };
}

const responseSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish();

/**
 * Reads a partial batch response (source: "Reporting batch item failures" in the Lambda guide). An
 * invalid response, or one that names a message outside the batch, fails the whole batch.
 *
 * @returns the messages that failed
 */
export function readBatchItemFailures(
  response: unknown,
  batch: readonly ReceivedMessage[],
): readonly ReceivedMessage[] {
  const parsed = responseSchema.safeParse(response);
  if (!parsed.success) return batch;
  const failedIds = new Set(parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier));
  const failed = batch.filter(({ message }) => failedIds.has(message.messageId));
  return failed.length === failedIds.size ? failed : batch;
}
