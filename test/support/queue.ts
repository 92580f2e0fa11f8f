import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { EmbeddedStack } from '../../local/embedded-aws/embedded-stack.ts';

/** Takes the messages, ten at most, out of the queue whose URL is that output of the stack: their bodies, parsed. */
export async function receive(stack: EmbeddedStack, output: string): Promise<unknown[]> {
  const client = new SQSClient(stack.clientConfig('sqs'));
  const QueueUrl = stack.outputs[output];
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  for (const { ReceiptHandle } of Messages) {
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages.map(({ Body = '' }): unknown => JSON.parse(Body));
}
