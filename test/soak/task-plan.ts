import { document } from '../faults/layers/faulty-courier.ts';
import { type Step, withFaults } from './response-sequence.ts';
import { type Draw, drawFor } from './seeded-draw.ts';

/** A way to start a collection. */
export type EntryPoint = 'StartExecution' | 'OCR Task Submitted' | 'POST /tasks' | 'POST /batches';

/** Everything about a task that is decided before it runs. */
export interface TaskPlan {
  readonly taskId: string;
  readonly input: {
    readonly taskId: string;
    readonly operation: 'RecognizeImage' | 'RecognizePdf' | 'RecognizeRegions' | 'RecognizeTable';
    readonly polling: { readonly holdSeconds: number };
  };
  /** The task is started through all of these at the same time. */
  readonly entryPoints: readonly EntryPoint[];
  /** Counted from the start of its wave. */
  readonly startAfterSeconds: number;
  /** Aspose's responses, including faults. */
  readonly steps: readonly Step[];
  /** The documents in its results, if they arrive; null for an entry without data. */
  readonly documents: readonly (Uint8Array | null)[];
  readonly cancellation?: { readonly by: 'DELETE' | 'StopExecution'; readonly afterSeconds: number };
}

const TYPES = ['Text', 'Pdf', 'Csv', 'Hocr', 'ImagePNG', 'Other', 'WavFile', 'Excel', 'JSON'];
const ENTRY_POINTS: readonly (readonly [weight: number, entryPoints: readonly EntryPoint[]])[] = [
  [35, ['StartExecution']],
  [22, ['OCR Task Submitted']],
  [23, ['POST /tasks']],
  [7, ['StartExecution', 'POST /tasks']],
  [7, ['OCR Task Submitted', 'POST /tasks']],
  [6, ['StartExecution', 'OCR Task Submitted']],
  [25, ['POST /batches']],
  [3, ['POST /batches', 'StartExecution']],
  [2, ['POST /batches', 'OCR Task Submitted']],
];

/**
 * Plans a task of a run.
 *
 * @param index the task's number within the run
 * @param share the share of Aspose's responses that are faulty
 */
export function planTask(seed: number, index: number, share: number): TaskPlan {
  const taskId = `soak-${seed}-${index}`;
  const draw = drawFor(seed, taskId);
  const documents = planDocuments(draw);
  const steps = withFaults([...planPending(draw), planEnd(draw, documents)], share, draw);
  return {
    taskId,
    input: {
      taskId,
      operation: draw.weighted([
        [6, 'RecognizeImage'],
        [1, 'RecognizePdf'],
        [2, 'RecognizeRegions'],
        [1, 'RecognizeTable'],
      ]),
      polling: {
        holdSeconds: draw.weighted([
          [4, 0],
          [4, 10],
          [1, 60],
        ]),
      },
    },
    entryPoints: draw.weighted(ENTRY_POINTS),
    startAfterSeconds: draw.number() * 30,
    steps,
    documents,
    ...(draw.chance(0.05) && {
      cancellation: {
        by: draw.weighted([
          [1, 'DELETE'],
          [1, 'StopExecution'],
        ]),
        afterSeconds: draw.number() * 20,
      },
    }),
  };
}

function planPending(draw: Draw): Step[] {
  const polls = draw.weighted([
    [2, 0],
    [3, 1],
    [3, 2],
    [2, 4],
    [1, 8],
  ]);
  return Array.from({ length: polls }, () => ({
    meaning: 'Unfinished',
    response: { taskStatus: draw.chance(0.5) ? 'Pending' : 'Processing' },
  }));
}

function planEnd(draw: Draw, documents: readonly (Uint8Array | null)[]): Step {
  const meaning = draw.weighted([
    [88, 'Completed'],
    [6, 'Error'],
    [6, 'NotExist'],
  ] as const);
  if (meaning === 'Error') {
    return {
      meaning,
      response: { taskStatus: 'Error', error: { messages: ['unreadable'], warnings: null } },
    };
  }
  if (meaning === 'NotExist') return { meaning, response: { taskStatus: 'NotExist' } };
  const results = documents.map((content) => ({
    type: draw.weighted(TYPES.map((type) => [1, type] as const)),
    data: content === null ? null : Buffer.from(content).toString('base64'),
  }));
  return { meaning, response: { taskStatus: 'Completed', results } };
}

function planDocuments(draw: Draw): (Uint8Array | null)[] {
  const count = draw.weighted([
    [70, 1],
    [20, 2],
    [9, 5],
    [1, 40],
  ]);
  return Array.from({ length: count }, () => {
    if (draw.chance(0.03)) return null;
    const bytes = draw.weighted([
      [70, 2_000],
      [25, 30_000],
      [5, 300_000],
    ]);
    const length = draw.whole(0, count === 40 ? 2_000 : bytes);
    const first = draw.whole(0, 255);
    return Buffer.concat([Buffer.from(document('')), bytesFrom(first, length)]);
  });
}

function bytesFrom(first: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let index = 0; index < length; index += 1) bytes[index] = first + index * 31;
  return bytes;
}
