import type * as z from 'zod/mini';
import { type ExecutionInput, executionInputSchema, taskSubmissionSchema } from '../contracts/task-input.ts';
import { InvalidInput, parseInput } from './invalid-input.ts';

/** Clocks of submitters may be ahead of ours by this much. */
const CLOCK_SKEW_SECONDS = 300;

/**
 * The input of an execution, checked.
 *
 * @param now epoch milliseconds
 * @throws InvalidInput naming the field
 */
export function parseExecutionInput(input: unknown, now: number): ExecutionInput {
  return parseSubmission(executionInputSchema, input, now);
}

/**
 * The detail of an `OCR Task Submitted` event, checked: what an execution is started with.
 *
 * @param now epoch milliseconds
 * @throws InvalidInput naming the field
 */
export function parseTaskSubmission(detail: unknown, now: number): ExecutionInput {
  return parseSubmission(taskSubmissionSchema, detail, now);
}

/** As `parseExecutionInput`, for whatever else tells of a submission. */
export function parseSubmission<T extends { readonly submittedAt?: string | undefined }>(
  schema: z.ZodMiniType<T>,
  input: unknown,
  now: number,
): T {
  const parsed = parseInput(schema, input);
  if (parsed.submittedAt !== undefined && Date.parse(parsed.submittedAt) > now + CLOCK_SKEW_SECONDS * 1000) {
    throw new InvalidInput('submittedAt', 'an instant in the future', 'an instant that has passed');
  }
  return parsed;
}
