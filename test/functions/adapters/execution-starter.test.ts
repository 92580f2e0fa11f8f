import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { createExecutionStarter } from '../../../functions/adapters/execution-starter.ts';
import { anInput } from '../builders.ts';

const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Collect';
const stepFunctions = mockClient(SFNClient);
const executions = createExecutionStarter(new SFNClient({}), MACHINE);

beforeEach(() => {
  stepFunctions.reset();
  stepFunctions.rejects('not expected');
});

describe('starting an execution', () => {
  test('gives it its name and its input', async () => {
    stepFunctions.on(StartExecutionCommand).resolves({ executionArn: 'started', startDate: new Date(0) });

    expect(await executions.start('task-1', anInput())).toBe(true);
    expect(stepFunctions).toHaveReceivedCommandExactlyOnceWith(StartExecutionCommand, {
      stateMachineArn: MACHINE,
      name: 'task-1',
      input: JSON.stringify(anInput()),
    });
  });

  test('says so when the name is taken', async () => {
    stepFunctions
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} }));

    expect(await executions.start('task-1', anInput())).toBe(false);
  });

  test('fails as Step Functions does', async () => {
    await expect(executions.start('task-1', anInput())).rejects.toThrow('not expected');
  });
});

describe('the operation of an execution', () => {
  const ARN = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:task-1';
  const describeWith = (input: string) =>
    stepFunctions.on(DescribeExecutionCommand, { executionArn: ARN }).resolves({ input });

  test('is that of its input', async () => {
    describeWith('{"taskId":"task","operation":"RecognizeLabel"}');

    expect(await executions.operationOf('task-1')).toBe('RecognizeLabel');
  });

  test('is the default one when its input names none', async () => {
    describeWith('{"taskId":"task"}');

    expect(await executions.operationOf('task-1')).toBe('RecognizeImage');
  });

  test.each(['', '{}', 'no JSON'])('is unknown when its input is none of ours: %j', async (input) => {
    describeWith(input);

    await expect(executions.operationOf('task-1')).rejects.toThrow();
  });
});
