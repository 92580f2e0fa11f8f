import { describe, expect, it } from 'vitest';
import type { BatchRecord } from '../../../../functions/contracts/batch-record.ts';
import {
  batchResults,
  batchRetrySeconds,
  readBatch,
  viewBatch,
} from '../../../../functions/core/batch/read-batch.ts';
import {
  BatchNotFound,
  BatchResultsGone,
  BatchStillRunning,
} from '../../../../functions/core/task-errors.ts';
import { aBatchRecord, anEndedBatch, BATCH_ID } from '../../../support/batch-builders.ts';
import { instantAfter, START } from '../../../support/builders.ts';
import { memoryProgress } from '../../../support/memory-batches.ts';

function setUp(record: BatchRecord | undefined, gone: readonly string[] = []) {
  return {
    batches: { read: async () => record },
    documents: {
      link: async (key: string, fileName: string) => `${key} as ${fileName}`,
      exists: async (key: string) => !gone.includes(key),
    },
    now: () => START + 10_000,
  };
}

describe('reading a batch', () => {
  it('returns its record', async () => {
    expect(await readBatch(BATCH_ID, setUp(aBatchRecord()))).toEqual(aBatchRecord());
  });

  it.each([
    ['does not exist', undefined],
    ['has expired', aBatchRecord({ expiresAt: START / 1000 + 10 })],
  ])('fails with BatchNotFound when the record %s', async (_, record) => {
    await expect(readBatch(BATCH_ID, setUp(record))).rejects.toThrow(BatchNotFound);
  });
});

describe('the view of a batch', () => {
  const progress = memoryProgress();
  progress.ends.set(`${BATCH_ID}#0`, { tag: 'a', counts: { Completed: 48, Failed: 2 } });
  progress.ends.set(`${BATCH_ID}#2`, { tag: 'b', counts: { Completed: 20 } });
  const view = (record: BatchRecord) => viewBatch(record, { progress });

  it('has no progress until the items are listed', async () => {
    const opening = await view(aBatchRecord());

    expect(opening.progress).toEqual({});
    expect(opening).not.toHaveProperty('pending');
  });

  it('counts the items of ended chunks, and those that are pending', async () => {
    expect(await view(aBatchRecord({ status: 'Running', total: 120, chunks: 3 }))).toMatchObject({
      progress: { Completed: 68, Failed: 2 },
      pending: 50,
    });
  });

  it('has the final counts as the progress of an ended batch', async () => {
    expect(await view(anEndedBatch({ counts: { Completed: 1, NotStarted: 1 } }))).toMatchObject({
      progress: { Completed: 1, NotStarted: 1 },
      pending: 0,
    });
  });

  it('leaves out what is internal', async () => {
    const names = Object.keys(await view(anEndedBatch()));

    expect(names).not.toContain('requestDigest');
    expect(names).not.toContain('version');
    expect(names).not.toContain('terminalEvent');
  });
});

describe('the results of a batch', () => {
  it('are links with file names after the batch', async () => {
    expect(await batchResults(BATCH_ID, setUp(anEndedBatch()))).toEqual({
      batchId: BATCH_ID,
      status: 'Completed',
      total: 2,
      counts: { Completed: 1, Failed: 1 },
      resultsUrl: `batches/${BATCH_ID}/results.jsonl as ${BATCH_ID}-results.jsonl`,
      resultsCsvUrl: `batches/${BATCH_ID}/results.csv as ${BATCH_ID}-results.csv`,
      summaryUrl: `batches/${BATCH_ID}/summary.json as ${BATCH_ID}-summary.json`,
      linkSeconds: 300,
    });
  });

  it('are null for a refused list, except for its summary', async () => {
    const refused = anEndedBatch({ outcome: 'Refused', reason: 'ListInvalid', total: 0, counts: {} });
    const gone = [`batches/${BATCH_ID}/results.jsonl`, `batches/${BATCH_ID}/results.csv`];

    expect(await batchResults(BATCH_ID, setUp(refused, gone))).toMatchObject({
      reason: 'ListInvalid',
      resultsUrl: null,
      resultsCsvUrl: null,
      summaryUrl: expect.any(String),
    });
  });

  it('fail with BatchStillRunning until the batch has ended', async () => {
    const results = batchResults(BATCH_ID, setUp(aBatchRecord({ status: 'Cancelling' })));

    await expect(results).rejects.toThrow(BatchStillRunning);
    await expect(results).rejects.toMatchObject({ retryAfterSeconds: 2 });
  });

  it('fail with BatchResultsGone after their retention', async () => {
    const gone = setUp(anEndedBatch(), [`batches/${BATCH_ID}/results.jsonl`]);

    await expect(batchResults(BATCH_ID, gone)).rejects.toThrow(BatchResultsGone);
  });
});

it.each([
  [0, 2],
  [41, 3],
  [600, 30],
  [3600, 60],
])('a batch that has run for %i seconds is read again after %i', (age, seconds) => {
  expect(batchRetrySeconds(aBatchRecord(), Date.parse(instantAfter(age)))).toBe(seconds);
});
