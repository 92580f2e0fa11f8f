import { randomUUID } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { CHUNK_LOG_BYTES } from '../../../bench/batch/batch-usage.ts';
import { createHandler } from '../../../functions/collect-chunk/handler.ts';
import { CHUNK_ITEMS } from '../../../functions/contracts/batch-input.ts';
import { COLLECT_CHUNK_MEMORY } from '../../../lib/collect-chunk-function.ts';
import { BATCH_EXECUTION, BATCH_ID, createChunkWorld, responded } from '../../support/chunk-world.ts';
import { imageSource } from '../../support/image-builders.ts';
import { aContext, captureLogs } from '../../support/invocation.ts';

/** CloudWatch adds this to each message. */
const MESSAGE_BYTES = 26;
const ITEMS = CHUNK_ITEMS;
const POLLS = 4;

const FUNCTION = 'OcrCourierStack-OcrCourierCollectChunk3C1D0F6B-abcdefghijkl';

/** Runs an invocation, and returns the mean size of its lines of each kind. */
async function measureLines(isOfImages: boolean) {
  const { logger, metrics, entries } = captureLogs();
  vi.stubEnv('_X_AMZN_TRACE_ID', `Root=1-5e272390-${'8'.repeat(24)};Parent=${'9'.repeat(16)};Sampled=1`);
  const items = Array.from({ length: ITEMS }, (_, i) => {
    const common = { i, operation: 'RecognizeImage', generation: 1 } as const;
    return isOfImages
      ? { ...common, source: { ...imageSource, key: `images/${i}.jpg` } }
      : { ...common, taskId: randomUUID() };
  });
  const world = await createChunkWorld({
    items,
    respond: (_, attempt) => responded(attempt < POLLS ? 'Pending' : 'Completed'),
  });
  const handler = createHandler({ ports: world.ports(), logger, metrics });
  const context = aContext({
    functionName: FUNCTION,
    invokedFunctionArn: `arn:aws:lambda:us-east-1:111122223333:function:${FUNCTION}`,
    memoryLimitInMB: String(COLLECT_CHUNK_MEMORY.toMebibytes()),
    awsRequestId: randomUUID(),
  });
  await handler({ chunk: world.chunk, batchId: BATCH_ID, executionArn: BATCH_EXECUTION }, context);
  const bytes = { taskEnded: 0, upload: 0, invocation: 0 };
  for (const entry of entries()) {
    bytes[kindOf(entry)] += JSON.stringify(entry).length + MESSAGE_BYTES;
  }
  return {
    taskEnded: bytes.taskEnded / ITEMS,
    upload: bytes.upload / ITEMS,
    invocation: bytes.invocation,
  };
}

function kindOf(entry: Readonly<Record<string, unknown>>) {
  if (entry['message'] === 'Uploaded') return 'upload';
  return entry['message'] === 'Task ended' ? 'taskEnded' : 'invocation';
}

it('the assumed sizes of log lines are those of the handler, within a tenth', async () => {
  const tasks = await measureLines(false);
  const images = await measureLines(true);
  for (const kind of ['taskEnded', 'invocation'] as const) {
    expect(tasks[kind] / CHUNK_LOG_BYTES[kind], kind).toBeCloseTo(1, 1);
  }
  expect(images.upload / CHUNK_LOG_BYTES.upload).toBeCloseTo(1, 1);
});
