import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { executionInputSchema } from '../contract.ts';
import type { ExecutionStarts, RunningExecution } from '../core/start-collection.ts';
import { executionArn as arnOf } from './execution-arn.ts';
import { parseJson } from './parse-json.ts';

export interface Executions extends ExecutionStarts {
  /** Stops an execution; one that has ended, or that Step Functions has forgotten, is left as it is. */
  stop(executionArn: string): Promise<void>;
}

/** The executions of one state machine. */
export function createExecutions(client: SFNClient, stateMachineArn: string): Executions {
  async function running(executionArn: string): Promise<RunningExecution | undefined> {
    const { status, input, startDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return undefined;
    const parsed = z.safeParse(executionInputSchema, parseJson(input ?? ''));
    // Started by hand, with input that the state machine is about to refuse: as good as ended.
    if (!parsed.success) return undefined;
    return { executionArn, startedAt: epochMilliseconds(startDate), input: parsed.data, isNew: false };
  }

  return {
    async start(name, input) {
      try {
        const { executionArn, startDate } = await client.send(
          new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
        );
        if (executionArn === undefined) throw new TypeError('StartExecution gave no executionArn');
        return { executionArn, startedAt: epochMilliseconds(startDate), input, isNew: true };
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
        return await running(arnOf(stateMachineArn, name));
      }
    },

    async stop(executionArn) {
      try {
        await client.send(
          new StopExecutionCommand({ executionArn, cause: 'Cancelled through the HTTP API' }),
        );
      } catch (error) {
        if (!(error instanceof ExecutionDoesNotExist)) throw error;
      }
    },
  };
}

function epochMilliseconds(date: Date | undefined): number {
  if (date === undefined) throw new TypeError('Step Functions gave no startDate');
  return date.getTime();
}
