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
import { beforeEach, describe, expect, it } from 'vitest';
import { createExecutions } from '../../../../functions/adapters/aws/executions.ts';
import { anInput, START } from '../../../support/builders.ts';

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
  it('names the execution and gives it its input', async () => {
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

  it('gives the execution that runs under that name with another input', async () => {
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

  it.each([
    ['has ended', { status: 'SUCCEEDED', input: JSON.stringify(anInput()) }],
    ['is about to refuse its input', { status: 'RUNNING', input: '{"taskId":""}' }],
    ['has lost its input', { status: 'RUNNING' }],
  ] as const)('finds the name used up when its execution %s', async (_, described) => {
    sfn.on(StartExecutionCommand).rejects(alreadyExists);
    sfn.on(DescribeExecutionCommand).resolves({ ...described, startDate: new Date(START) });

    expect(await executions.start('the-name', anInput())).toEqual({ kind: 'Ended', startedAt: START });
  });

  it('hands on anything else that Step Functions throws', async () => {
    await expect(executions.start('the-name', anInput())).rejects.toThrow('not expected');
  });
});

describe('stopping', () => {
  it('says why', async () => {
    sfn.on(StopExecutionCommand).resolves({});

    await executions.stop(NAMED, 'OcrTaskCancelled');

    expect(sfn).toHaveReceivedCommandExactlyOnceWith(StopExecutionCommand, {
      executionArn: NAMED,
      error: 'OcrTaskCancelled',
      cause: 'Cancelled through the HTTP API',
    });
  });

  it('leaves alone what Step Functions has forgotten', async () => {
    sfn.on(StopExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'no', $metadata: {} }));

    await expect(executions.stop(NAMED, 'OcrTaskCancelled')).resolves.toBeUndefined();
  });

  it('hands on anything else that Step Functions throws', async () => {
    await expect(executions.stop(NAMED, 'OcrTaskCancelled')).rejects.toThrow('not expected');
  });
});
