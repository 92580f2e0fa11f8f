import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { beforeEach, expect, it } from 'vitest';
import { createExecutionStatuses } from '../../../../functions/adapters/aws/execution-statuses.ts';
import { EXECUTION } from '../../../support/builders.ts';
import { mockClient } from '../../../support/mock-client.ts';

const stepFunctions = mockClient(SFNClient);
const statuses = createExecutionStatuses(new SFNClient({}));

beforeEach(() => {
  stepFunctions.reset();
  stepFunctions.rejects('not expected');
});

it.each([
  ['RUNNING', undefined],
  ['PENDING_REDRIVE', undefined],
  ['ABORTED', 'ABORTED'],
  ['TIMED_OUT', 'TIMED_OUT'],
  ['FAILED', 'FAILED'],
  // Its record should be closed. If it is not, the task has no result.
  ['SUCCEEDED', 'FAILED'],
] as const)('reports %s as %s', async (status, end) => {
  stepFunctions.on(DescribeExecutionCommand, { executionArn: EXECUTION }).resolves({ status });

  expect(await statuses.endOf(EXECUTION)).toBe(end);
});

it('reports an execution whose state machine was deleted as FAILED', async () => {
  stepFunctions
    .on(DescribeExecutionCommand)
    .rejects(new ExecutionDoesNotExist({ message: 'gone', $metadata: {} }));

  expect(await statuses.endOf(EXECUTION)).toBe('FAILED');
});

it('throws other errors, such as throttling', async () => {
  await expect(statuses.endOf(EXECUTION)).rejects.toThrow('not expected');
});
