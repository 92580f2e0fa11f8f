import * as z from 'zod/mini';

/** Input that was refused before anything was done with it. The message names field, what was got, what is allowed. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  /** Path of the field, `polling.maxPolls`; empty for the whole. */
  readonly field: string;
  readonly got: string;
  readonly allowed: string;

  constructor(field: string, got: string, allowed: string) {
    super(`${field === '' ? 'input' : field}: got ${got}; allowed: ${allowed}`);
    this.field = field;
    this.got = got;
    this.allowed = allowed;
  }
}

/**
 * Parses input of a caller.
 *
 * @throws InvalidInput for the first thing that is wrong with it
 */
export function parseInput<T>(schema: z.ZodMiniType<T>, input: unknown): T {
  const parsed = z.safeParse(schema, input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new InvalidInput('', 'something unreadable', 'an object');
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const field = [...path, describeKey(issue.keys[0] ?? '')].join('.');
    throw new InvalidInput(field, 'a field that does not exist', issue.message);
  }
  throw new InvalidInput(path.join('.'), describeValue(valueAt(input, path)), issue.message);
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    input,
  );
}

/**
 * What was got, without repeating it: a value may be a secret put into the wrong field, or may try to forge a log
 * line. Only numbers and words of letters alone are safe to show.
 */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value !== 'string') return `an ${typeof value}`;
  if (/^[A-Za-z]{1,24}$/.test(value)) return `'${value}'`;
  const foreign = /[^A-Za-z0-9-]/.exec(value);
  const length = `a string of ${value.length} character${value.length === 1 ? '' : 's'}`;
  return foreign === null
    ? length
    : `${length}, with ${describeCharacter(foreign[0])} at ${foreign.index + 1}`;
}

function describeCharacter(character: string): string {
  return JSON.stringify(character).replace(
    /[^\x20-\x7e]/g,
    (other) => `\\u${other.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function describeKey(key: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(key) ? key : `a name of ${key.length} characters`;
}
