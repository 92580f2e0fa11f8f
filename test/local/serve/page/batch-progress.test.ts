import { expect, it } from 'vitest';
import { progressOf } from '../../../../local/serve/page/batch-progress.ts';

it('counts the tasks of chunks that have not ended', () => {
  const tasks = [{ status: 'Completed' }, { status: 'Failed' }, { status: 'Collecting' }] as const;

  expect(progressOf({ total: 5 }, tasks)).toEqual({
    total: 5,
    ended: 2,
    counts: { Completed: 1, Failed: 1 },
  });
});

it('counts items without a task, and no task twice', () => {
  const tasks = [{ status: 'Completed' }] as const;

  expect(progressOf({ total: 5, counts: { Refused: 2, Completed: 2 } }, tasks)).toEqual({
    total: 5,
    ended: 4,
    counts: { Completed: 2, Refused: 2 },
  });
});
