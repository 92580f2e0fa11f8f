import { describe, expect, it } from 'vitest';
import type { BatchRecord } from '../../../../functions/contracts/batch-record.ts';
import { changeBatch, endBatch } from '../../../../functions/core/batch/batch-record.ts';
import { closeFailedChunk } from '../../../../functions/core/batch/close-failed-chunk.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { OTHER_EXECUTION, START } from '../../../support/builders.ts';
import { BATCH_EXECUTION, BATCH_ID, createChunkWorld, taskItems } from '../../../support/chunk-world.ts';

const pending: Poll = {
  kind: 'Responded',
  response: {
    ...{ id: null, taskStatus: 'Pending', responseStatusCode: 'Ok' },
    ...{ results: [], messages: [], warnings: [] },
  },
};

/** A chunk of two tasks that were polled before its function failed. */
async function failedChunk() {
  const world = await createChunkWorld({ items: taskItems(2), respond: () => pending });
  await world.invoke();
  const { chunk, batches } = world;
  const close = () =>
    closeFailedChunk({ batchId: BATCH_ID, executionArn: BATCH_EXECUTION, chunk }, world.ports());
  const change = (changed: (record: BatchRecord) => BatchRecord) => {
    const record = batches.current();
    if (record !== undefined) batches.all.set(BATCH_ID, changed(record));
  };
  return { ...world, closeBatch: world.close, close, change };
}

describe('a chunk whose function has failed', () => {
  it('reports the end of its tasks although their records expire before the batch ends', async () => {
    const world = await failedChunk();

    expect(await world.close()).toBe(true);
    // DynamoDB deletes expired records.
    world.records.all.clear();
    await world.clock.sleep(25 * 3600_000);
    expect(await world.close()).toBe(false);
    await world.closeBatch();

    expect(world.lines().map(({ outcome, reason }) => [outcome, reason])).toEqual(
      Array(2).fill(['Failed', 'InternalError']),
    );
    expect(world.events.map(({ detailType }) => detailType)).toEqual(Array(2).fill('OCR Task Failed'));
    expect(world.batchEvents).toMatchObject([{ outcome: 'Completed', counts: { Failed: 2 } }]);
  });

  it('cancels its tasks when the batch is being cancelled', async () => {
    const { change, close, lines } = await failedChunk();
    change((record) => changeBatch(record, { status: 'Cancelling' }));

    await close();

    expect(lines().map(({ outcome }) => outcome)).toEqual(['Cancelled', 'Cancelled']);
  });

  it.each([
    [
      'has ended',
      (record: BatchRecord) =>
        endBatch({ ...record, total: 2, duplicates: 0 }, 'Failed', { counts: {} }, START),
    ],
    ['belongs to another execution', (record: BatchRecord) => ({ ...record, executionArn: OTHER_EXECUTION })],
  ])('stays as it is when the batch %s', async (_, changed) => {
    const { change, close, lines, events } = await failedChunk();
    change(changed);

    expect(await close()).toBe(false);
    expect([lines(), events]).toEqual([[], []]);
  });
});
