import { z } from 'zod';
import { AwsError } from './aws-error.ts';
import {
  type EventBuses,
  type PutEventsEntry,
  type PutEventsResult,
  putEventsEntrySchema,
} from './event-bus.ts';
import { type LambdaFunction, LambdaFunctionError } from './lambda-function.ts';
import { TaskStateError, type TaskStateHandler } from './run-execution.ts';

/** The Task state of a function: its event is the input, its response is the result. */
export function lambdaTask(lambdaFunction: LambdaFunction): TaskStateHandler {
  return async (input) => {
    try {
      return z.json().parse(await lambdaFunction.invoke(input));
    } catch (error) {
      if (!(error instanceof LambdaFunctionError)) throw error;
      throw new TaskStateError(error.body.errorType, JSON.stringify(error.body));
    }
  };
}

/** The integration accepts an object as Detail, too, and stringifies it. */
const detailSchema = z.union([
  z.string(),
  z.record(z.string(), z.json()).transform((detail) => JSON.stringify(detail)),
]);
const putEventsInput = z.object({
  Entries: z
    .array(putEventsEntrySchema.omit({ Time: true }).extend({ Detail: detailSchema }))
    .min(1)
    .max(10),
});

/** The Task state of `arn:aws:states:::events:putEvents` (source: the Step Functions guide). */
export function putEventsTask(buses: EventBuses): TaskStateHandler {
  return async (input, { executionArn, stateMachineArn }) => {
    const parsed = putEventsInput.safeParse(input);
    if (!parsed.success) {
      throw new TaskStateError('States.Runtime', z.prettifyError(parsed.error), { terminal: true });
    }
    const entries = parsed.data.Entries.map((entry) => ({
      ...entry,
      Resources: [...(entry.Resources ?? []), executionArn, stateMachineArn],
    }));
    const result = putEvents(buses, entries);
    if (result.FailedEntryCount > 0) {
      throw new TaskStateError('EventBridge.FailedEntry', JSON.stringify(result));
    }
    return { FailedEntryCount: 0, Entries: result.Entries.map((entry) => ({ ...entry })) };
  };
}

/** Puts events. An error of EventBridge gets the name that Step Functions gives it. */
function putEvents(buses: EventBuses, entries: readonly PutEventsEntry[]): PutEventsResult {
  try {
    return buses.putEvents(entries);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new TaskStateError(`EventBridge.${error.name}`, error.message);
  }
}
