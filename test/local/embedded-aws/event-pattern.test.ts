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

// Cases follow "Event patterns" in the EventBridge user guide.
describe('an event pattern', () => {
  it.each([
    ['a value', { source: ['ocr-courier'] }],
    ['one of several values', { source: ['x', 'ocr-courier'] }],
    ['a value of an array', { resources: ['arn:aws:b'] }],
    ['null', detail({ reason: [null] })],
    ['an empty string', detail({ empty: [''] })],
    ['a boolean', detail({ ok: [true] })],
    ['an object of an array', detail({ lines: { no: [2], kind: ['y'] } })],
  ])('matches %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(true);
  });

  it.each([
    ['another value', { source: ['x'] }],
    ['part of a value', { source: ['ocr'] }],
    ['a number given as a string', detail({ polls: ['5'] })],
    ['only one field of two', { source: ['ocr-courier'], detail: { polls: [6] } }],
    ['fields of different objects of an array', detail({ lines: { no: [1], kind: ['y'] } })],
    ['a missing field', detail({ nothing: [null] })],
    ['an inherited property', { detail: { constructor: { name: ['Object'] } } }],
  ])('does not match %s', (_, pattern) => {
    expect(compileEventPattern(pattern)(event)).toBe(false);
  });

  it.each([
    ['an operator', detail({ a: [{ prefix: 'A-' }] }), /got \{"prefix":"A-"\}; allowed: exact values/],
    ['$or', { $or: [{ source: ['x'] }, detail({ polls: [5] })] }, /got "\$or"/],
    ['a bare value', { source: 'ocr-courier' }, /expected record/],
    ['an empty list', { source: [] }, /got an empty list/],
    ['an empty pattern', {}, /got an empty object/],
    ['no pattern', undefined, /^EventPattern undefined: /],
  ])('is rejected with %s', (_, pattern, message) => {
    expect(() => compileEventPattern(pattern)).toThrow(message);
  });
});
