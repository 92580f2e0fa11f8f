import { describe, expect, test } from 'vitest';
import { compileEventPattern } from '../../../local/embedded-aws/event-pattern.ts';

const event = {
  source: 'ocr-courier',
  resources: ['arn:aws:a', 'arn:aws:b'],
  detail: {
    taskId: 'A-1.png',
    polls: 5,
    reason: null,
    ok: true,
    empty: '',
    lines: [
      { no: 1, kind: 'x' },
      { no: 2, kind: 'y' },
    ],
  },
};

const detail = (test: unknown) => ({ detail: test });

// Cases follow "Comparison operators for use in event patterns" in the EventBridge user guide.
describe('an event', () => {
  test.each([
    ['a value', { source: ['ocr-courier'] }],
    ['one of several values', { source: ['x', 'ocr-courier'] }],
    ['a value of an array', { resources: ['arn:aws:b'] }],
    ['null', detail({ reason: [null] })],
    ['an empty text', detail({ empty: [''] })],
    ['a boolean', detail({ ok: [true] })],
    ['prefix', detail({ taskId: [{ prefix: 'A-' }] })],
    ['prefix without case', detail({ taskId: [{ prefix: { 'equals-ignore-case': 'a-' } }] })],
    ['suffix', detail({ taskId: [{ suffix: '.png' }] })],
    ['suffix without case', detail({ taskId: [{ suffix: { 'equals-ignore-case': '.PNG' } }] })],
    ['equals-ignore-case', detail({ taskId: [{ 'equals-ignore-case': 'a-1.PNG' }] })],
    ['wildcard', detail({ taskId: [{ wildcard: 'A-*.png' }] })],
    ['anything-but', detail({ taskId: [{ 'anything-but': 'B' }] })],
    ['anything-but a list', detail({ polls: [{ 'anything-but': [1, 2] }] })],
    ['anything-but a prefix', detail({ taskId: [{ 'anything-but': { prefix: 'B' } }] })],
    [
      'anything-but one of several suffixes',
      detail({ taskId: [{ 'anything-but': { suffix: ['.pdf', '.txt'] } }] }),
    ],
    ['anything-but a wildcard', detail({ taskId: [{ 'anything-but': { wildcard: '*.pdf' } }] })],
    ['numeric', detail({ polls: [{ numeric: ['=', 5] }] })],
    ['a numeric range', detail({ polls: [{ numeric: ['>', 4, '<=', 5] }] })],
    ['exists', detail({ reason: [{ exists: true }] })],
    ['exists: false', detail({ nothing: [{ exists: false }] })],
    ['an object of an array', detail({ lines: { no: [2], kind: ['y'] } })],
    ['$or', { $or: [{ source: ['x'] }, detail({ polls: [5] })] }],
    ['any test of a list', detail({ polls: [{ prefix: 'x' }, { numeric: ['>', 1] }] })],
  ])('matches %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(true);
  });

  test.each([
    ['another value', { source: ['x'] }],
    ['part of a value', { source: ['ocr'] }],
    ['a number for a text of it', detail({ polls: ['5'] })],
    ['another prefix', detail({ taskId: [{ prefix: 'a-' }] })],
    ['another suffix', detail({ taskId: [{ suffix: '.PNG' }] })],
    ['a wildcard for a part', detail({ taskId: [{ wildcard: 'A-*.pn' }] })],
    ['a dot that stands for any character', detail({ taskId: [{ wildcard: 'A.1.png' }] })],
    ['anything-but its value', detail({ taskId: [{ 'anything-but': ['A-1.png', 'B'] }] })],
    ['anything-but its prefix', detail({ taskId: [{ 'anything-but': { prefix: 'A' } }] })],
    ['anything-but of a field that is not there', detail({ nothing: [{ 'anything-but': 'x' }] })],
    ['a range it is out of', detail({ polls: [{ numeric: ['>', 5, '<', 9] }] })],
    ['numeric on a text', detail({ taskId: [{ numeric: ['>', 0] }] })],
    ['exists: false of a field that is there', detail({ ok: [{ exists: false }] })],
    ['exists of a field that is not', detail({ nothing: [{ exists: true }] })],
    ['one field of two', { source: ['ocr-courier'], detail: { polls: [6] } }],
    ['fields of different objects of an array', detail({ lines: { no: [1], kind: ['y'] } })],
    ['no branch of $or', { $or: [{ source: ['x'] }, detail({ polls: [6] })] }],
    ['an inherited property', { detail: { constructor: [{ exists: true }] } }],
  ])('does not match %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(false);
  });
});

test('a wildcard takes escaped stars and backslashes literally', () => {
  const matches = compileEventPattern({ path: [{ wildcard: 'C:\\\\*\\*' }] });

  expect(matches({ path: 'C:\\dir*' })).toBe(true);
  expect(matches({ path: 'C:\\dirx' })).toBe(false);
});

describe('refused as it is compiled:', () => {
  test.each([
    ['an unknown operator', detail({ ip: [{ cidr: '10.0.0.0/8' }] }), /"cidr" is not served, only .*prefix/],
    [
      'an unknown negation',
      detail({ n: [{ 'anything-but': { numeric: ['>', 1] } }] }),
      /"numeric" is not served/,
    ],
    ['two operators in one test', detail({ a: [{ prefix: 'a', suffix: 'b' }] }), /exactly one operator/],
    ['a bare value', { source: 'ocr-courier' }, /expected record/],
    ['an empty list', { source: [] }, /must not be empty/],
    ['an empty pattern', {}, /must not be empty/],
    ['an unknown comparison', detail({ n: [{ numeric: ['!=', 1] }] }), /cannot be matched/],
    ['no pattern', undefined, /cannot be matched/],
  ])('%s', (_, pattern, message) => {
    expect(() => compileEventPattern(pattern)).toThrow(message);
  });
});
