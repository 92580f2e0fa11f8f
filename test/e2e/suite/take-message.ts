import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { until } from '../until.ts';
import { sqs } from './aws-clients.ts';

/** Lambda tries an event three times, within some minutes, before it gives it up. */
const PATIENCE_SECONDS = 280;

/**
 * Waits for a message that holds the text and takes it out of the queue; others are given back at once.
 *
 * @returns its body, parsed
 */
export async function takeMessage(QueueUrl: string, text: string): Promise<unknown> {
  return await until(`a message with ${text}`, { seconds: PATIENCE_SECONDS }, async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 5,
        WaitTimeSeconds: 1,
      }),
    );
    const wanted = Messages.find(({ Body = '' }) => Body.includes(text));
    for (const message of Messages) {
      const { ReceiptHandle } = message;
      if (message === wanted) await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      else
        await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
    return wanted === undefined ? undefined : JSON.parse(wanted.Body ?? '');
  });
}
