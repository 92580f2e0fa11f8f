import { describe, expect, it } from 'vitest';
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
describe('an event pattern', () => {
  it.each([
    ['a value', { source: ['ocr-courier'] }],
    ['one of several values', { source: ['x', 'ocr-courier'] }],
    ['a value of an array', { resources: ['arn:aws:b'] }],
    ['null', detail({ reason: [null] })],
    ['an empty string', detail({ empty: [''] })],
    ['a boolean', detail({ ok: [true] })],
    ['prefix', detail({ taskId: [{ prefix: 'A-' }] })],
    ['anything-but', detail({ taskId: [{ 'anything-but': 'B' }] })],
    ['anything-but a list', detail({ polls: [{ 'anything-but': [1, 2] }] })],
    ['exists', detail({ reason: [{ exists: true }] })],
    ['exists: false', detail({ nothing: [{ exists: false }] })],
    ['an object of an array', detail({ lines: { no: [2], kind: ['y'] } })],
    ['any test of a list', detail({ polls: [{ prefix: 'x' }, 5] })],
  ])('matches %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(true);
  });

  it.each([
    ['another value', { source: ['x'] }],
    ['part of a value', { source: ['ocr'] }],
    ['a number given as a string', detail({ polls: ['5'] })],
    ['another prefix', detail({ taskId: [{ prefix: 'a-' }] })],
    ['anything-but its value', detail({ taskId: [{ 'anything-but': ['A-1.png', 'B'] }] })],
    ['anything-but of a missing field', detail({ nothing: [{ 'anything-but': 'x' }] })],
    ['exists: false of a present field', detail({ ok: [{ exists: false }] })],
    ['exists of a missing field', detail({ nothing: [{ exists: true }] })],
    ['only one field of two', { source: ['ocr-courier'], detail: { polls: [6] } }],
    ['fields of different objects of an array', detail({ lines: { no: [1], kind: ['y'] } })],
    ['an inherited property', { detail: { constructor: [{ exists: true }] } }],
  ])('does not match %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(false);
  });

  it.each([
    ['another operator', detail({ a: [{ suffix: '.png' }] }), /got "suffix"; allowed: .*prefix/],
    ['$or', { $or: [{ source: ['x'] }, detail({ polls: [5] })] }, /got "\$or"/],
    [
      'anything-but another operator',
      detail({ a: [{ 'anything-but': { prefix: 'B' } }] }),
      /in anything-but/,
    ],
    [
      'two operators in one test',
      detail({ a: [{ prefix: 'a', exists: true }] }),
      /got "prefix" and "exists"/,
    ],
    ['a test without an operator', detail({ a: [{}] }), /got no operator/],
    ['a bare value', { source: 'ocr-courier' }, /expected record/],
    ['an empty list', { source: [] }, /got an empty list/],
    ['an empty pattern', {}, /got an empty object/],
    ['no pattern', undefined, /^EventPattern undefined: /],
  ])('is rejected with %s', (_, pattern, message) => {
    expect(() => compileEventPattern(pattern)).toThrow(message);
  });
});
