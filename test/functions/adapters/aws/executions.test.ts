import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import 'aws-sdk-client-mock-vitest/extend';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBatches, createCollections } from '../../../../functions/adapters/aws/executions.ts';
import { anInput, START } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Collect';
const NAMED = 'arn:aws:states:eu-central-1:111122223333:execution:Collect:the-name';

const sfn = mockClient(SFNClient);
const executions = createCollections(new SFNClient({}), MACHINE);
const alreadyExists = new ExecutionAlreadyExists({ message: 'taken', $metadata: {} });

beforeEach(() => {
  sfn.reset();
  sfn.rejects('not expected');
});

describe('starting an execution', () => {
  it('passes its name and input to Step Functions', async () => {
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

  it('returns the execution that already runs under the name with another input', async () => {
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
    ['has an invalid input', { status: 'RUNNING', input: '{"taskId":""}' }],
    ['has no input', { status: 'RUNNING' }],
    [
      'refuses the time of its submission',
      { status: 'RUNNING', input: JSON.stringify(anInput({ submittedAt: '2020-01-01T00:00:00Z' })) },
    ],
  ] as const)('returns Ended when the execution with the name %s', async (_, described) => {
    sfn.on(StartExecutionCommand).rejects(alreadyExists);
    sfn.on(DescribeExecutionCommand).resolves({ ...described, startDate: new Date(START) });

    expect(await executions.start('the-name', anInput())).toEqual({ kind: 'Ended', startedAt: START });
  });

  it('finds an execution by its name, without starting one', async () => {
    sfn
      .on(DescribeExecutionCommand, { executionArn: NAMED })
      .resolvesOnce({ status: 'FAILED', input: JSON.stringify(anInput()), startDate: new Date(START) })
      .rejects(new ExecutionDoesNotExist({ message: 'no', $metadata: {} }));

    expect(await executions.find('the-name')).toEqual({ kind: 'Ended', startedAt: START });
    expect(await executions.find('the-name')).toBeUndefined();
  });

  it('throws any other error of Step Functions', async () => {
    await expect(executions.find('the-name')).rejects.toThrow('not expected');
    await expect(executions.start('the-name', anInput())).rejects.toThrow('not expected');
  });
});

describe('stopping an execution', () => {
  it('passes the error and a cause to Step Functions', async () => {
    sfn.on(StopExecutionCommand).resolves({});

    await executions.stop(NAMED, 'OcrTaskCancelled');

    expect(sfn).toHaveReceivedCommandExactlyOnceWith(StopExecutionCommand, {
      executionArn: NAMED,
      error: 'OcrTaskCancelled',
      cause: 'Cancelled through the HTTP API',
    });
  });

  it('succeeds when the execution no longer exists', async () => {
    sfn.on(StopExecutionCommand).rejects(new ExecutionDoesNotExist({ message: 'no', $metadata: {} }));

    await expect(executions.stop(NAMED, 'OcrTaskCancelled')).resolves.toBeUndefined();
  });

  it('throws any other error of Step Functions', async () => {
    await expect(executions.stop(NAMED, 'OcrTaskCancelled')).rejects.toThrow('not expected');
  });
});

describe('an execution of Collect batch', () => {
  const batches = createBatches(new SFNClient({}), MACHINE);
  const found = (input: unknown) =>
    sfn
      .on(DescribeExecutionCommand, { executionArn: NAMED })
      .resolves({ status: 'RUNNING', input: JSON.stringify(input), startDate: new Date(START) });

  it('is found with its parsed input', async () => {
    found({ list: { bucket: 'scans', key: 'a.csv' } });

    expect(await batches.find('the-name')).toMatchObject({
      kind: 'Running',
      input: { list: { bucket: 'scans', key: 'a.csv' }, operation: 'RecognizeImage', concurrency: 10 },
    });
  });

  it('counts as ended when it refuses its input', async () => {
    found({ list: { bucket: 'scans', key: 'a.csv' }, retryOf: 'other' });

    expect(await batches.find('the-name')).toEqual({ kind: 'Ended', startedAt: START });
  });
});
