import { z } from 'zod';
import { UnsupportedError } from './unsupported-error.ts';

/** Whether an event, or a part of one, matches. */
export type EventMatcher = (value: unknown) => boolean;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const object = z.record(z.string(), z.unknown());

/** Matches a field when it has one of the values. An array has the values of its elements. */
function fieldMatcher(tests: readonly unknown[]): EventMatcher {
  if (tests.length === 0) throw new UnsupportedError('got an empty list; allowed: at least one value');
  const allowed = tests.map((test): unknown => {
    if (scalar.safeParse(test).success) return test;
    throw new UnsupportedError(`got ${JSON.stringify(test)}; allowed: exact values`);
  });
  return (value) => leaves(value).some((leaf) => allowed.includes(leaf));
}

function leaves(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return value === undefined || isObject(value) ? [] : [value];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function objectMatcher(pattern: Readonly<Record<string, unknown>>): EventMatcher {
  if (Object.hasOwn(pattern, '$or')) throw new UnsupportedError('got "$or"; allowed: names of fields');
  const fields = Object.entries(pattern).map(([name, test]): EventMatcher => {
    const matches = Array.isArray(test) ? fieldMatcher(test) : objectMatcher(object.parse(test));
    return (value) =>
      matches(isObject(value) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined);
  });
  if (fields.length === 0) throw new UnsupportedError('got an empty object; allowed: at least one field');
  // All tests of an array of objects must hold for the same object.
  const matchesOne: EventMatcher = (value) => fields.every((matches) => matches(value));
  return (value) => (Array.isArray(value) && value.length > 0 ? value.some(matchesOne) : matchesOne(value));
}

/**
 * Compiles an EventBridge event pattern of exact values.
 *
 * @throws UnsupportedError for a pattern that EventBridge rejects, or one with operators
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  try {
    return objectMatcher(object.parse(pattern));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : error;
    const message = reason instanceof Error ? reason.message : reason;
    throw new UnsupportedError(`EventPattern ${JSON.stringify(pattern)}: ${message}.`);
  }
}
