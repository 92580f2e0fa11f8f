import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { type CollectedSearchOptions, searchCollected } from '../../../local/search/search-collected.ts';
import { decoded, missing } from '../../support/builders.ts';
import { temporaryDirectory } from '../../support/data-fixture.ts';
import { hocrOf } from '../../support/hocr.ts';
import { startKeptTasks } from '../../support/kept-tasks.ts';

async function startSearch(options: Partial<CollectedSearchOptions> & { readonly path?: string } = {}) {
  const kept = await startKeptTasks();
  const faults: unknown[] = [];
  const { path } = options;

  function open() {
    const data = path === undefined ? undefined : { path };
    const search = searchCollected(kept.stack, { onFault: (fault) => faults.push(fault), data, ...options });
    onTestFinished(() => search[Symbol.asyncDispose]());
    return search;
  }
  const search = open();

  async function hitsOf(query: string, searched = search): Promise<(readonly [string, number])[]> {
    await searched.settled();
    const { hits } = await searched.find(query, 20);
    return hits.map(({ taskId, index }) => [taskId, index] as const);
  }
  return { ...kept, search, open, hitsOf, faults };
}

const SOURCE = { bucket: 'scans', key: 'inbox/RecognizeImage/scan.png' };

it('finds the text of a task once its event is published, with the source and the words', async () => {
  const { keep, publish, search, hitsOf, faults } = await startSearch();
  const record = await keep(
    { taskId: 'whale', source: SOURCE },
    decoded('A white whale'),
    decoded(hocrOf([['whale', '1 2 3 4']]), 'Hocr'),
  );
  expect(await hitsOf('whale')).toEqual([]);

  await publish(record);
  await search.settled();

  const { hits } = await search.find('whale', 20);
  expect(hits).toMatchObject([
    {
      taskId: 'whale',
      index: 0,
      source: SOURCE,
      collectedAt: record.completedAt,
      snippet: 'A white whale',
      words: [{ text: 'whale', page: 1, x1: 1, y1: 2, x2: 3, y2: 4 }],
    },
  ]);
  expect(faults).toEqual([]);
});

it('indexes the texts of CSV and JSON documents, but no other format', async () => {
  const { keep, publish, hitsOf } = await startSearch();
  await publish(
    await keep(
      { taskId: 'table', operation: 'RecognizeTable' },
      decoded('PK whale', 'Excel'),
      decoded('whale,1', 'Csv'),
    ),
  );
  await publish(
    await keep({ taskId: 'blocks' }, decoded('[{"text":"white whale","whaleKey":[7,{"a":"sea"}]}]', 'JSON')),
  );
  await publish(await keep({ taskId: 'pdf' }, decoded('%PDF- whale', 'Pdf')));

  expect((await hitsOf('whale')).toSorted()).toEqual([
    ['blocks', 0],
    ['table', 1],
  ]);
  expect(await hitsOf('"whale sea"')).toEqual([['blocks', 0]]);
  expect(await hitsOf('whaleKey')).toEqual([]);
});

it('has one hit for each region, whose words have no place in the image', async () => {
  const { keep, publish, search, hitsOf } = await startSearch();
  const regions = ['first whale', 'second whale'].flatMap((text) => [
    decoded(text),
    decoded(hocrOf([['whale', '1 2 3 4']]), 'Hocr'),
  ]);
  await publish(await keep({ taskId: 'regions', operation: 'RecognizeRegions' }, ...regions, missing()));

  expect((await hitsOf('whale')).toSorted()).toEqual([
    ['regions', 0],
    ['regions', 2],
  ]);
  expect((await search.find('second', 1)).hits[0]?.words).toEqual([]);
});

