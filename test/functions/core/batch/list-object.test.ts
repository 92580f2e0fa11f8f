import { describe, expect, it } from 'vitest';
import { batchOfList } from '../../../../functions/core/batch/list-object.ts';
import type { DescribedObject } from '../../../../functions/core/inbox-object.ts';
import { aBatchRecord } from '../../../support/batch-builders.ts';
import { memoryBatches } from '../../../support/memory-batches.ts';

const KEY = 'lists/monday.jsonl';
const FILE = { bucket: 'results', etag: 'e1' };

interface World {
  readonly key?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly described?: DescribedObject;
  readonly batchIds?: readonly string[];
}

function batchOf({ key = KEY, metadata = {}, described, batchIds = [] }: World) {
  const source = { ...FILE, key };
  return batchOfList(source, {
    batches: memoryBatches(...batchIds.map((batchId) => aBatchRecord({ batchId }))),
    describeObject: async () => described ?? { kind: 'Found', source, metadata },
  });
}

const UNREADABLE = { kind: 'Unreadable', detail: 'an object that cannot be read (HTTP 404)' } as const;

describe('an object below lists/', () => {
  it.each([
    [KEY, 'monday'],
    ['lists/2026-01-01.json', '2026-01-01'],
    ['lists/A.CSV', 'A'],
  ])('asks for a batch that has its name as the id: %s', async (key, batchId) => {
    expect(await batchOf({ key })).toEqual({
      batchId,
      input: { list: { ...FILE, key }, operation: 'RecognizeImage', concurrency: 10 },
    });
  });

  it('has the rest of the request in its metadata, and may have other metadata', async () => {
    const metadata = {
      'ocr-operation': 'RecognizePdf',
      'ocr-concurrency': '50',
      'ocr-requestspersecond': '40',
      department: 'post',
    };

    expect((await batchOf({ metadata }))?.input).toEqual({
      list: { ...FILE, key: KEY },
      operation: 'RecognizePdf',
      concurrency: 50,
      requestsPerSecond: 40,
    });
  });

  it.each([
    [{ 'ocr-operation': 'recognizepdf' }, "operation: got 'recognizepdf'; allowed: one of"],
    [{ 'ocr-concurrency': '0' }, 'concurrency: got 0; allowed: a whole number from 1 to 1000'],
    [{ 'ocr-concurrency': 'many' }, "concurrency: got 'many'; allowed: a whole number from 1 to 1000"],
    [{ 'ocr-requestspersecond': '0' }, 'requestspersecond: got 0; allowed: a number from 0.1 to 10000'],
    [
      { 'ocr-concurency': '5' },
      'concurency: got a field that does not exist; allowed: an object with any of',
    ],
  ])('is refused with metadata that is not allowed: %j', async (metadata, message) => {
    await expect(batchOf({ metadata })).rejects.toThrow(message);
  });

  it('may ask for less than one request per second', async () => {
    const metadata = { 'ocr-requestspersecond': '0.5' };

    expect((await batchOf({ metadata }))?.input).toMatchObject({ requestsPerSecond: 0.5 });
  });

  it.each(['lists/', 'lists/monday/'])('is ignored when it marks a folder: %s', async (key) => {
    expect(await batchOf({ key })).toBeUndefined();
  });

  it.each([
    'lists/week/monday.jsonl',
    'lists/monday.txt',
    'lists/monday',
    'lists/.csv',
    'lists/a b.csv',
    'lists/a.b.csv',
    `lists/${'x'.repeat(65)}.csv`,
  ])('is refused when its name is no id: %s', async (key) => {
    await expect(batchOf({ key })).rejects.toThrow(
      'key: got an object that is not named as a list; allowed: lists/<batchId>.jsonl, .json or .csv',
    );
  });

  it('is ignored when it has been replaced, because another event announces the new content', async () => {
    expect(await batchOf({ described: { kind: 'Changed' } })).toBeUndefined();
  });

  it('asks for a batch when it cannot be read, so that the refusal has an event', async () => {
    expect(await batchOf({ described: UNREADABLE })).toMatchObject({
      batchId: 'monday',
      input: { list: { ...FILE, key: KEY } },
    });
  });

  it('is ignored when it was deleted after it had started its batch', async () => {
    expect(await batchOf({ described: UNREADABLE, batchIds: ['monday'] })).toBeUndefined();
  });
});
