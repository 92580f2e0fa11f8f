import { TASK_ID } from '../../support/builders.ts';
import {
  completed as completedEnvelope,
  pending as pendingEnvelope,
  result,
} from '../../support/responses.ts';
import { type Course, START, type WireResponse } from '../layers/workflow-in-memory.ts';

const respond = (
  envelope: object,
  status = 200,
  headers: Record<string, string> = {},
): WireResponse & { seconds: number } => ({
  ...{ kind: 'response', status, headers, cut: false, seconds: 0 },
  chunks: [Buffer.from(JSON.stringify(envelope))],
});
const pending = respond(pendingEnvelope);
const completed = respond(completedEnvelope('ABC', null, 'DEF'));

const task = { taskId: TASK_ID, operation: 'RecognizeImage', generation: 1 } as const;
const course = (different: Partial<Course>): Course => ({
  input: { ...task, polling: {} },
  ...{ responses: [pending, completed], tokens: [], pauses: [], crashes: new Map(), randoms: [0.5] },
  ...different,
});

/** More than the course has: reads, writes, waits, requests, documents, the event. */
const STEPS = Array.from({ length: 20 }, (_, index) => index + 1);

const deathAtEachStep = STEPS.flatMap((step) =>
  (['before', 'after', 'lost'] as const).map((moment) => course({ crashes: new Map([[step, moment]]) })),
);

/** Courses that once found a defect, in the code or in a copy with one broken line. */
export const TASK_EXAMPLES: readonly Course[] = [
  ...deathAtEachStep,
  // A response about another task.
  course({ responses: [respond({ id: 'other', ...completedEnvelope('ABC') }), completed] }),
  // One invalid base64 text, twice.
  course({
    responses: [
      respond({ taskStatus: 'Completed', results: [result('ABC'), { type: 'Text', data: 'QR==' }] }),
    ],
  }),
  // A crash after each step, and another response afterwards.
  ...STEPS.map((step) =>
    course({
      responses: [completed, respond(completedEnvelope('X'))],
      crashes: new Map([[step, 'after']]),
    }),
  ),
  // A deadline that is not a whole second, also with a Retry-After beyond it.
  course({ input: { ...task, polling: { timeoutSeconds: 61.7, holdSeconds: 0 } }, responses: [pending] }),
  course({
    input: { ...task, polling: { timeoutSeconds: 90.3, holdSeconds: 0 } },
    responses: [respond({}, 429, { 'retry-after': '100000' })],
  }),
  // A budget of two polls, and a result that Aspose deletes a minute after the start.
  course({ input: { ...task, polling: { maxPolls: 2 } }, responses: [pending] }),
  course({
    input: { ...task, submittedAt: new Date(START - 86_340_000).toISOString(), polling: {} },
    responses: [pending],
  }),
  // A pause until after Aspose has deleted the result.
  course({ pauses: Array(300).fill(true) }),
  // The token endpoint redirects, and asks to be left alone until the result has expired. A second
  // execution starts just before the record expires, and its first invocation is killed.
  ...STEPS.map((step) =>
    course({
      tokens: [
        respond({}),
        respond({ access_token: 't1', expires_in: 1 }),
        respond({}, 302, { 'retry-after': '100000' }),
      ],
      crashes: new Map([
        [3, 'before'],
        [step + 10, 'before'],
      ]),
      randoms: [0],
    }),
  ),
  // No token before the last attempt.
  course({ tokens: Array(11).fill(respond({}, 503)) }),
];