it('replaces the texts of a task that is collected again', async () => {
  const { keep, publish, hitsOf } = await startSearch();
  await publish(await keep({ taskId: 'again' }, decoded('old whale')));
  expect(await hitsOf('old')).toEqual([['again', 0]]);

  await publish(await keep({ taskId: 'again', generation: 2, version: 2 }, decoded('new whale')));

  expect(await hitsOf('old')).toEqual([]);
  expect(await hitsOf('whale')).toEqual([['again', 0]]);
});

it('does not find the earlier text of a task that is collected again without a result', async () => {
  const { keep, publish, write, hitsOf } = await startSearch();
  const record = await keep({ taskId: 'again' }, decoded('whale'));
  await publish(record);
  expect(await hitsOf('whale')).toEqual([['again', 0]]);

  const { manifestKey: _, ...later } = record;
  const failed = { ...later, outcome: 'Expired' as const, generation: 2, version: 2, results: [] };
  await write(failed);
  await publish(failed);

  expect(await hitsOf('whale')).toEqual([]);
});

it('does not find a document that has been removed', async () => {
  const { keep, publish, remove, hitsOf } = await startSearch();
  await publish(
    await keep({ taskId: 'partly' }, decoded('whale'), decoded(hocrOf([['whale', '1 2 3 4']]), 'Hocr')),
  );
  const gone = await keep({ taskId: 'gone' }, decoded('whale'));
  await publish(gone);
  expect((await hitsOf('whale')).toSorted()).toEqual([
    ['gone', 0],
    ['partly', 0],
  ]);

  await remove(
    'results/RecognizeImage/partly/0.txt',
    'results/RecognizeImage/gone/0.txt',
    String(gone.manifestKey),
  );

  expect(await hitsOf('whale')).toEqual([['partly', 1]]);
});

it('indexes at the start what was collected and removed without it', async () => {
  const { keep, publish, remove, open, search, hitsOf } = await startSearch({
    path: await temporaryDirectory(),
  });
  const removed = await keep({ taskId: 'removed' }, decoded('whale'));
  await publish(removed);
  await publish(await keep({ taskId: 'kept' }, decoded('whale')));
  expect(await hitsOf('whale')).toHaveLength(2);
  await search[Symbol.asyncDispose]();
  await remove('results/RecognizeImage/removed/0.txt', String(removed.manifestKey));
  await keep({ taskId: 'missed' }, decoded('whale'));

  const later = open();

  expect((await hitsOf('whale', later)).toSorted()).toEqual([
    ['kept', 0],
    ['missed', 0],
  ]);
});

it('builds the index again when its file is damaged before the start', async () => {
  const path = await temporaryDirectory();
  await writeFile(join(path, 'search.sqlite'), 'damaged');
  const { keep, open, hitsOf, faults } = await startSearch({ path });
  await keep({ taskId: 'whale' }, decoded('whale'));

  expect(await hitsOf('whale', open())).toEqual([['whale', 0]]);
  expect(faults).toEqual([]);
});

it('builds the index again when it is damaged while it is used', async () => {
  const path = await temporaryDirectory();
  const { keep, publish, hitsOf, faults } = await startSearch({ path });
  await publish(await keep({ taskId: 'whale' }, decoded('whale')));
  expect(await hitsOf('whale')).toHaveLength(1);
  using other = new DatabaseSync(join(path, 'search.sqlite'), { timeout: 1000, defensive: false });
  other.exec("UPDATE texts_data SET block = x'ffffffffffffffff'");

  expect(await hitsOf('whale')).toEqual([]);

  expect(await hitsOf('whale')).toEqual([['whale', 0]]);
  expect(faults).toHaveLength(1);
});

it('keeps the index in memory when its file cannot be written, and reports it', async () => {
  const { keep, publish, hitsOf, faults } = await startSearch({ path: '/proc/no/such/directory' });
  await publish(await keep({ taskId: 'whale' }, decoded('whale')));

  expect(await hitsOf('whale')).toEqual([['whale', 0]]);
  expect(faults).toMatchObject([{ code: 'ENOENT' }]);
});
