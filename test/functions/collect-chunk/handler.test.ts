import { expect, it } from 'vitest';
import { createHandler } from '../../../functions/collect-chunk/handler.ts';
import { METRICS } from '../../../functions/contracts/metric-names.ts';
import type { Poll } from '../../../functions/core/vendor-response.ts';
import { BATCH_EXECUTION, BATCH_ID, createChunkWorld, taskItems } from '../../support/chunk-world.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';

const completed: Poll = {
  kind: 'Responded',
  response: {
    id: null,
    taskStatus: 'Completed',
    responseStatusCode: 'Ok',
    results: [],
    messages: [],
    warnings: [],
  },
};

async function setUp({ isPaused = false } = {}) {
  const logs = captureLogs();
  const world = await createChunkWorld({
    items: taskItems(3),
    respond: () => completed,
    isPaused: () => isPaused,
  });
  const handler = createHandler({ ports: world.ports(), logger: logs.logger, metrics: logs.metrics });
  const event = { chunk: world.chunk, batchId: BATCH_ID, executionArn: BATCH_EXECUTION };
  const invoke = (received: unknown = event) =>
    handler(received, aContext({ awsRequestId: 'f00dcafe-1111' }));
  return { world, logs, invoke };
}

it('returns how many items are left, and names the object with the lines after its request', async () => {
  const { world, invoke } = await setUp();

  expect(await invoke()).toMatchObject({ left: 0 });
  expect([...world.files.all.keys()]).toContain('batches/scans/results/0-f00dcafe.jsonl');
});

it('counts and logs each task that ended, with the batch and the chunk', async () => {
  const { logs, invoke } = await setUp();

  await invoke();

  const ended = logs.logged().filter(({ message }) => message === 'Task ended');
  expect(ended).toHaveLength(3);
  expect(ended[0]).toMatchObject({ batchId: BATCH_ID, chunk: 0, outcome: 'Completed' });
  expect(logs.counted()).toMatchObject({ [METRICS.pollsPerTask]: [1, 1, 1] });
});

it('counts a pause, so that the alarm can fire', async () => {
  const { logs, invoke } = await setUp({ isPaused: true });

  expect(await invoke()).toMatchObject({ left: 3, delaySeconds: 300 });
  expect(logs.counted()).toMatchObject({ [METRICS.pollsPaused]: 1 });
});

it('refuses an event that is not a chunk', async () => {
  const { invoke } = await setUp();

  await expect(invoke({ batchId: BATCH_ID })).rejects.toThrow('chunk: got nothing');
});
