import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/**
 * Sends refused events to a queue, each with its reason, in the form of Lambda's failure
 * destinations.
 */
export function createRefusedRequests(client: SQSClient, queueUrl: string) {
  return async (event: unknown, { name, message }: Error): Promise<void> => {
    const refused = {
      version: '1.0',
      requestPayload: event,
      responsePayload: { errorType: name, errorMessage: message },
    };
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(refused) }));
  };
}
