import { expect, it } from 'vitest';
import { redrivenEvent } from '../../../functions/handlers/redriven-event.ts';

const event = { 'detail-type': 'OCR Task Submitted', detail: { taskId: 'a' } };

it.each([
  ['an event', event, event],
  ['nothing', undefined, undefined],
  ["a message with a rule target's event", { Records: [{ body: JSON.stringify(event) }] }, event],
  [
    "a message with a failure destination's record",
    {
      Records: [{ body: JSON.stringify({ version: '1.0', requestPayload: event, responsePayload: {} }) }],
    },
    event,
  ],
  [
    'two messages, which no mapping of ours brings',
    { Records: [{ body: '{}' }, { body: '{}' }] },
    { Records: [{ body: '{}' }, { body: '{}' }] },
  ],
])('%s gives the event that was meant', (_, received, meant) => {
  expect(redrivenEvent(received)).toEqual(meant);
});
