import { describe, expect, it } from 'vitest';
import {
  type BatchInput,
  CHUNK_IMAGE_BYTES,
  MAX_BATCH_CHUNKS,
  MAX_BATCH_ITEMS,
} from '../../../../functions/contracts/batch-input.ts';
import { openBatch } from '../../../../functions/core/batch/open-batch.ts';
import { aBatchInput, BATCH_EXECUTION, BATCH_ID, openBatchWorld } from '../../../support/batch-world.ts';
import { START } from '../../../support/builders.ts';

/** Opens a batch, and returns why its list cannot be used. */
async function refusal(input: Partial<BatchInput>, world: ReturnType<typeof openBatchWorld>) {
  const batch = { batchId: BATCH_ID, input: aBatchInput(input) };
  const claimant = { executionArn: BATCH_EXECUTION, startedAt: START };
  await expect(openBatch(batch, claimant, world.ports)).rejects.toMatchObject({ name: 'OcrBatchRefused' });
  return world.current()?.messages[0];
}

describe('a list that is too long', () => {
  it('has more than a million items', async () => {
    async function* lines() {
      for (let index = 0; index <= MAX_BATCH_ITEMS; index += 1) yield Buffer.from(`task-${index}\n`);
    }
    const list = { bucket: 'scans', key: 'a.jsonl' };

    expect(await refusal({ list }, openBatchWorld({ lists: { 'a.jsonl': lines() } }))).toBe(
      'list: got more items; allowed: 1 to 1000000 items',
    );
  });

  it('has more images than the chunks of a batch can hold', async () => {
    const images = Array.from({ length: MAX_BATCH_CHUNKS + 1 }, (_, index) => ({
      key: `in/${index}.png`,
      etag: '1',
      bytes: CHUNK_IMAGE_BYTES,
    }));

    expect(await refusal({ images: { bucket: 'scans', prefix: 'in/' } }, openBatchWorld({ images }))).toMatch(
      /^images: got more chunks; allowed: at most 80000 chunks of 75 items and 67108864 bytes of /,
    );
  });
});
