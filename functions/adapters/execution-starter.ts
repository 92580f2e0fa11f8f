import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod/mini';
import { executionInputSchema } from '../contract.ts';
import type { ExecutionStarter } from '../core/start-task.ts';
import { executionArn } from './execution-arn.ts';
import { parseJson } from './parse-json.ts';

/** Executions of the state machine with this ARN. */
export function createExecutionStarter(client: SFNClient, stateMachineArn: string): ExecutionStarter {
  return {
    async start(name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return true;
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return false;
        throw error;
      }
    },

    async operationOf(name) {
      const { input } = await client.send(
        new DescribeExecutionCommand({ executionArn: executionArn(stateMachineArn, name) }),
      );
      return z.parse(executionInputSchema, parseJson(input ?? '')).operation;
    },
  };
}
