/** Memory after a forced collection, when nothing was under way. */
export interface MemorySample {
  /** Tasks that had ended by then. */
  readonly tasks: number;
  /** Objects of the main thread: of the embedded AWS and of the soak itself. */
  readonly heapBytes: number;
  /** Buffers of the main thread: bodies, objects of S3, items of DynamoDB. */
  readonly bufferBytes: number;
  /** Of the process, with the threads of all functions. */
  readonly residentBytes: number;
  /** What the embedded AWS keeps by design: records, and executions with their histories; as JSON. */
  readonly keptBytes: number;
}

/** Growth over the second half of a run: by then everything is warm. */
export interface MemoryGrowth {
  readonly heapBytesPerTask: number;
  readonly bufferBytesPerTask: number;
  readonly keptBytesPerTask: number;
  /** The mean of the last quarter, in parts of the mean of the second. */
  readonly residentRatio: number;
}

/** Undefined of fewer than eight samples, which tell nothing. */
export function memoryGrowth(samples: readonly MemorySample[]): MemoryGrowth | undefined {
  const { length } = samples;
  if (length < 8) return undefined;
  const half = samples.slice(Math.floor(length / 2));
  const slopeOf = (bytes: (sample: MemorySample) => number) =>
    slope(half.map((sample) => [sample.tasks, bytes(sample)]));
  const quarter = (from: number, to: number) =>
    mean(
      samples.slice(Math.floor(length * from), Math.floor(length * to)).map((sample) => sample.residentBytes),
    );
  return {
    heapBytesPerTask: slopeOf(({ heapBytes }) => heapBytes),
    bufferBytesPerTask: slopeOf(({ bufferBytes }) => bufferBytes),
    keptBytesPerTask: slopeOf(({ keptBytes }) => keptBytes),
    residentRatio: quarter(0.75, 1) / quarter(0.25, 0.5),
  };
}

/** In V8, objects take about twice their JSON; the rest is room for noise. */
const HEAP_PER_KEPT_BYTE = 2;
const MOST_OTHER_HEAP_BYTES_PER_TASK = 8192;
/** Items of DynamoDB, with two indexes. Documents have 20 kB a task: were they not freed, it would be seen. */
const MOST_BUFFER_BYTES_PER_TASK = 8192;
/** Threads of functions come and go with kills. */
const MOST_RESIDENT_RATIO = 1.25;

/** What is wrong with that growth, if anything. */
export function leaksIn(growth: MemoryGrowth): string[] {
  const { heapBytesPerTask, bufferBytesPerTask, keptBytesPerTask, residentRatio } = growth;
  const mostHeap = HEAP_PER_KEPT_BYTE * keptBytesPerTask + MOST_OTHER_HEAP_BYTES_PER_TASK;
  const bytes = (what: string, got: number, most: number) =>
    got > most
      ? [`${what} grow by ${Math.round(got)} bytes a task in the second half; allowed: ${Math.round(most)}`]
      : [];
  return [
    ...bytes('objects', heapBytesPerTask, mostHeap),
    ...bytes('buffers', bufferBytesPerTask, MOST_BUFFER_BYTES_PER_TASK),
    ...(residentRatio > MOST_RESIDENT_RATIO
      ? [
          `the resident memory of the last quarter is ${residentRatio.toFixed(2)} times that of the second; allowed: ${MOST_RESIDENT_RATIO}`,
        ]
      : []),
  ];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of the least squares. */
function slope(points: readonly (readonly [number, number])[]): number {
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

export function sampleMemory(tasks: number, keptBytes: number): MemorySample {
  if (gc === undefined) throw new Error('Memory is sampled under node --expose-gc: npm run soak.');
  gc();
  gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { tasks, heapBytes: heapUsed, bufferBytes: external, residentBytes: rss, keptBytes };
}
