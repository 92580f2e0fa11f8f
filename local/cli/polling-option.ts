import { pollingSchema } from '../../functions/contracts/task-input.ts';
import { InvalidInput, parseInput } from '../../functions/core/invalid-input.ts';
import type { PollingOverrides } from '../../functions/core/polling-policy.ts';
import { UsageError } from './command-errors.ts';

/** What `--polling` takes, for the help of a command. */
export const POLLING_HELP =
  'an object with any of preset (frugal, balanced, eager), timeoutSeconds, maxPolls, firstPollDelaySeconds, holdSeconds';

/** @throws UsageError for what is not JSON, or not a polling policy */
export function parsePolling(json: string): PollingOverrides {
  try {
    return parseInput(pollingSchema, JSON.parse(json));
  } catch (error) {
    if (error instanceof InvalidInput) {
      throw new UsageError(`--polling${error.message.replace(/^input:/, ':').replace(/^(?!:)/, ' ')}`);
    }
    throw new UsageError(
      `--polling: got ${json.length} characters that are not JSON; allowed: an object such as {"timeoutSeconds": 60}`,
    );
  }
}
