import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { describeValue, parseInput } from '../../../functions/core/invalid-input.ts';

const schema = z.strictObject(
  { name: z.string('a name'), nested: z.optional(z.strictObject({ count: z.int('a count') }, 'an object')) },
  'an object with a name',
);

describe('parseInput of a value that may have two forms', () => {
  const forms = z.union(
    [z.string('a name').check(z.regex(/^[a-z]+$/, 'a name')), schema],
    'a name or an object',
  );
  const list = z.object({ list: z.array(forms) });

  it.each([
    ['accepts the first form', ['a'], undefined],
    ['accepts the second form', [{ name: 'a' }], undefined],
    ['names the fault of the first form', ['a', '1'], 'list.1: got a string of 1 character; allowed: a name'],
    ['names a field of the second form', [{ name: 5 }], 'list.0.name: got 5; allowed: a name'],
    ['names a missing field of the second form', [{}], 'list.0.name: got nothing; allowed: a name'],
    [
      'names a field below another',
      [{ name: 'a', nested: { count: 'x' } }],
      "list.0.nested.count: got 'x'; allowed: a count",
    ],
    [
      'names a field that the second form does not have',
      [{ name: 'a', other: 1 }],
      'list.0.other: got a field that does not exist; allowed: an object with a name',
    ],
    ['lists both forms for a value of neither', [5], 'list.0: got 5; allowed: a name or an object'],
  ])('%s', (_, value, message) => {
    const parse = () => parseInput(list, { list: value });

    if (message === undefined) expect(parse()).toEqual({ list: value });
    else expect(parse).toThrow(message);
  });
});

describe('parseInput', () => {
  it('returns a valid input', () => {
    expect(parseInput(schema, { name: 'a', nested: { count: 1 } })).toEqual({
      name: 'a',
      nested: { count: 1 },
    });
  });

  it.each([
    ['a missing field', {}, 'name', 'name: got nothing; allowed: a name'],
    ['a field of another type', { name: 5 }, 'name', 'name: got 5; allowed: a name'],
    [
      'a field below another',
      { name: 'a', nested: { count: [] } },
      'nested.count',
      'nested.count: got an array of 0; allowed: a count',
    ],
    [
      'an unknown field',
      { name: 'a', colour: 1 },
      'colour',
      'colour: got a field that does not exist; allowed: an object with a name',
    ],
    [
      'an unknown field below another',
      { name: 'a', nested: { count: 1, x: 1 } },
      'nested.x',
      'nested.x: got a field that does not exist; allowed: an object',
    ],
    ['null', null, '', 'input: got null; allowed: an object with a name'],
    ['a text', 'name', '', "input: got 'name'; allowed: an object with a name"],
    ['an array', [1, 2], '', 'input: got an array of 2; allowed: an object with a name'],
    ['nothing', undefined, '', 'input: got nothing; allowed: an object with a name'],
  ])('names the field, the value and the allowed values for %s', (_, input, field, message) => {
    expect(() => parseInput(schema, input)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', field, message }),
    );
  });

  it.each([
    ['__proto__', JSON.parse('{ "name": "a", "__proto__": { "polluted": true } }')],
    ['constructor', { name: 'a', constructor: 1 }],
  ])('reports %s as an unknown field and changes no prototype', (field, input) => {
    expect(() => parseInput(schema, input)).toThrow(expect.objectContaining({ field }));
    expect({}).not.toHaveProperty('polluted');
  });

  it.each([
    ['with a line break', 'a\r\n2026-01-01 ERROR forged'],
    ['of 10 KB', 'k'.repeat(10_240)],
    ['with the letters of another script', 'naïve'],
  ])('does not repeat an unknown field name %s', (_, name) => {
    expect(() => parseInput(schema, { name: 'a', [name]: 1 })).toThrow(
      new RegExp(`^a name of ${name.length} characters: got a field that does not exist; allowed: `),
    );
  });
});

describe('describeValue', () => {
  it.each([
    ['a word', 'RecognizeRegionsTrial', "'RecognizeRegionsTrial'"],
    ['a number', -1.5, '-1.5'],
    ['a truth value', false, 'false'],
    ['null', null, 'null'],
    ['nothing', undefined, 'nothing'],
    ['an object', { a: 1 }, 'an object'],
    ['an empty text', '', 'a string of 0 characters'],
    ['one foreign character', '/', 'a string of 1 character, with "/" at 1'],
    ['10 KB', 'a'.repeat(10_240), 'a string of 10240 characters'],
    ['a path', '../../etc/passwd', 'a string of 16 characters, with "." at 1'],
    ['a line break', 'id\r\nforged: line', 'a string of 16 characters, with "\\r" at 3'],
    [
      'a JSON web token',
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln',
      'a string of 41 characters, with "." at 21',
    ],
    ['a hexadecimal secret', 'f00dfeedf00dfeedf00dfeedf00dfeed', 'a string of 32 characters'],
  ])('describes %s without repeating anything secret or forged', (_, value, description) => {
    expect(describeValue(value)).toBe(description);
  });

  it.each([
    ['a C1 control character, which terminals obey', '\u009b'],
    ['a line separator', '\u2028'],
    ['a right-to-left override', '\u202e'],
    ['half a character', '\ud83d'],
    ['a digit of another script', '１'],
  ])('returns only printable ASCII for %s', (_, character) => {
    expect(describeValue(`id${character}`)).toMatch(/^[\x20-\x7e]+$/);
  });
});
