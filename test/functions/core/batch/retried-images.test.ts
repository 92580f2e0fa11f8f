import { expect, it } from 'vitest';
import type { BatchItem } from '../../../../functions/contracts/batch-input.ts';
import { retriedItems } from '../../../../functions/core/batch/retried-items.ts';
import { splitLines } from '../../../../functions/core/batch/split-lines.ts';
import type { Poll } from '../../../../functions/core/vendor-response.ts';
import { OTHER_EXECUTION } from '../../../support/builders.ts';
import { BATCH_ID, createChunkWorld, responded } from '../../../support/chunk-world.ts';
import { imageSource } from '../../../support/image-builders.ts';
import { toArray } from '../../../support/to-array.ts';

type World = Awaited<ReturnType<typeof createChunkWorld>>;

/** Runs a batch of one image, after another batch of the same image. */
async function runBatch(
  item: BatchItem,
  taskId: string,
  respond: () => Poll,
  before?: World,
): Promise<World> {
  const world = await createChunkWorld({
    items: [item],
    respond,
    upload: () => ({ kind: 'Accepted', taskId }),
  });
  const others = { executionArn: OTHER_EXECUTION };
  for (const [id, record] of before?.images.all ?? []) world.images.all.set(id, { ...record, ...others });
  for (const [id, record] of before?.records.all ?? []) world.records.all.set(id, { ...record, ...others });
  await world.runToEnd();
  await world.close();
  return world;
}

/** The item of the batch that retries a batch of one image. */
async function retryOf({ batches, clock, files }: World): Promise<BatchItem> {
  const readLines = async (key: string) => splitLines(textOf(files.all.get(key)), Infinity);
  const ports = { batches, files: { readLines }, now: () => clock.now() };
  const [retried] = await toArray(retriedItems(BATCH_ID, { batch: { operation: 'RecognizeImage' } }, ports));
  if (retried === undefined) throw new Error('there is nothing to retry');
  return { ...retried.item, i: 0 };
}

async function* textOf(text = ''): AsyncGenerator<string> {
  yield text;
}

it('uploads a failed image again at each of three retries, until it is recognized', async () => {
  let item: BatchItem = { i: 0, source: imageSource, operation: 'RecognizeImage', generation: 1 };
  let world = await runBatch(item, 'task-0', () => responded('Error'));
  const ends: unknown[] = [];
  for (const retry of [1, 2, 3]) {
    item = await retryOf(world);
    world = await runBatch(item, `task-${retry}`, () => responded(retry < 3 ? 'Error' : 'Completed'), world);
    ends.push([world.uploads(), ...world.lines().map(({ outcome, generation }) => [outcome, generation])]);
  }

  expect(ends).toEqual([
    [1, ['Failed', 2]],
    [1, ['Failed', 3]],
    [1, ['Completed', 4]],
  ]);
});
