import { type ExecutionInput, executionInputSchema } from '../contract.ts';
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
  const parsed = parseInput(executionInputSchema, input);
  if (parsed.submittedAt !== undefined && Date.parse(parsed.submittedAt) > now + CLOCK_SKEW_SECONDS * 1000) {
    throw new InvalidInput('submittedAt', 'an instant in the future', 'an instant that has passed');
  }
  return parsed;
}
