import { expect, it } from 'vitest';
import { historyEventsOf } from '../../../bench/batch/batch-usage.ts';
import { measureBatch } from '../../../bench/batch/simulated-batch.ts';
import {
  type AssumedChunkTimes,
  type SimulatedBatchProps,
  simulateBatch,
} from '../../../bench/batch/simulated-chunk.ts';
import { CHUNK_ITEMS } from '../../../functions/contracts/batch-input.ts';

const ZERO_TIMES: AssumedChunkTimes = {
  callSeconds: 0,
  putSeconds: 0,
  pollSeconds: 0,
  uploadSeconds: 0,
  cpuSecondsPerRequest: 0,
  cpuSecondsPerUpload: 0,
};

function simulate(kind: SimulatedBatchProps['kind'], times: Partial<AssumedChunkTimes> = {}) {
  return simulateBatch({
    polling: { preset: 'balanced' },
    times: { ...ZERO_TIMES, ...times },
    kind,
    random: () => 0.5,
  });
}

it('counts the requests and units of a chunk of tasks that Aspose completes immediately', async () => {
  const { runChunk } = await simulate('tasks');

  const { usage } = await runChunk(Array(50).fill(0));

  expect(usage).toEqual({
    chunks: 1,
    items: 50,
    // The start of the child, Collect chunk, Any left? and Chunk ended.
    stateTransitions: 4,
    invocations: 1,
    // The first poll is sent after 1 s and half of the spread.
    lambdaSeconds: 1.5,
    // The batch, its progress, the pause, and each task.
    dynamodbReadUnits: 1 + 1 + 0.5 + 50,
    // The end of the chunk. Each task: claim, end: 2 + 3.
    dynamodbWriteUnits: 1 + 50 * 5,
    // Document and manifest, and the lines of the chunk.
    s3Puts: 101,
    // The items, and the lines of an earlier invocation.
    s3Gets: 2,
    polls: 50,
    uploads: 0,
  });
});

it('counts the requests and units of a chunk of images', async () => {
  const { runChunk } = await simulate('images');

  const { usage } = await runChunk(Array(50).fill(0));

  expect(usage).toMatchObject({
    invocations: 1,
    // Image: claim, upload, task, end: 2 + 2 + 1 + 2. Task: claim, end: 2 + 3.
    dynamodbWriteUnits: 1 + 50 * 12,
    s3Puts: 101,
    // The same as for tasks, and two parts of each image.
    s3Gets: 102,
    uploads: 50,
    polls: 50,
  });
});

it('measures the delay from the completion of a task to its event', async () => {
  const { runChunk } = await simulate('tasks', { callSeconds: 0.01, putSeconds: 0.05, pollSeconds: 0.15 });

  const { delaysSeconds, pollDelaysSeconds } = await runChunk([1]);

  // The first poll is sent 1.5 s after the start. Two PUTs, the record and the event follow.
  expect(pollDelaysSeconds).toEqual([expect.closeTo(0.5, 6)]);
  expect(delaysSeconds).toEqual([expect.closeTo(0.5 + 0.15 + 2 * 0.05 + 2 * 0.01, 6)]);
});

it('delays requests that wait for the CPU', async () => {
  const { runChunk } = await simulate('tasks', { cpuSecondsPerRequest: 0.02 });

  const { usage, delaysSeconds } = await runChunk(Array(50).fill(0));

  // Read, claim, poll, two PUTs, the record and the event of 50 tasks.
  expect(usage.lambdaSeconds).toBeGreaterThan(50 * 7 * 0.02);
  expect(Math.max(...delaysSeconds) - Math.min(...delaysSeconds)).toBeGreaterThan(1);
});

it('has another invocation after a wait when a task takes longer than the hold', async () => {
  const { runChunk } = await simulate('tasks');

  const { usage, seconds } = await runChunk([300, ...Array(49).fill(0)]);

  expect(usage.invocations).toBeGreaterThan(1);
  expect(usage.stateTransitions).toBe(1 + 3 * usage.invocations);
  expect(seconds).toBeGreaterThan(300);
  expect(usage.lambdaSeconds).toBeLessThan(250);
  // The lines of those that ended before, and of all.
  expect(usage.s3Puts).toBe(102);
});

it('a chunk that never ends has at most 1,500 history events', async () => {
  const { usage, meanDelaySeconds } = await measureBatch(
    { polling: { preset: 'balanced' }, times: ZERO_TIMES, kind: 'tasks', random: () => 0.5 },
    new Float64Array(3).fill(Number.POSITIVE_INFINITY),
  );

  expect(historyEventsOf(usage.invocations)).toBeGreaterThan(100);
  expect(historyEventsOf(usage.invocations)).toBeLessThan(1500);
  expect(meanDelaySeconds).toBeNaN();
});

it('divides a batch into chunks and reports the time of each', async () => {
  const { usage, chunkSeconds, pollsPerTask } = await measureBatch(
    { polling: { preset: 'balanced' }, times: ZERO_TIMES, kind: 'tasks', random: () => 0.5 },
    Float64Array.from({ length: 160 }, (_, n) => (n < CHUNK_ITEMS ? 0 : 10)),
  );

  expect(usage).toMatchObject({ chunks: 3, items: 160, invocations: 3 });
  expect(chunkSeconds).toHaveLength(3);
  expect(chunkSeconds[0]).toBeCloseTo(1.5, 6);
  expect(chunkSeconds[1]).toBeGreaterThan(10);
  expect(pollsPerTask).toBe(usage.polls / 160);
});
