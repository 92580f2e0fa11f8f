import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { until } from '../../support/until.ts';
import { sqs } from './aws-clients.ts';

/** Events pass through EventBridge, a queue and a function. */
const TIMEOUT_SECONDS = 60;

/**
 * Waits for a message that contains the text, and deletes that message. Returns others to the
 * queue.
 *
 * @returns the parsed body
 */
export async function takeMessage(QueueUrl: string, text: string): Promise<unknown> {
  return await until(`a message with ${text}`, { seconds: TIMEOUT_SECONDS }, async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 5,
        WaitTimeSeconds: 1,
      }),
    );
    const match = Messages.find(({ Body = '' }) => Body.includes(text));
    for (const message of Messages) {
      const { ReceiptHandle } = message;
      if (message === match) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      else
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
    return match === undefined ? undefined : JSON.parse(match.Body ?? '');
  });
}
