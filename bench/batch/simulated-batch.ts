import { CHUNK_ITEMS } from '../../functions/contracts/batch-input.ts';
import { mean } from '../statistics.ts';
import { addUsage, type ChunkUsage, costOfBatch, NO_CHUNKS, usdPer1000Of } from './batch-usage.ts';
import { type SimulatedBatchProps, simulateBatch } from './simulated-chunk.ts';

/** Figures of a batch. All times are in seconds. */
export type BatchFigures = Awaited<ReturnType<typeof measureBatch>>;

/**
 * Simulates all chunks of a batch, one after another.
 *
 * @param readyAfterSeconds time until Aspose completes each task, from the chunk's start or the
 * upload
 */
export async function measureBatch(
  { onChunk, ...props }: SimulatedBatchProps & { readonly onChunk?: (chunks: number) => void },
  readyAfterSeconds: Float64Array,
) {
  const { runChunk } = await simulateBatch(props);
  let usage: ChunkUsage = NO_CHUNKS;
  const delays: number[] = [];
  const pollDelays: number[] = [];
  const chunkSeconds: number[] = [];
  for (let from = 0; from < readyAfterSeconds.length; from += CHUNK_ITEMS) {
    const chunk = await runChunk([...readyAfterSeconds.subarray(from, from + CHUNK_ITEMS)]);
    usage = addUsage(usage, chunk.usage);
    delays.push(...chunk.delaysSeconds);
    pollDelays.push(...chunk.pollDelaysSeconds);
    chunkSeconds.push(chunk.seconds);
    onChunk?.(chunkSeconds.length);
  }
  return {
    usage,
    usdPer1000: usdPer1000Of(usage),
    usdByService: costOfBatch(usage),
    /** Time from Aspose's completion of a task to the poll that finds it, as in `polling`. */
    meanDelaySeconds: mean(pollDelays),
    /** Time from Aspose's completion of a task to its event. */
    meanEventDelaySeconds: mean(delays),
    pollsPerTask: usage.polls / usage.items,
    /** Items per second of 1,000 concurrent invocations, which also wait for their slowest item. */
    tasksPerSecondAt1000: (1000 * usage.items) / usage.lambdaSeconds,
    chunkSeconds,
  };
}
