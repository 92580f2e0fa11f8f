import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hasBatchState, openBatchState } from '../../../../local/cli/batch/batch-state.ts';
import { newDirectory } from '../../../support/run-command.ts';

it('keeps how batches were started for a later process', async () => {
  const out = await newDirectory();
  const start = { kind: 'start', body: { concurrency: 2 } } as const;
  const retry = { kind: 'retry', retryOf: 'first' } as const;
  {
    using state = openBatchState(out);
    state.add('first', start);
    state.add('first-r1', retry);
    state.add('refused', start);
    state.remove('refused');
  }
  using state = openBatchState(out);

  expect(state.add('first', retry)).toBe(false);
  expect(state.batchIds()).toEqual(['first', 'first-r1']);
  expect(state.requestOf('first')).toEqual(start);
  expect(state.requestOf('first-r1')).toEqual(retry);
  expect(state.requestOf('other')).toBeUndefined();
});

it('is of one process at a time', async () => {
  const out = await newDirectory();
  using _ = openBatchState(out);

  expect(hasBatchState(out)).toBe(true);
  expect(() => openBatchState(out)).toThrow('another run is using');
});

it('does not take the folder of another program', async () => {
  const out = await newDirectory();
  await mkdir(join(out, '.batch'));
  await writeFile(join(out, '.batch', 'notes.txt'), 'mine');

  expect(() => openBatchState(out)).toThrow('contains other files');
});
