/** Memory after a forced collection, when nothing was under way. */
export interface MemorySample {
  /** Tasks that had ended by then. */
  readonly tasks: number;
  /** Of the main thread, buffers included. */
  readonly heapBytes: number;
  /** Of the process, with all functions' threads. */
  readonly residentBytes: number;
  /** What the embedded AWS keeps by design: records, and executions with their histories; as JSON. */
  readonly keptBytes: number;
}

/** Growth per task over the second half of the samples. */
export interface MemoryGrowth {
  readonly heapBytesPerTask: number;
  readonly residentBytesPerTask: number;
  readonly keptBytesPerTask: number;
}

/** The slope of the least squares; undefined of fewer than six samples, which tell nothing. */
export function memoryGrowth(samples: readonly MemorySample[]): MemoryGrowth | undefined {
  const half = samples.slice(Math.floor(samples.length / 2));
  if (half.length < 3) return undefined;
  return {
    heapBytesPerTask: slope(half.map(({ tasks, heapBytes }) => [tasks, heapBytes])),
    residentBytesPerTask: slope(half.map(({ tasks, residentBytes }) => [tasks, residentBytes])),
    keptBytesPerTask: slope(half.map(({ tasks, keptBytes }) => [tasks, keptBytes])),
  };
}

function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

export function sampleMemory(tasks: number, keptBytes: number): MemorySample {
  if (gc === undefined) throw new Error('Memory is sampled under node --expose-gc: npm run soak.');
  gc();
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { tasks, heapBytes: heapUsed + external, residentBytes: rss, keptBytes };
}
