import type { BatchInput } from '../contracts/batch-input.ts';
import { type ImageInput, imageInputSchema } from '../contracts/image-input.ts';
import { type ExecutionInput, executionInputSchema } from '../contracts/task-input.ts';
import { parseBatchInput } from './batch/batch-input.ts';
import { InvalidInput, parseInput } from './invalid-input.ts';
import { RESULT_LIFETIME_SECONDS } from './polling-policy.ts';

/** Tolerance for submitters whose clocks are ahead. */
const CLOCK_SKEW_SECONDS = 300;

/**
 * What an execution tolerates in addition to what `parseInputToStart` does: the time between that
 * check and the start of the execution, which another clock measures.
 */
const START_DELAY_SECONDS = 300;

/**
 * Parses the input of an execution. It depends on the start of the execution, not on the present:
 * a task that was accepted stays accepted while it is collected, retried or redriven.
 *
 * @param startedAt when the execution started, in epoch milliseconds
 * @throws InvalidInput naming the field
 */
export function parseExecutionInput(input: unknown, startedAt: number): ExecutionInput {
  return parseWithin(input, startedAt, START_DELAY_SECONDS);
}

/** Parses the input of `Collect result`; undefined when the execution refuses it. */
export function acceptedExecutionInput(input: unknown, startedAt: number): ExecutionInput | undefined {
  return unlessInvalid(() => parseExecutionInput(input, startedAt));
}

/** Parses the input of `Recognize image`; undefined when the execution refuses it. */
export function acceptedImageInput(input: unknown): ImageInput | undefined {
  return unlessInvalid(() => parseInput(imageInputSchema, input));
}

/** Parses the input of `Collect batch`; undefined when the execution refuses it. */
export function acceptedBatchInput(input: unknown): BatchInput | undefined {
  return unlessInvalid(() => parseBatchInput(input));
}

function unlessInvalid<Input>(parse: () => Input): Input | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  }
}

/**
 * Parses the input of an execution that is about to be started. The execution accepts everything
 * that this accepts.
 *
 * @param now epoch milliseconds
 * @throws InvalidInput naming the field
 */
export function parseInputToStart(input: unknown, now: number): ExecutionInput {
  return parseWithin(input, now, 0);
}

/** Whether the task's result has been deleted before the input is parsed. */
export function isTooOld({ submittedAt }: ExecutionInput, now: number): boolean {
  return submittedAt !== undefined && secondsSince(submittedAt, now) > RESULT_LIFETIME_SECONDS;
}

function secondsSince(instant: string, now: number): number {
  return (now - Date.parse(instant)) / 1000;
}

/**
 * Checks that a task was not submitted in the future.
 *
 * @throws InvalidInput
 */
export function refuseFuture(submittedAt: string, now: number, toleranceSeconds = 0): void {
  if (secondsSince(submittedAt, now) >= -(CLOCK_SKEW_SECONDS + toleranceSeconds)) return;
  throw new InvalidInput(
    'submittedAt',
    'an instant more than 5 minutes in the future',
    'at most 5 minutes in the future',
  );
}

function parseWithin(input: unknown, now: number, toleranceSeconds: number): ExecutionInput {
  const parsed = parseInput(executionInputSchema, input);
  if (parsed.submittedAt === undefined) return parsed;
  refuseFuture(parsed.submittedAt, now, toleranceSeconds);
  const ageSeconds = secondsSince(parsed.submittedAt, now);
  if (ageSeconds > RESULT_LIFETIME_SECONDS + toleranceSeconds) {
    const allowed = 'at most 24 hours ago, because Aspose then deletes the result';
    throw new InvalidInput('submittedAt', 'an instant more than 24 hours ago', allowed);
  }
  return parsed;
}
