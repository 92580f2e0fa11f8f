import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, test } from 'vitest';
import { createExecutions } from '../../../functions/adapters/executions.ts';
import { anInput, START } from '../builders.ts';

const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Collect';
const NAMED = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:the-name';

const sfn = mockClient(SFNClient);
const executions = createExecutions(new SFNClient({}), MACHINE);
const alreadyExists = new ExecutionAlreadyExists({ message: 'taken', $metadata: {} });

beforeEach(() => {
  sfn.reset();
  sfn.rejects('not expected');
});

describe('starting', () => {
  test('names the execution and gives it its input', async () => {
    sfn.on(StartExecutionCommand).resolves({ executionArn: NAMED, startDate: new Date(START) });

    expect(await executions.start('the-name', anInput())).toEqual({
      kind: 'Running',
      executionArn: NAMED,
      startedAt: START,
      input: anInput(),
      isNew: true,
    });
    expect(sfn).toHaveReceivedCommandExactlyOnceWith(StartExecutionCommand, {
      stateMachineArn: MACHINE,
      name: 'the-name',
      input: JSON.stringify(anInput()),
    });
  });

  test('gives the execution that runs under that name with another input', async () => {
    const input = anInput({ correlation: 'other' });
    sfn.on(StartExecutionCommand).rejects(alreadyExists);
    sfn
      .on(DescribeExecutionCommand, { executionArn: NAMED })
      .resolves({ status: 'RUNNING', input: JSON.stringify(input), startDate: new Date(START) });

    expect(await executions.start('the-name', anInput())).toEqual({
      kind: 'Running',
      executionArn: NAMED,
      startedAt: START,
      input,
      isNew: false,
    });
  });

  test.each([
    ['has ended', { status: 'SUCCEEDED', input: JSON.stringify(anInput()) }],
    ['is about to refuse its input', { status: 'RUNNING', input: '{"taskId":""}' }],
    ['has lost its input', { status: 'RUNNING' }],
  ] as const)('finds the name used up when its execution %s', async (_, described) => {
    sfn.on(StartExecutionCommand).rejects(alreadyExists);
    sfn.on(DescribeExecutionCommand).resolves({ ...described, startDate: new Date(START) });

    expect(await executions.start('the-name', anInput())).toEqual({ kind: 'Ended', startedAt: START });
  });

  test('hands on anything else that Step Functions throws', async () => {
    await expect(executions.start('the-name', anInput())).rejects.toThrow('not expected');
  });
});

describe('stopping', () => {
  const stoppedAt = START + 5000;

  test('says why, and when', async () => {
    sfn.on(StopExecutionCommand).resolves({ stopDate: new Date(stoppedAt) });
    sfn.on(DescribeExecutionCommand).resolves({ status: 'ABORTED', stopDate: new Date(stoppedAt) });

    expect(await executions.stop(NAMED)).toBe(stoppedAt);
    expect(sfn).toHaveReceivedCommandExactlyOnceWith(StopExecutionCommand, {
      executionArn: NAMED,
      cause: 'Cancelled through the HTTP API',
    });
  });

  test('gives the moment of the stop while Step Functions describes the execution as running', async () => {
    sfn.on(StopExecutionCommand).resolves({ stopDate: new Date(stoppedAt) });
    sfn.on(DescribeExecutionCommand).resolves({ status: 'RUNNING' });

    expect(await executions.stop(NAMED)).toBe(stoppedAt);
  });

  test('gives the end of one that had ended', async () => {
    sfn.on(StopExecutionCommand).resolves({ stopDate: new Date(stoppedAt) });
    sfn.on(DescribeExecutionCommand, { executionArn: NAMED }).resolves({ stopDate: new Date(START) });

    expect(await executions.stop(NAMED)).toBe(START);
  });

  test('leaves alone what Step Functions has forgotten', async () => {
    sfn.on(StopExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'no', $metadata: {} }));

    expect(await executions.stop(NAMED)).toBeUndefined();
  });

  test('hands on anything else that Step Functions throws', async () => {
    await expect(executions.stop(NAMED)).rejects.toThrow('not expected');
  });
});
