import * as z from 'zod/mini';

/**
 * Schema builders whose error text says what is allowed. `parseInput` adds the field and what was
 * got.
 */

/** A number between two bounds, both allowed. */
export function numberFromTo(minimum: number, maximum: number) {
  const allowed = `a number from ${minimum} to ${maximum}`;
  return z.number(allowed).check(z.minimum(minimum, allowed), z.maximum(maximum, allowed));
}

/** A whole number between two bounds, both allowed. `why` explains a bound that is not obvious. */
export function wholeNumberFromTo(minimum: number, maximum: number, why?: string) {
  const range = `a whole number from ${minimum} to ${maximum}`;
  const allowed = why === undefined ? range : `${range} (${why})`;
  return z.int(allowed).check(z.minimum(minimum, allowed), z.maximum(maximum, allowed));
}

/**
 * A string of limited length. A lone surrogate is replaced, because neither DynamoDB nor an event
 * can hold it.
 */
export function textUpTo(maxLength: number) {
  const allowed = `a string of 1 to ${maxLength} characters`;
  return z.string(allowed).check(
    z.minLength(1, allowed),
    z.maxLength(maxLength, allowed),
    z.overwrite((text) => text.toWellFormed()),
  );
}

/** A string of one form. */
export function textMatching(form: RegExp, allowed: string) {
  return z.string(allowed).check(z.regex(form, allowed));
}

/** One of a list of names. */
export function oneOf<const Names extends readonly string[]>(names: Names) {
  return z.enum(names, `one of ${names.join(', ')}`);
}

/** An object that accepts no other fields; its error text lists them. */
export function closedObject<Shape extends Readonly<Record<string, z.core.$ZodType>>>(shape: Shape) {
  return z.strictObject(shape, describeFields(shape));
}

/** Describes the fields of an object that accepts no others. */
export function describeFields(shape: Readonly<Record<string, z.core.$ZodType>>): string {
  const fields = Object.entries(shape);
  const isOptional = ([, schema]: (typeof fields)[number]) => z.safeParse(schema, undefined).success;
  const namesOf = (listed: typeof fields) => listed.map(([name]) => name).join(', ');
  const optional = namesOf(fields.filter(isOptional));
  const required = namesOf(fields.filter((field) => !isOptional(field)));
  if (required === '') return `an object with any of ${optional}`;
  return `an object with ${required}${optional === '' ? '' : ` and optionally ${optional}`}`;
}
