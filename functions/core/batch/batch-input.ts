import { type BatchInput, batchInputSchema } from '../../contracts/batch-input.ts';
import { InvalidInput, parseInput } from '../invalid-input.ts';

const SOURCES = ['tasks', 'list', 'images', 'retryOf'] as const;

/**
 * Parses the input of an execution of `Collect batch`, without its list.
 *
 * @throws InvalidInput naming the field
 */
export function parseBatchInput(input: unknown): BatchInput {
  const parsed = parseInput(batchInputSchema, input);
  const named = namedSources(parsed);
  if (named.length === 1) return parsed;
  const got = named.length === 0 ? 'nothing' : named.join(' and ');
  throw new InvalidInput('', got, `exactly one of ${SOURCES.join(', ')}`);
}

/** Returns the field that names the items, for messages. */
export function itemsField(input: BatchInput): string {
  return namedSources(input)[0] ?? 'input';
}

function namedSources(input: BatchInput) {
  return SOURCES.filter((source) => input[source] !== undefined);
}
