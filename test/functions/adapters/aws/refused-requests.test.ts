import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import 'aws-sdk-client-mock-vitest/extend';
import { expect, it } from 'vitest';
import { createRefusedRequests } from '../../../../functions/adapters/aws/refused-requests.ts';
import { mockClient } from '../../../support/mock-client.ts';

const sqs = mockClient(SQSClient);

it('sends a refused event with its reason, in the form of a failure destination', async () => {
  sqs.rejects('not expected');
  sqs.on(SendMessageCommand).resolves({});
  const refuse = createRefusedRequests(new SQSClient({}), 'https://sqs.example/refused');

  await refuse(
    { detail: { taskId: 'a/b' } },
    Object.assign(new Error('taskId: got 3'), { name: 'InvalidInput' }),
  );

  const [call] = sqs.commandCalls(SendMessageCommand);
  expect(call?.args[0].input.QueueUrl).toBe('https://sqs.example/refused');
  expect(JSON.parse(call?.args[0].input.MessageBody ?? '')).toEqual({
    version: '1.0',
    requestPayload: { detail: { taskId: 'a/b' } },
    responsePayload: { errorType: 'InvalidInput', errorMessage: 'taskId: got 3' },
  });
});
