import { ExecutionDoesNotExist, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { ExecutionStops } from '../../core/cancel-task.ts';

/** Stops executions of any state machine, as a caller of the HTTP API requested. */
export function createExecutionStops(client: SFNClient): ExecutionStops {
  return {
    async stop(executionArn, error) {
      try {
        await client.send(
          new StopExecutionCommand({ executionArn, error, cause: 'Cancelled through the HTTP API' }),
        );
      } catch (fault) {
        if (!(fault instanceof ExecutionDoesNotExist)) throw fault;
      }
    },
  };
}
