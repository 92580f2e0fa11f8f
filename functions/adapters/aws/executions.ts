import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { ExecutionStops } from '../../core/cancel-task.ts';
import {
  acceptedBatchInput,
  acceptedExecutionInput,
  acceptedImageInput,
} from '../../core/execution-input.ts';
import type { ExecutionStarts, NamedExecution } from '../../core/execution-starts.ts';
import { parseJson } from '../../core/parse-json.ts';
import { createExecutionStops } from './execution-stops.ts';

/** Starts and stops the executions of `Collect result`. */
export function createCollections(client: SFNClient, stateMachineArn: string) {
  return createExecutions(client, stateMachineArn, acceptedExecutionInput);
}

/** Starts the executions of `Recognize image`. */
export function createRecognitions(client: SFNClient, stateMachineArn: string) {
  return createExecutions(client, stateMachineArn, acceptedImageInput);
}

/** Starts and stops the executions of `Collect batch`. */
export function createBatches(client: SFNClient, stateMachineArn: string) {
  return createExecutions(client, stateMachineArn, acceptedBatchInput);
}

/** @param accept returns the input of an execution; undefined when the execution refuses it */
function createExecutions<Input>(
  client: SFNClient,
  stateMachineArn: string,
  accept: (input: unknown, startedAt: number) => Input | undefined,
) {
  /** AWS derives it from the state machine's ARN and the execution's name. */
  const arnOf = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;

  async function describe(executionArn: string): Promise<NamedExecution<Input>> {
    const { status, input, startDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
    const startedAt = epochMilliseconds(startDate);
    const accepted = accept(parseJson(input ?? ''), startedAt);
    // Started by hand with an input that the state machine is about to refuse: treated as ended.
    if (status !== 'RUNNING' || accepted === undefined) return { kind: 'Ended', startedAt };
    return { kind: 'Running', executionArn, startedAt, input: accepted, isNew: false };
  }

  return {
    async start(name, input) {
      const executionArn = arnOf(name);
      try {
        const { startDate } = await client.send(
          new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
        );
        return { kind: 'Running', executionArn, startedAt: epochMilliseconds(startDate), input, isNew: true };
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
        return await describe(executionArn);
      }
    },

    async find(name) {
      try {
        return await describe(arnOf(name));
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return undefined;
        throw error;
      }
    },

    ...createExecutionStops(client),
  } satisfies ExecutionStarts<Input> & ExecutionStops;
}

function epochMilliseconds(date: Date | undefined): number {
  if (date === undefined) throw new TypeError('Step Functions returned no startDate');
  return date.getTime();
}
