import { z } from 'zod';
import { UnsupportedError } from './unsupported-error.ts';

/** Whether an event, or a part of one, matches. */
export type EventMatcher = (value: unknown) => boolean;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const oneOrMoreScalars = z.union(
  [z.array(scalar).min(1), scalar.transform((value) => [value])],
  'allowed in anything-but: a value, or a list of values',
);
const object = z.record(z.string(), z.unknown());

/** Tests of the values of one field. An array has the values of its elements. */
const OPERATORS: Readonly<Record<string, (operand: unknown) => (values: readonly unknown[]) => boolean>> = {
  'anything-but': (operand) => {
    const excluded = new Set<unknown>(oneOrMoreScalars.parse(operand));
    return (values) => values.some((value) => !excluded.has(value));
  },
  exists: (operand) => {
    const expected = z.boolean().parse(operand);
    return (values) => values.length > 0 === expected;
  },
  prefix: (operand) => {
    const prefix = z.string().parse(operand);
    return (values) => values.some((value) => typeof value === 'string' && value.startsWith(prefix));
  },
};

/** Matches a field when any of its tests does. */
function fieldMatcher(tests: readonly unknown[]): EventMatcher {
  if (tests.length === 0) throw new UnsupportedError('got an empty list; allowed: at least one test');
  const matchers = tests.map((test) => {
    const exact = scalar.safeParse(test);
    if (exact.success) return (values: readonly unknown[]) => values.includes(exact.data);
    const entries = Object.entries(object.parse(test));
    const [[operator, operand] = [''], ...others] = entries;
    const compile = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
    if (compile !== undefined && others.length === 0) return compile(operand);
    const got = entries.map(([name]) => `"${name}"`).join(' and ') || 'no operator';
    throw new UnsupportedError(`got ${got}; allowed: one of ${Object.keys(OPERATORS).join(', ')}`);
  });
  return (value) => {
    const values = leaves(value);
    return matchers.some((matches) => matches(values));
  };
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
 * Compiles an EventBridge event pattern of exact values, `prefix`, `anything-but` and `exists`.
 *
 * @throws UnsupportedError for a pattern that EventBridge rejects, or any other operator
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
