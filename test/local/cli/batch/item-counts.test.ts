import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createItemCounts } from '../../../../local/cli/batch/item-counts.ts';
import { PROJECT } from '../../../../scripts/documents/code-blocks.ts';

const eventSchema = z.object({ detail: z.looseObject({ source: z.looseObject({}) }) });

function exampleDetail(name: string, changes: object = {}) {
  const text = readFileSync(join(PROJECT, 'docs', 'events', `${name}.example.json`), 'utf8');
  return { ...z.parse(eventSchema, JSON.parse(text)).detail, ...changes };
}

const completed = exampleDetail('ocr-task-completed', { batchId: 'scans' });
const refused = exampleDetail('ocr-image-refused', {
  source: { bucket: 'ocr-courier-results', key: 'images/scans/a.png' },
});

it('counts the events of items before their chunk has ended', () => {
  const counts = createItemCounts('scans', () => 2);

  counts.onView({ progress: {}, total: 50 });
  counts.onEvent(completed);
  counts.onEvent(refused);

  expect(counts.counted()).toEqual({ done: 2, total: 50, text: 'Completed 1, Refused 1, 1.0 per second' });
});

it('counts neither events of other tasks nor other events', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {}, total: 50 });
  counts.onEvent(exampleDetail('ocr-task-completed'));
  counts.onEvent(exampleDetail('ocr-task-completed', { batchId: 'others' }));
  counts.onEvent(exampleDetail('ocr-image-refused'));
  counts.onEvent({ object: { key: 'images/scans/a.png' } });

  expect(counts.counted().done).toBe(0);
});

it('counts items without an event once their chunk has ended', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {}, total: 50 });
  counts.onEvent(completed);
  counts.onView({ progress: { Completed: 1, NotStarted: 49 }, total: 50 });

  expect(counts.counted()).toMatchObject({ done: 50, text: 'Completed 1, NotStarted 49, 50.0 per second' });
});

it('adds the events to what an earlier process has counted, and leaves that out of the rate', () => {
  const counts = createItemCounts('scans', () => 10);

  counts.onView({ progress: { Completed: 1000 }, total: 5000 });
  counts.onEvent(completed);

  expect(counts.counted()).toEqual({ done: 1001, total: 5000, text: 'Completed 1,001, 0.1 per second' });
});

it('never counts more items than there are, although events may be delivered twice', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {}, total: 1 });
  counts.onEvent(completed);
  counts.onEvent(completed);

  expect(counts.counted().done).toBe(1);
});

const faultyPoll = {
  message: 'Polled',
  timestamp: '2026-01-31T12:00:00.000Z',
  taskId: 'one',
  attempt: 3,
  observed: 'Unavailable',
  detail: 'HTTP 503',
};

it('shows the last fault of Aspose until the next item ends', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {}, total: 50 });
  counts.onLog(JSON.stringify({ ...faultyPoll, nextPollSeconds: 4 }));
  counts.onLog('no JSON');
  const during = counts.counted().text;
  counts.onEvent(completed);

  expect(during).toBe('0.0 per second, last fault: Unavailable (HTTP 503)');
  expect(counts.counted().text).toBe('Completed 1, 1.0 per second');
});

it('shows that Aspose does not accept an image', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {}, total: 50 });
  counts.onLog(JSON.stringify({ message: 'Uploaded', observed: 'NotAccepted', detail: 'HTTP 503' }));

  expect(counts.counted().text).toBe('0.0 per second, last fault: upload NotAccepted (HTTP 503)');
});

it('shows no fault that ended its task', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {}, total: 50 });
  counts.onLog(JSON.stringify({ ...faultyPoll, outcome: 'Failed' }));

  expect(counts.counted().text).toBe('0.0 per second');
});

it('has no total until the items are listed', () => {
  const counts = createItemCounts('scans', () => 1);

  counts.onView({ progress: {} });

  expect(counts.counted()).toEqual({ done: 0, total: undefined, text: 'opening the batch' });
});
