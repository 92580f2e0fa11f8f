import type * as z from 'zod/mini';
import { type ExecutionInput, executionInputSchema, taskSubmissionSchema } from '../contracts/task-input.ts';
import { InvalidInput, parseInput } from './invalid-input.ts';

/** Tolerance for submitters whose clocks are ahead. */
const CLOCK_SKEW_SECONDS = 300;

/**
 * Parses the input of an execution.
 *
 * @param now epoch milliseconds
 * @throws InvalidInput naming the field
 */
export function parseExecutionInput(input: unknown, now: number): ExecutionInput {
  return parseSubmission(executionInputSchema, input, now);
}

/**
 * Parses the detail of an `OCR Task Submitted` event, which becomes the input of an execution.
 *
 * @param now epoch milliseconds
 * @throws InvalidInput naming the field
 */
export function parseTaskSubmission(detail: unknown, now: number): ExecutionInput {
  return parseSubmission(taskSubmissionSchema, detail, now);
}

/** Parses a submission in the form of another door. */
export function parseSubmission<T extends { readonly submittedAt?: string | undefined }>(
  schema: z.ZodMiniType<T>,
  input: unknown,
  now: number,
): T {
  const parsed = parseInput(schema, input);
  if (parsed.submittedAt !== undefined && Date.parse(parsed.submittedAt) > now + CLOCK_SKEW_SECONDS * 1000) {
    throw new InvalidInput('submittedAt', 'an instant in the future', 'at most 5 minutes in the future');
  }
  return parsed;
}
