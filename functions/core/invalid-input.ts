import * as z from 'zod/mini';

/**
 * Input of a caller that was refused before anything was done with it. Callers see this name and
 * the message.
 */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  /** Path of the field, such as `polling.maxPolls`; empty for the whole input. */
  readonly field: string;
  /** Description of the received value. It never repeats untrusted text. */
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
 * @param name what the caller calls the whole input; empty for `input`
 * @throws InvalidInput for the first field that is wrong
 */
export function parseInput<T>(schema: z.ZodMiniType<T>, input: unknown, name = ''): T {
  const parsed = z.safeParse(schema, input, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error.issues);
  if (issue === undefined) throw new InvalidInput(name, 'something unreadable', 'an object');
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const field = [...path, describeKey(issue.keys[0] ?? '')].join('.');
    throw new InvalidInput(field, 'a field that does not exist', issue.message);
  }
  throw new InvalidInput(path.join('.') || name, describeValue(issue.input), issue.message);
}

/**
 * Returns the first issue. Where a value may have several forms, it is that of the form whose type
 * the value has.
 */
function firstIssue([issue]: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors
    .flatMap((issues) => firstIssue(issues) ?? [])
    .find(({ code, path }) => code !== 'invalid_type' || path.length > 0);
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] };
}

/**
 * Describes a value without repeating it. The value may be a secret in the wrong field, or text
 * that forges a log line. Only numbers, booleans and short words are shown.
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

/** Describes the name of a field, which is untrusted, too. Only usual names are shown. */
export function describeKey(key: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(key) ? key : `a name of ${key.length} characters`;
}
