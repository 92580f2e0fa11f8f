import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import type { EventBuses, PutEventsEntry, PutEventsResult } from './event-bus.ts';
import { type LambdaFunction, LambdaFunctionError } from './lambda-function.ts';
import type { Task } from './run-execution.ts';
import { TaskStateError } from './task-error.ts';

/** The task of a state whose Resource is a function's ARN: the input is the event, the result is what it returns. */
export function lambdaTask(lambdaFunction: LambdaFunction): Task {
  return async (input) => {
    try {
      return z.json().parse(await lambdaFunction.invoke(input));
    } catch (error) {
      if (!(error instanceof LambdaFunctionError)) throw error;
      throw new TaskStateError(error.body.errorType, JSON.stringify(error.body));
    }
  };
}

const putEventsInput = z.object({
  Entries: z
    .array(
      z.object({
        Source: z.string().optional(),
        DetailType: z.string().optional(),
        // The optimised integration takes an object, too, and makes it a text itself.
        Detail: z.union([
          z.string(),
          z.record(z.string(), z.json()).transform((detail) => JSON.stringify(detail)),
        ]),
        EventBusName: z.string().optional(),
        Resources: z.array(z.string()).default([]),
      }),
    )
    .min(1)
    .max(10),
});

/** The task of a state whose Resource is `arn:aws:states:::events:putEvents`; source: the Step Functions guide. */
export function putEventsTask(buses: EventBuses): Task {
  return async (input, { executionArn, stateMachineArn }) => {
    const parsed = putEventsInput.safeParse(input);
    if (!parsed.success)
      throw new TaskStateError('States.Runtime', z.prettifyError(parsed.error), { terminal: true });
    const result = putEvents(
      buses,
      parsed.data.Entries.map((entry) => ({
        ...entry,
        Resources: [...entry.Resources, executionArn, stateMachineArn],
      })),
    );
    if (result.FailedEntryCount > 0)
      throw new TaskStateError('EventBridge.FailedEntry', JSON.stringify(result));
    return { FailedEntryCount: 0, Entries: result.Entries.map((entry) => ({ ...entry })) };
  };
}

/** An error of the service's own is named after it. */
function putEvents(buses: EventBuses, entries: readonly PutEventsEntry[]): PutEventsResult {
  try {
    return buses.putEvents(entries);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new TaskStateError(`EventBridge.${error.name}`, error.message);
  }
}
