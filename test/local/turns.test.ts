import { expect, it } from 'vitest';
import { createTurns } from '../../local/turns.ts';

const MEBIBYTE = 1024 * 1024;

/** Starts jobs of these sizes. Each runs until it is ended. */
function startJobs(maxMebibytes: number, mebibytes: readonly number[]) {
  const takeTurn = createTurns(maxMebibytes * MEBIBYTE);
  const running = new Set<number>();
  const jobs = mebibytes.map((size, index) => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const result = takeTurn(size * MEBIBYTE, async () => {
      running.add(index);
      return await promise.finally(() => running.delete(index));
    });
    return { result, end: () => resolve(index), fail: () => reject(new Error('failed')) };
  });
  return {
    jobs,
    async running() {
      await new Promise((resolve) => setImmediate(resolve));
      return [...running].sort();
    },
  };
}

it('runs jobs in order, together as large as the maximum', async () => {
  const { jobs, running } = startJobs(10, [6, 4, 5, 5]);
  expect(await running()).toEqual([0, 1]);

  jobs[1]?.end();
  expect(await running()).toEqual([0]);
  jobs[0]?.end();
  expect(await running()).toEqual([2, 3]);
});

it('runs a job alone that is larger than the maximum', async () => {
  const { jobs, running } = startJobs(10, [2, 99, 2]);
  expect(await running()).toEqual([0]);

  jobs[0]?.end();
  expect(await running()).toEqual([1]);
  jobs[1]?.end();
  expect(await running()).toEqual([2]);
});

it('does not keep small jobs waiting', async () => {
  const { running } = startJobs(10, [10, 10, 1, 0]);

  expect(await running()).toEqual([0, 2, 3]);
});

it('goes on after a job failed', async () => {
  const { jobs, running } = startJobs(10, [10, 10]);

  jobs[0]?.fail();

  await expect(jobs[0]?.result).rejects.toThrow('failed');
  expect(await running()).toEqual([1]);
});

it('returns the result of a job', async () => {
  const { jobs } = startJobs(10, [5]);

  jobs[0]?.end();

  expect(await jobs[0]?.result).toBe(0);
});
