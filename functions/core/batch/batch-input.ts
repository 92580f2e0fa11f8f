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
  requireOneOf(SOURCES, parsed, '');
  return parsed;
}

/**
 * Checks that exactly one of some fields is given.
 *
 * @param name what the caller calls the whole input; empty for `input`
 * @throws InvalidInput naming the fields
 */
export function requireOneOf<Field extends string>(
  fields: readonly Field[],
  input: Readonly<Partial<Record<Field, unknown>>>,
  name: string,
): void {
  const given = fields.filter((field) => input[field] !== undefined);
  if (given.length === 1) return;
  const got = given.length === 0 ? 'nothing' : given.join(' and ');
  throw new InvalidInput(name, got, `exactly one of ${fields.join(', ')}`);
}

/** Returns the field that names the items, for messages. */
export function itemsField(input: BatchInput): string {
  return SOURCES.find((source) => input[source] !== undefined) ?? 'input';
}
