import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { EmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';

/**
 * Takes at most ten messages from a queue. @returns their parsed bodies
 *
 * @param queue the queue's logical id, or the output that holds its URL
 */
export async function receive(stack: EmbeddedStack, queue: string): Promise<unknown[]> {
  const client = new SQSClient(stack.clientConfig('sqs'));
  const QueueUrl = stack.outputs[queue] ?? stack.resource(queue).ref;
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const { ReceiptHandle } of Messages) {
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.map(({ Body = '' }): unknown => JSON.parse(Body));
}
