import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionStatuses } from '../../core/sweep-tasks.ts';

/** Reads how executions ended. An execution whose state machine was deleted counts as failed. */
export function createExecutionStatuses(client: SFNClient): ExecutionStatuses {
  return {
    async endOf(executionArn) {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return undefined;
        return status === 'ABORTED' || status === 'TIMED_OUT' ? status : 'FAILED';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'FAILED';
        throw error;
      }
    },
  };
}
