import { TASK_ID } from '../../support/builders.ts';
import { type Course, START, type WireAnswer } from '../layers/workflow-in-memory.ts';

/** Courses that found a defect, in the code or in a copy of it that was broken on purpose: run each time. */

const respond = (
  envelope: object,
  status = 200,
  headers: Record<string, string> = {},
): WireAnswer & { seconds: number } => ({
  ...{ kind: 'response', status, headers, cut: false, seconds: 0 },
  chunks: [Buffer.from(JSON.stringify(envelope))],
});
const pending = respond({ taskStatus: 'Pending' });
const text = (data: string | null) => ({ type: 'Text', data });
const completed = respond({ taskStatus: 'Completed', results: [text('QUJD'), text(null), text('REVG')] });

const task = { taskId: TASK_ID, operation: 'RecognizeImage', generation: 1 } as const;
const course = (different: Partial<Course>): Course => ({
  input: { ...task, polling: {} },
  ...{ answers: [pending, completed], tokens: [], pauses: [], crashes: new Map(), randoms: [0.5] },
  ...different,
});

/** More than the whole course has: reads, writes, waits, requests, documents, the event. */
const STEPS = Array.from({ length: 20 }, (_, index) => index + 1);

const deathAtEachStep = STEPS.flatMap((step) =>
  (['before', 'after', 'lost'] as const).map((moment) => course({ crashes: new Map([[step, moment]]) })),
);

export const TASK_EXAMPLES: readonly Course[] = [
  ...deathAtEachStep,
  // Another's documents, whole as they are.
  course({
    answers: [respond({ id: 'other', taskStatus: 'Completed', results: [text('QUJD')] }), completed],
  }),
  // Data that is no base64, twice, beside some that is.
  course({ answers: [respond({ taskStatus: 'Completed', results: [text('QUJD'), text('QR==')] })] }),
  // Stored in part, then answered otherwise.
  ...STEPS.map((step) =>
    course({
      answers: [completed, respond({ taskStatus: 'Completed', results: [text('WA==')] })],
      crashes: new Map([[step, 'after']]),
    }),
  ),
  // A deadline within a second, and one that Retry-After leads to.
  course({ input: { ...task, polling: { timeoutSeconds: 61.7, holdSeconds: 0 } }, answers: [pending] }),
  course({
    input: { ...task, polling: { timeoutSeconds: 90.3, holdSeconds: 0 } },
    answers: [respond({}, 429, { 'retry-after': '100000' })],
  }),
  // A budget of two polls; a result that is deleted a minute after the start.
  course({ input: { ...task, polling: { maxPolls: 2 } }, answers: [pending] }),
  course({
    input: { ...task, submittedAt: new Date(START - 86_340_000).toISOString(), polling: {} },
    answers: [pending],
  }),
  // Paused past the end of the result's life.
  course({ pauses: Array(300).fill(true) }),
  // No token but for the last try.
  course({ tokens: Array(11).fill(respond({}, 503)) }),
];
