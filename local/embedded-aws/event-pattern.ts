import { z } from 'zod';
import { EmbeddedAwsRefusal } from './unsupported-error.ts';

/** Tells whether an event, or a part of one, matches. */
export type EventMatcher = (value: unknown) => boolean;

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const oneOrMoreTexts = z.union([z.array(z.string()).min(1), z.string().transform((text) => [text])]);
const caseBlind = z.strictObject({ 'equals-ignore-case': z.string() });

const onText =
  (test: (text: string) => boolean): EventMatcher =>
  (value) =>
    typeof value === 'string' && test(value);

/** The operand of `prefix` and `suffix`: a text, or one to be compared without case. */
function affix(operand: unknown, test: (text: string, operand: string) => boolean): EventMatcher {
  const parsed = z.union([z.string(), caseBlind]).parse(operand);
  if (typeof parsed === 'string') return onText((text) => test(text, parsed));
  const lowered = parsed['equals-ignore-case'].toLowerCase();
  return onText((text) => test(text.toLowerCase(), lowered));
}

/** `*` stands for any characters; `\*` and `\\` for themselves. */
function wildcard(operand: unknown): EventMatcher {
  const source = z
    .string()
    .parse(operand)
    .replace(/\\[\\*]|[\s\S]/g, (token) =>
      token === '*' ? '.*' : token.slice(-1).replace(/[.*+?^${}()|[\]\\]/, '\\$&'),
    );
  const expression = new RegExp(`^${source}$`, 's');
  return onText((text) => expression.test(text));
}

const comparisons = {
  '<': (value: number, bound: number) => value < bound,
  '<=': (value: number, bound: number) => value <= bound,
  '=': (value: number, bound: number) => value === bound,
  '>=': (value: number, bound: number) => value >= bound,
  '>': (value: number, bound: number) => value > bound,
} as const;
const comparator = z.enum(['<', '<=', '=', '>=', '>']);
const range = z.union([
  z.tuple([comparator, z.number()]),
  z.tuple([comparator, z.number(), comparator, z.number()]),
]);

function numeric(operand: unknown): EventMatcher {
  const [low, lowBound, high = low, highBound = lowBound] = range.parse(operand);
  return (value) =>
    typeof value === 'number' && comparisons[low](value, lowBound) && comparisons[high](value, highBound);
}

const equalsIgnoreCase = (operand: unknown): EventMatcher => {
  const lowered = oneOrMoreTexts.parse(operand).map((text) => text.toLowerCase());
  return onText((text) => lowered.includes(text.toLowerCase()));
};

const anyOf = (operand: unknown, matcher: (operand: unknown) => EventMatcher): EventMatcher => {
  const matchers = oneOrMoreTexts.parse(operand).map(matcher);
  return (value) => matchers.some((matches) => matches(value));
};

/** Operators on one value. */
const operators: Readonly<Record<string, (operand: unknown) => EventMatcher>> = {
  'anything-but': anythingBut,
  'equals-ignore-case': (operand) => equalsIgnoreCase(z.string().parse(operand)),
  numeric,
  prefix: (operand) => affix(operand, (text, prefix) => text.startsWith(prefix)),
  suffix: (operand) => affix(operand, (text, suffix) => text.endsWith(suffix)),
  wildcard,
};

/** What `anything-but` may negate, each with one text or a list of them. */
const negated: Readonly<Record<string, (operand: unknown) => EventMatcher>> = {
  'equals-ignore-case': equalsIgnoreCase,
  prefix: (operand) => anyOf(operand, (text) => affix(text, (value, prefix) => value.startsWith(prefix))),
  suffix: (operand) => anyOf(operand, (text) => affix(text, (value, suffix) => value.endsWith(suffix))),
  wildcard: (operand) => anyOf(operand, wildcard),
};

function single(test: object): [operator: string, operand: unknown] {
  const [entry, ...others] = Object.entries(test);
  if (entry === undefined || others.length > 0) {
    throw new EmbeddedAwsRefusal(`a test must hold exactly one operator, but is ${JSON.stringify(test)}`);
  }
  return entry;
}

function choose<T>(table: Readonly<Record<string, T>>, operator: string): T {
  const chosen = Object.hasOwn(table, operator) ? table[operator] : undefined;
  if (chosen !== undefined) return chosen;
  throw new EmbeddedAwsRefusal(
    `"${operator}" is not served, only ${Object.keys(table).join(', ')}, exists, $or`,
  );
}

function anythingBut(operand: unknown): EventMatcher {
  const values = z.union([z.array(scalar).min(1), scalar.transform((value) => [value])]).safeParse(operand);
  if (values.success) return (value) => !values.data.some((excluded) => excluded === value);
  const [operator, excluded] = single(z.object({}).loose().parse(operand));
  const matches = choose(negated, operator)(excluded);
  return (value) => !matches(value);
}

/** The tests of one field; any of them suffices. */
function fieldMatcher(tests: readonly unknown[]): EventMatcher {
  if (tests.length === 0) throw new EmbeddedAwsRefusal('a list of tests must not be empty');
  const matchers = tests.map((test): EventMatcher => {
    const exact = scalar.safeParse(test);
    if (exact.success) return (value) => leaves(value).includes(exact.data);
    const [operator, operand] = single(z.object({}).loose().parse(test));
    if (operator === 'exists') {
      const expected = z.boolean().parse(operand);
      return (value) => leaves(value).length > 0 === expected;
    }
    const matches = choose(operators, operator)(operand);
    return (value) => leaves(value).some(matches);
  });
  return (value) => matchers.some((matches) => matches(value));
}

/** The values that tests see: an array matches if one of its values does, and an object is not a value. */
function leaves(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leaves);
  return value === undefined || (typeof value === 'object' && value !== null) ? [] : [value];
}

function objectMatcher(pattern: Readonly<Record<string, unknown>>): EventMatcher {
  const fields = Object.entries(pattern).map(([name, test]): EventMatcher => {
    if (name === '$or') {
      const alternatives = z.array(z.record(z.string(), z.unknown())).min(2).parse(test).map(objectMatcher);
      return (value) => alternatives.some((matches) => matches(value));
    }
    const matches = Array.isArray(test)
      ? fieldMatcher(test)
      : objectMatcher(z.record(z.string(), z.unknown()).parse(test));
    return (value) =>
      matches(
        typeof value === 'object' && value !== null
          ? Object.getOwnPropertyDescriptor(value, name)?.value
          : undefined,
      );
  });
  if (fields.length === 0) throw new EmbeddedAwsRefusal('a pattern must not be empty');
  // All tests of an array of objects must hold for the same object.
  const matchesOne: EventMatcher = (value) => fields.every((matches) => matches(value));
  return (value) => (Array.isArray(value) && value.length > 0 ? value.some(matchesOne) : matchesOne(value));
}

/**
 * Compiles an EventBridge event pattern, with every operator of the EventBridge user guide but `cidr`.
 *
 * There is no maintained library for this on npm; AWS's own, event-ruler, is Java.
 *
 * @throws EmbeddedAwsRefusal for a pattern that EventBridge would not take, or an operator unknown here.
 */
export function compileEventPattern(pattern: unknown): EventMatcher {
  try {
    return objectMatcher(z.record(z.string(), z.unknown()).parse(pattern));
  } catch (error) {
    const why =
      error instanceof z.ZodError
        ? z.prettifyError(error)
        : String(error instanceof Error ? error.message : error);
    throw new EmbeddedAwsRefusal(`The event pattern ${JSON.stringify(pattern)} cannot be matched: ${why}.`);
  }
}
