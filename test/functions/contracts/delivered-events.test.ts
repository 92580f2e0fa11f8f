import { describe, expect, it } from 'vitest';
import { InvalidTaskEvent, parseTaskEvent } from '../../../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import { taskEventDetail } from '../../../functions/core/event-detail.ts';
import { aTerminalRecord, BUCKET, EXECUTION, instantAfter } from '../../support/builders.ts';

/** As EventBridge delivers it. */
function anEvent(details: object = {}) {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'OCR Task Completed',
    source: 'ocr-courier',
    account: '111122223333',
    time: instantAfter(5),
    region: 'eu-central-1',
    resources: [EXECUTION],
    detail: taskEventDetail(aTerminalRecord(), BUCKET),
    ...details,
  };
}

describe('parseTaskEvent', () => {
  it.each(OUTCOME_NAMES)('takes the event of a task that ended as %s', (outcome) => {
    const detail = taskEventDetail(aTerminalRecord({ outcome }), BUCKET);
    const event = anEvent({ 'detail-type': OUTCOMES[outcome].detailType, detail });

    expect(parseTaskEvent(event)).toEqual(event);
  });

  it('takes a replayed event', () => {
    expect(parseTaskEvent(anEvent({ 'replay-name': 'again' }))['replay-name']).toBe('again');
  });

  it('tells the outcome by the detail-type, for the compiler too', () => {
    const event = parseTaskEvent(anEvent());

    const outcome: 'Completed' | undefined =
      event['detail-type'] === 'OCR Task Completed' ? event.detail.outcome : undefined;
    expect(outcome).toBe('Completed');
  });

  it('passes over fields that it does not know: events may grow', () => {
    const event = anEvent();
    const grown = { ...event, detail: { ...event.detail, pages: 3 } };

    expect(parseTaskEvent(grown)).toEqual(event);
  });

  const { detail } = anEvent();
  it.each([
    ['nothing', undefined, 'event: Invalid input: expected object, received undefined'],
    ['another event', anEvent({ 'detail-type': 'OCR Task Submitted' }), 'detail-type: Invalid'],
    [
      'the event of another source',
      anEvent({ source: 'other' }),
      'source: Invalid input: expected "ocr-courier"',
    ],
    [
      'an outcome that is not that of the detail-type',
      anEvent({ detail: { ...detail, outcome: 'Failed' } }),
      'detail.outcome: Invalid input: expected "Completed"',
    ],
    [
      'a later version',
      anEvent({ detail: { ...detail, version: '2' } }),
      'detail.version: Invalid input: expected "1"',
    ],
    ['several faults', anEvent({ id: 1, time: 2 }), /^id: .*; time: /],
  ])('refuses %s, naming the field', (_, event, message) => {
    expect(() => parseTaskEvent(event)).toThrow(InvalidTaskEvent);
    expect(() => parseTaskEvent(event)).toThrow(message);
  });
});
