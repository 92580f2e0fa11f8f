import { describe, expect, it } from 'vitest';
import {
  InvalidBatchEvent,
  InvalidImageEvent,
  InvalidTaskEvent,
  parseBatchCompletedEvent,
  parseImageRefusedEvent,
  parseTaskEvent,
} from '../../../functions/contracts/delivered-events.ts';
import { OUTCOME_NAMES, OUTCOMES } from '../../../functions/contracts/outcomes.ts';
import { taskEventDetail } from '../../../functions/core/event-detail.ts';
import { aTerminalRecord, BUCKET } from '../../support/builders.ts';
import { anEvent } from '../../support/submitted-event.ts';

/** A terminal event as EventBridge delivers it. */
function aTaskEvent(details: object = {}) {
  return {
    ...anEvent(undefined),
    'detail-type': 'OCR Task Completed',
    source: 'ocr-courier',
    detail: taskEventDetail(aTerminalRecord(), BUCKET),
    ...details,
  };
}

describe('parseTaskEvent', () => {
  it.each(OUTCOME_NAMES)('parses the event of a task that ended as %s', (outcome) => {
    const detail = taskEventDetail(aTerminalRecord({ outcome }), BUCKET);
    const event = aTaskEvent({ 'detail-type': OUTCOMES[outcome].detailType, detail });

    expect(parseTaskEvent(event)).toEqual(event);
  });

  it('parses a replayed event', () => {
    expect(parseTaskEvent(aTaskEvent({ 'replay-name': 'replay' }))['replay-name']).toBe('replay');
  });

  it('returns a type whose detail-type narrows the outcome', () => {
    const event = parseTaskEvent(aTaskEvent());

    const outcome: 'Completed' | undefined =
      event['detail-type'] === 'OCR Task Completed' ? event.detail.outcome : undefined;
    expect(outcome).toBe('Completed');
  });

  it('ignores unknown fields, so that later versions may add some', () => {
    const event = aTaskEvent();
    const source = { bucket: 'scans', key: '7.png' };
    const detail = { ...event.detail, source };
    const grown = { ...event, detail: { ...detail, source: { ...source, region: 'x' }, pages: 3 } };

    expect(parseTaskEvent(grown)).toEqual({ ...event, detail });
  });

  const { detail } = aTaskEvent();
  it.each([
    ['nothing', undefined, 'event: Invalid input: expected object, received undefined'],
    ['an event of another type', aTaskEvent({ 'detail-type': 'OCR Task Submitted' }), 'detail-type: Invalid'],
    [
      'an event from another source',
      aTaskEvent({ source: 'other' }),
      'source: Invalid input: expected "ocr-courier"',
    ],
    [
      'an outcome that contradicts the detail-type',
      aTaskEvent({ detail: { ...detail, outcome: 'Failed' } }),
      'detail.outcome: Invalid input: expected "Completed"',
    ],
    [
      'a later version',
      aTaskEvent({ detail: { ...detail, version: '2' } }),
      'detail.version: Invalid input: expected "1"',
    ],
    ['several invalid fields', aTaskEvent({ id: 1, time: 2 }), /^id: .*; time: /],
  ])('refuses %s and names the field', (_, event, message) => {
    expect(() => parseTaskEvent(event)).toThrow(InvalidTaskEvent);
    expect(() => parseTaskEvent(event)).toThrow(message);
  });
});

describe('parseImageRefusedEvent', () => {
  const event = {
    ...anEvent(undefined),
    'detail-type': 'OCR Image Refused',
    source: 'ocr-courier',
    detail: {
      ...{ version: '1', idempotencyKey: 'image/7/1', imageId: '7', generation: 1 },
      ...{ source: { bucket: 'scans', key: '7.png' }, operation: 'RecognizeImage' },
      ...{ reason: 'NotAnImage', messages: [], uploads: 0, executionArn: 'arn' },
    },
  };

  it('parses the event of an image, and ignores unknown fields', () => {
    const grown = { ...event, detail: { ...event.detail, pages: 3 } };

    expect(parseImageRefusedEvent(grown)).toEqual(event);
  });

  it.each([
    ['the event of a task', aTaskEvent(), 'detail-type: Invalid input: expected "OCR Image Refused"'],
    ['an unknown reason', { ...event, detail: { ...event.detail, reason: 'Ugly' } }, 'detail.reason: Inv'],
    ['an event from another source', { ...event, source: 'other' }, 'source: Invalid input'],
  ])('refuses %s and names the field', (_, invalid, message) => {
    expect(() => parseImageRefusedEvent(invalid)).toThrow(InvalidImageEvent);
    expect(() => parseImageRefusedEvent(invalid)).toThrow(message);
  });

  it('is not what parseTaskEvent accepts', () => {
    expect(() => parseTaskEvent(event)).toThrow(InvalidTaskEvent);
  });
});

describe('parseBatchCompletedEvent', () => {
  const event = {
    ...anEvent(undefined),
    'detail-type': 'OCR Batch Completed',
    source: 'ocr-courier',
    detail: {
      ...{ version: '1', idempotencyKey: 'batch/7', batchId: '7', outcome: 'Completed', messages: [] },
      ...{ total: 3, counts: { Completed: 2, Failed: 1 }, duplicates: 0, bucket: BUCKET },
      ...{ results: 'results.jsonl', resultsCsv: null, summary: null, durations: { totalSeconds: 7 } },
      executionArn: 'arn',
    },
  };

  it('parses the event of a batch, and ignores unknown fields', () => {
    const grown = { ...event, detail: { ...event.detail, pages: 3 } };

    expect(parseBatchCompletedEvent(grown)).toEqual(event);
  });

  it('keeps counts of outcomes that later versions add', () => {
    const detail = { ...event.detail, counts: { Postponed: 3 } };

    expect(parseBatchCompletedEvent({ ...event, detail }).detail.counts).toEqual({ Postponed: 3 });
  });

  it.each([
    ['the event of a task', aTaskEvent(), 'detail-type: Invalid input: expected "OCR Batch Completed"'],
    ['an unknown outcome', { ...event, detail: { ...event.detail, outcome: 'Lost' } }, 'detail.outcome: Inv'],
    ['an event from another source', { ...event, source: 'other' }, 'source: Invalid input'],
  ])('refuses %s and names the field', (_, invalid, message) => {
    expect(() => parseBatchCompletedEvent(invalid)).toThrow(InvalidBatchEvent);
    expect(() => parseBatchCompletedEvent(invalid)).toThrow(message);
  });

  it('is not what parseTaskEvent accepts', () => {
    expect(() => parseTaskEvent(event)).toThrow(InvalidTaskEvent);
  });
});
