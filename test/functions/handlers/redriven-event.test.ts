import { expect, it } from 'vitest';
import { redrivenEvent } from '../../../functions/handlers/redriven-event.ts';

const event = { 'detail-type': 'OCR Task Submitted', detail: { taskId: 'a' } };

it.each([
  ['a direct invocation', event, event],
  ['an invocation without a payload', undefined, undefined],
  ["a message from a rule target's dead-letter queue", { Records: [{ body: JSON.stringify(event) }] }, event],
  [
    'a message from a failure destination',
    {
      Records: [{ body: JSON.stringify({ version: '1.0', requestPayload: event, responsePayload: {} }) }],
    },
    event,
  ],
  ['a message that is not JSON', { Records: [{ body: 'canary' }] }, undefined],
  [
    'a batch of two messages, which no event source mapping here replyWith, unchanged',
    { Records: [{ body: '{}' }, { body: '{}' }] },
    { Records: [{ body: '{}' }, { body: '{}' }] },
  ],
])('extracts the original event from %s', (_, received, original) => {
  expect(redrivenEvent(received)).toEqual(original);
});
