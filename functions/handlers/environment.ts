import type * as z from 'zod/mini';
import { InvalidInput, parseInput } from '../core/invalid-input.ts';

/**
 * A variable that the infrastructure should have set is missing or wrong. The state machine retries
 * this error and closes the task, unlike an InvalidInput, which the caller has to correct.
 */
export class InvalidEnvironmentError extends Error {
  override readonly name = 'InvalidEnvironmentError';
}

/**
 * Parses the environment variables of a function.
 *
 * @throws InvalidEnvironmentError that names the variable
 */
export function readEnvironment<T>(schema: z.ZodMiniType<T>, variables: NodeJS.ProcessEnv): T {
  try {
    return parseInput(schema, variables);
  } catch (error) {
    if (error instanceof InvalidInput) throw new InvalidEnvironmentError(error.message);
    throw error;
  }
}
