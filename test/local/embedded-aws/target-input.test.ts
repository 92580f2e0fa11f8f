import { describe, expect, it } from 'vitest';
import type { EventBridgeEvent } from '../../../local/embedded-aws/event-bus.ts';
import { targetInput } from '../../../local/embedded-aws/target-input.ts';

const event: EventBridgeEvent = {
  version: '0',
  id: 'i',
  'detail-type': 'Submitted',
  source: 'test',
  account: '000000000000',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: ['r0'],
  detail: { taskId: 'a "b" \\', polls: 3, tags: { x: null } },
};

describe('a target gets', () => {
  it.each([
    ['the event', {}, event],
    ['a constant', { Input: '{"a":1}' }, { a: 1 }],
    ['a part', { InputPath: '$.detail.tags' }, { x: null }],
    ['a name with a hyphen', { InputPath: '$.detail-type' }, 'Submitted'],
    ['an element', { InputPath: '$.resources[0]' }, 'r0'],
  ])('%s', (_, input, expected) => {
    expect(targetInput(input)(event)).toEqual(expected);
  });

  it.each([
    ['a text as JSON', '{"a":<id>}', { a: 'a "b" \\' }],
    ['a number as JSON', '{"a":<polls>}', { a: 3 }],
    ['an object as JSON', '{"a":<tags>}', { a: { x: null } }],
    ['a text within a text', '{"a":"task <id>!"}', { a: 'task a "b" \\!' }],
    ['a number within a text', '"<polls> polls"', '3 polls'],
    ['an object within a text', '"tags: <tags>"', 'tags: {"x":null}'],
    ['what is not there as an empty text', '{"a":<nothing>,"b":"<nothing>"}', { a: '', b: '' }],
  ])('a template with %s', (_, InputTemplate, expected) => {
    const InputPathsMap = {
      id: '$.detail.taskId',
      polls: '$.detail.polls',
      tags: '$.detail.tags',
      nothing: '$.detail.nothing.at.all',
    };

    expect(targetInput({ InputTransformer: { InputPathsMap, InputTemplate } })(event)).toEqual(expected);
  });
});

describe('refused as it is loaded:', () => {
  it.each([
    ['a path with a wildcard', { InputPath: '$.detail[*]' }, /The path \$\.detail\[\*\]/],
    [
      'a variable without a path',
      { InputTransformer: { InputPathsMap: {}, InputTemplate: '<x>' } },
      /The variable <x>/,
    ],
  ])('%s', (_, input, message) => {
    expect(() => targetInput(input)).toThrow(message);
  });
});
