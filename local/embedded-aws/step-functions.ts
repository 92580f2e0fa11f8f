import { z } from 'zod';
import { type AwsOperation, awsOperation } from './aws-endpoint.ts';
import { AwsError } from './aws-error.ts';
import type { RunningExecution } from './run-execution.ts';
import type { StateMachine } from './state-machine.ts';

/** The state machines of the stack, found by ARN. */
export interface StepFunctions {
  /** @throws AwsError StateMachineDoesNotExist */
  stateMachine(stateMachineArn: string): StateMachine;
  /** @throws AwsError ExecutionDoesNotExist */
  execution(executionArn: string): RunningExecution;
  readonly operations: readonly AwsOperation[];
}

const epochSeconds = (date: Date | undefined) => date && date.getTime() / 1000;

function parseExecutionInput(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${error}'`);
  }
}

/** @param takeStart returns false when a call of StartExecution is throttled */
export function createStepFunctions(
  stateMachines: ReadonlyMap<string, StateMachine>,
  takeStart: () => boolean,
): StepFunctions {
  function stateMachine(stateMachineArn: string): StateMachine {
    const found = stateMachines.get(stateMachineArn);
    if (found !== undefined) return found;
    throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
  }

  function execution(executionArn: string): RunningExecution {
    for (const machine of stateMachines.values()) {
      const found = machine.executions.get(executionArn);
      if (found !== undefined) return found;
    }
    throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
  }

  return {
    stateMachine,
    execution,
    operations: [
      awsOperation(
        'AWSStepFunctions.StartExecution',
        z.object({
          stateMachineArn: z.string(),
          name: z.string().optional(),
          input: z.string().default('{}'),
        }),
        ({ stateMachineArn, name, input }) => {
          if (!takeStart()) throw new AwsError('ThrottlingException', 'Rate exceeded');
          const started = stateMachine(stateMachineArn)
            .startExecution({ name, input: parseExecutionInput(input) })
            .describe();
          return { executionArn: started.executionArn, startDate: epochSeconds(started.startDate) };
        },
      ),
      awsOperation(
        'AWSStepFunctions.StopExecution',
        z.object({ executionArn: z.string(), error: z.string().optional(), cause: z.string().optional() }),
        async ({ executionArn, error, cause }) => {
          const running = execution(executionArn);
          running.stop(error, cause);
          const { stopDate } = await running.ended;
          return { stopDate: epochSeconds(stopDate) };
        },
      ),
      awsOperation(
        'AWSStepFunctions.DescribeExecution',
        z.object({ executionArn: z.string() }),
        ({ executionArn }) => {
          const { history: _, ...described } = execution(executionArn).describe();
          return {
            ...described,
            startDate: epochSeconds(described.startDate),
            stopDate: epochSeconds(described.stopDate),
            input: JSON.stringify(described.input),
            inputDetails: { included: true },
            output: JSON.stringify(described.output),
            outputDetails: described.output === undefined ? undefined : { included: true },
            redriveCount: 0,
          };
        },
      ),
    ],
  };
}
